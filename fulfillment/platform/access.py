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

# A request's mark in its WSGI environment.
COUNTED = "fulfillment.counted"


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
        actor = admitted(authenticate())
        if not may(actor, roles):
            raise Forbidden(f"A {actor.role} key may not do this; {names(roles)} may.")
        token = context.actor.set(actor)
        try:
            return view(*args, **path)
        finally:
            context.actor.reset(token)

    return guarded


def authenticate() -> context.Actor:
    """Return who calls."""
    secret = secret_of_caller()
    actor = keys.find_actor(secret) if secret else None
    if actor is None:
        raise Unauthorized
    return actor


def secret_of_caller() -> str:
    """Return the secret that the request came with; "" without one."""
    return secret_in(request.headers.get("Authorization", ""))


def secret_in(authorization: str) -> str:
    """Return the secret in the header's text."""
    scheme, _, secret = authorization.partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def admitted(actor: context.Actor) -> context.Actor:
    """Count the request of a caller, once, and name it in the logs."""
    admit(actor, request.environ)
    return actor


def admit(actor: context.Actor, environ: dict[str, Any]) -> None:
    """Count a request, and name its caller in the logs."""
    structlog.contextvars.bind_contextvars(actor=actor.name)
    count(actor, environ)


def count(actor: context.Actor, environ: dict[str, Any]) -> None:
    """Count a request, once, whoever looks at it first."""
    if COUNTED not in environ:
        throttle.count(actor.name)
        environ[COUNTED] = True


def may(actor: context.Actor, roles: frozenset[Role]) -> bool:
    """Tell whether an actor has one of these roles; an admin has them all."""
    return actor.role is Role.ADMIN or actor.role in roles


def names(roles: frozenset[Role]) -> str:
    return " or ".join(sorted(roles | {Role.ADMIN}))
