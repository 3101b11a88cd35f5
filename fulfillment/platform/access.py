"""Who may call: live keys of the roles that an endpoint names, no faster than they are let."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import structlog
from flask import request

from fulfillment.platform import context, keys, throttle
from fulfillment.platform.context import Role
from fulfillment.platform.errors import Forbidden, Refusal

View = Callable[..., Any]


class Unauthorized(Refusal):
    """No key, or one that is unknown, revoked or past its end."""

    status = 401
    headers: Mapping[str, str] = {"WWW-Authenticate": "Bearer"}

    def __init__(self) -> None:
        super().__init__("unauthorized", "Send a valid key as 'Authorization: Bearer <key>'.")


def allowed(view: View, roles: frozenset[Role]) -> View:
    """Let through only live keys of these roles, and of admins."""

    @wraps(view)
    def guarded(*args: Any, **path: Any) -> Any:
        actor = authenticate()
        structlog.contextvars.bind_contextvars(actor=actor.name)
        throttle.count(actor.name)
        if actor.role is not Role.ADMIN and actor.role not in roles:
            raise Forbidden(f"A {actor.role} key may not do this; {names(roles)} may.")
        token = context.actor.set(actor)
        try:
            return view(*args, **path)
        finally:
            context.actor.reset(token)

    return guarded


def authenticate() -> context.Actor:
    """Return who calls."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    actor = keys.find_actor(secret.strip()) if scheme.lower() == "bearer" and secret else None
    if actor is None:
        raise Unauthorized
    return actor


def names(roles: frozenset[Role]) -> str:
    return " or ".join(sorted(roles | {Role.ADMIN}))
