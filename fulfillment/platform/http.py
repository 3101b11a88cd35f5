"""The HTTP edge: one decorator states an endpoint's contract, and runs it as one transaction."""

import hashlib
from collections.abc import Callable, Mapping
from functools import partial, wraps
from typing import Any, cast
from uuid import UUID

import structlog
from flask import Response, make_response, request
from flask_smorest import Blueprint
from marshmallow import Schema
from sqlalchemy.orm.exc import StaleDataError

from fulfillment.platform import context, idempotency, keys, outbox, throttle
from fulfillment.platform.bodies import Parser
from fulfillment.platform.context import Role
from fulfillment.platform.db import db, retrying, transaction
from fulfillment.platform.errors import Conflict, Forbidden, Refusal
from fulfillment.platform.pages import PageQuery, page_schema
from fulfillment.platform.tables import CSV, listing

View = Callable[..., Any]

EVERYONE = frozenset(Role)
SOLVE_ATTEMPTS = 3

IDEMPOTENCY_HEADER = {
    "in": "header",
    "name": idempotency.HEADER,
    "schema": {"type": "string", "maxLength": idempotency.MAX_LENGTH},
    "description": "Makes a retry safe: the same key and body have one effect and one answer.",
}
IF_MATCH_HEADER = {
    "in": "header",
    "name": "If-Match",
    "schema": {"type": "string"},
    "description": "Write only if the resource still has this ETag; 412 when it changed.",
}


class Unauthorized(Refusal):
    """No key, or one that is unknown, revoked or past its end."""

    status = 401
    headers: Mapping[str, str] = {"WWW-Authenticate": "Bearer"}

    def __init__(self) -> None:
        super().__init__("unauthorized", "Send a valid key as 'Authorization: Bearer <key>'.")


class PreconditionFailed(Refusal):
    """If-Match names a version that is not the present one."""

    status = 412

    def __init__(self) -> None:
        super().__init__("precondition-failed", "The resource changed; read it again.")


class Room(Blueprint):
    """The endpoints of one capability under /v1."""

    ARGUMENTS_PARSER = Parser()

    def __init__(self, name: str, import_name: str, description: str) -> None:
        super().__init__(name, import_name, url_prefix="/v1", description=description)

    def reads(
        self,
        rule: str,
        *,
        to: frozenset[Role] = EVERYONE,
        query: type[Schema] | None = None,
        returns: type[Schema] | None = None,
    ) -> Callable[[View], View]:
        """Declare a GET: who may, what it takes, what it returns."""

        def declare(view: View) -> View:
            handler = self.response(200, returns)(view) if returns else view
            handler = self.doc(operationId=view.__name__)(conditional(handler))
            if query:
                handler = self.arguments(query, location="query")(handler)
            return cast(View, self.route(rule, methods=["GET"])(allowed(handler, to)))

        return declare

    def lists(
        self,
        rule: str,
        *,
        to: frozenset[Role] = EVERYONE,
        query: type[PageQuery] = PageQuery,
        item: type[Schema],
        row: type[Schema] | None = None,
    ) -> Callable[[View], View]:
        """Declare a GET of a page of items; as CSV, each is a `row` (the item where it is flat)."""

        def declare(view: View) -> View:
            @wraps(view)
            def listed(*args: Any, **path: Any) -> Any:
                return listing(view(*args, **path), row or item)

            as_csv = self.alt_response(200, schema={"type": "string"}, content_type=CSV)
            return self.reads(rule, to=to, query=query, returns=page_schema(item))(as_csv(listed))

        return declare

    def asks(
        self,
        rule: str,
        *,
        to: frozenset[Role],
        body: type[Schema],
        returns: type[Schema],
    ) -> Callable[[View], View]:
        """Declare a POST without effect: a question too long for a query string."""

        def declare(view: View) -> View:
            handler = self.doc(operationId=view.__name__)(self.response(200, returns)(view))
            handler = self.arguments(body)(handler)
            return cast(View, self.route(rule, methods=["POST"])(allowed(handler, to)))

        return declare

    def runs(
        self, rule: str, *, to: frozenset[Role], returns: type[Schema]
    ) -> Callable[[View], View]:
        """Declare a POST that runs a job: it opens its own transactions, and may be repeated."""

        def declare(view: View) -> View:
            handler = self.doc(operationId=view.__name__)(self.response(200, returns)(view))
            return cast(View, self.route(rule, methods=["POST"])(allowed(handler, to)))

        return declare

    def writes(
        self,
        method: str,
        rule: str,
        *,
        to: frozenset[Role],
        body: type[Schema] | None = None,
        returns: type[Schema] | None = None,
        status: int = 200,
        solve: View | None = None,
        current: View | None = None,
    ) -> Callable[[View], View]:
        """Declare a command: one transaction, with its Idempotency-Key and If-Match.

        `solve` runs before the transaction and its result is the view's next argument. `current`
        reads the resource that If-Match speaks of.
        """

        def declare(view: View) -> View:
            rendered = self.response(status, returns)(view)
            handler = self.doc(operationId=view.__name__)(command(rendered, solve, current))
            add_parameters(handler, headers_of(method, current))
            if body:
                handler = self.arguments(body)(handler)
            return cast(View, self.route(rule, methods=[method])(allowed(handler, to)))

        return declare


def headers_of(method: str, current: View | None) -> list[dict[str, Any]]:
    headers = [IDEMPOTENCY_HEADER] if method == "POST" else []
    return headers + ([IF_MATCH_HEADER] if current else [])


def add_parameters(handler: Any, parameters: list[dict[str, Any]]) -> None:
    # Beside those that flask-smorest documents: its own `doc(parameters=...)` would replace them.
    handler._apidoc.setdefault("arguments", {}).setdefault("parameters", []).extend(parameters)


def allowed(view: View, roles: frozenset[Role]) -> View:
    """Let through only live keys of these roles; admin always, viewer wherever nothing changes."""

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


def conditional(view: View) -> View:
    """Give an answer its ETag, and 304 to a client that has it already."""

    @wraps(view)
    def tagged(*args: Any, **path: Any) -> Response:
        answer = make_response(view(*args, **path))
        if "ETag" not in answer.headers:
            answer.set_etag(hashlib.sha256(answer.get_data()).hexdigest()[:32])
        return cast(Response, answer.make_conditional(request))

    return tagged


def command(rendered: View, solve: View | None, current: View | None) -> View:
    """Run a view as one transaction; a replayed key answers without running it."""

    @wraps(rendered)
    def run(*args: Any, **path: Any) -> Response:
        key = idempotency.key_of(request)
        try:
            answer = replay(key) or solve_and_record(key, rendered, solve, current, args, path)
        except Conflict:
            # A twin of this request, under the same key, may be the one that took the stock.
            twin = replay(key)
            if twin is None:
                raise
            answer = twin
        outbox.dispatch_new()
        return answer

    return run


def solve_and_record(
    key: str | None,
    rendered: View,
    solve: View | None,
    current: View | None,
    args: tuple[Any, ...],
    path: dict[str, Any],
) -> Response:
    """Solve outside, record inside a transaction; look again when stock moved between the two."""
    for is_last in (False,) * (SOLVE_ATTEMPTS - 1) + (True,):
        solved = (solve(*args, **path),) if solve else ()
        try:
            return retrying(partial(record, key, rendered, current, args + solved, path))
        except Conflict:
            if solve is None or is_last:
                raise
    raise AssertionError("the last attempt returns or raises")


def replay(key: str | None) -> Response | None:
    if key is None:
        return None
    db.session.rollback()  # look at what is committed by now
    return idempotency.stored_answer(key, idempotency.fingerprint_of(request))


def record(
    key: str | None,
    rendered: View,
    current: View | None,
    args: tuple[Any, ...],
    path: dict[str, Any],
) -> Response:
    try:
        with transaction():
            if key and not idempotency.claim(key, idempotency.fingerprint_of(request)):
                return twin_answer(key)
            check_precondition(current, path)
            answer = make_response(rendered(*args, **path))
            if key:
                idempotency.store(key, answer)
            return answer
    except StaleDataError as error:
        raise PreconditionFailed from error


def twin_answer(key: str) -> Response:
    answer = replay(key)
    if answer is None:
        raise Conflict("conflict", "A request with this Idempotency-Key has just failed; retry.")
    return answer


def check_precondition(current: View | None, path: dict[str, Any]) -> None:
    """Compare If-Match with the version of the resource as it is inside this transaction."""
    if current is None or not request.if_match:
        return
    resource = current(**path)
    if resource is None or not request.if_match.contains(str(resource.version)):
        raise PreconditionFailed


def tag(resource: Any) -> dict[str, str]:
    """Return the ETag header of a versioned resource."""
    return {"ETag": f'"{resource.version}"'}


def location(path: str, name: UUID | str) -> dict[str, str]:
    """Return the Location header of a resource that was created."""
    return {"Location": f"/v1/{path}/{name}"}
