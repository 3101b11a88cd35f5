"""The HTTP edge: one decorator states an endpoint's whole contract."""

import hashlib
from collections.abc import Callable
from functools import cache, cached_property, partial, wraps
from typing import Any, cast
from uuid import UUID

from flask import Response, jsonify, make_response, request
from marshmallow import Schema

from fulfillment.platform import idempotency
from fulfillment.platform.access import allowed
from fulfillment.platform.bodies import Parser, refuse_body
from fulfillment.platform.commands import Command, as_view
from fulfillment.platform.context import Role
from fulfillment.platform.later import without
from fulfillment.platform.pages import PageQuery, page_schema
from fulfillment.platform.shortcuts import Answer, Call, Shortcut
from fulfillment.platform.tables import CSV, listing

# PyYAML, where something else has brought it, takes 0.01 s: to print the OpenAPI document as YAML.
with without("yaml"):
    from flask_smorest import Blueprint

View = Callable[..., Any]

PREFIX = "/v1"
# A carrier's key sees nothing of orders, stock or customers: none of these endpoints is theirs.
STAFF = frozenset(Role) - {Role.CARRIER}

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


class Shape:
    """Renders answers by a schema, which is set up with the first of them."""

    def __init__(self, schema: type[Schema]) -> None:
        self.schema = schema

    @cached_property
    def instance(self) -> Schema:
        return self.schema()

    def dump(self, answer: Any) -> Any:
        return self.instance.dump(answer)


shape = cache(Shape)  # one for all endpoints whose answers have it


class Room(Blueprint):
    """The endpoints of one capability under /v1."""

    ARGUMENTS_PARSER = Parser()

    def __init__(self, name: str, import_name: str, description: str) -> None:
        super().__init__(name, import_name, url_prefix=PREFIX, description=description)
        self.shortcuts: dict[str, Shortcut] = {}

    @staticmethod
    def _make_doc_response_schema(schema: Any) -> Any:
        return schema.schema if isinstance(schema, Shape) else schema

    def reads(
        self,
        rule: str,
        *,
        to: frozenset[Role] = STAFF,
        query: type[Schema] | None = None,
        returns: type[Schema] | None = None,
        live: bool = False,
    ) -> Callable[[View], View]:
        """Declare a GET: who may, what it takes, what it returns.

        What is `live` shows more than the version in its ETag, so it is never "not modified".
        """

        def declare(view: View) -> View:
            handler = named(view)
            handler = self.response(200, shape(returns))(handler) if returns else handler
            handler = handler if live else conditional(handler)
            if query:
                handler = self.arguments(query, location="query")(handler)
            return cast(View, self.route(rule, methods=["GET"])(allowed(handler, to)))

        return declare

    def lists(
        self,
        rule: str,
        *,
        to: frozenset[Role] = STAFF,
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
        shortcut: Callable[[Call, frozenset[Role]], Answer | None] | None = None,
    ) -> Callable[[View], View]:
        """Declare a POST without effect: a question too long for a query string.

        Its `shortcut` may answer in the same way, faster.
        """

        def declare(view: View) -> View:
            handler = self.response(200, shape(returns))(named(view))
            handler = self.arguments(body)(handler)
            if shortcut:
                self.shortcuts[PREFIX + rule] = Shortcut(to, shortcut)
            return cast(View, self.route(rule, methods=["POST"])(allowed(handler, to)))

        return declare

    def runs(
        self, rule: str, *, to: frozenset[Role], returns: type[Schema]
    ) -> Callable[[View], View]:
        """Declare a POST that runs a job: it opens its own transactions, and may be repeated."""

        def declare(view: View) -> View:
            handler = self.response(200, shape(returns))(named(view))
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
        shown: type[Schema] | None = None,
        shortcut: Callable[[Call, frozenset[Role]], Answer | None] | None = None,
    ) -> Callable[[View], View]:
        """Declare a command: one transaction, with its Idempotency-Key and If-Match.

        `solve` runs before the transaction and its result is the view's next argument. `current`
        reads and locks the resource that If-Match speaks of; where it has no version, `shown` is
        the shape that its GET gives it. A POST's `shortcut` may answer ordinary requests in the
        same way, faster; for those that it returns None for, nothing has happened.
        """

        def declare(view: View) -> View:
            rendered = self.response(status, returns and shape(returns))(named(view))
            tag_now = current and partial(present_tag, current, shown)
            handler = as_view(Command(rendered, solve, tag_now))
            add_parameters(handler, headers_of(method, current))
            if body:
                handler = self.arguments(body)(handler)
            elif method == "POST" and not reads_body(view):
                handler = bare(handler)
            if shortcut:
                self.shortcuts[PREFIX + rule] = Shortcut(to, shortcut)
            return cast(View, self.route(rule, methods=[method])(allowed(handler, to)))

        return declare


def named(view: Any) -> View:
    """Document a view as the operation of its name; `Blueprint.doc` would wrap it once more."""
    known = getattr(view, "_apidoc", {})
    manual = known.get("manual_doc", {}) | {"operationId": view.__name__}
    view._apidoc = known | {"manual_doc": manual}
    return cast(View, view)


def reads_body(view: View) -> bool:
    """Tell whether a view documents that it reads the body by itself, as imports do."""
    return "requestBody" in getattr(view, "_apidoc", {}).get("manual_doc", {})


def bare(view: View) -> View:
    @wraps(view)
    def refusing(*args: Any, **path: Any) -> Any:
        refuse_body(request)
        return view(*args, **path)

    return refusing


def headers_of(method: str, current: View | None) -> list[dict[str, Any]]:
    headers = [IDEMPOTENCY_HEADER] if method == "POST" else []
    return headers + ([IF_MATCH_HEADER] if current else [])


def add_parameters(handler: Any, parameters: list[dict[str, Any]]) -> None:
    # Beside those that flask-smorest documents: its own `doc(parameters=...)` would replace them.
    handler._apidoc.setdefault("arguments", {}).setdefault("parameters", []).extend(parameters)


def conditional(view: View) -> View:
    """Give an answer its ETag, and 304 to a client that has it already."""

    @wraps(view)
    def tagged(*args: Any, **path: Any) -> Response:
        answer = make_response(view(*args, **path))
        if "ETag" not in answer.headers:
            answer.set_etag(digest(answer))
        return cast(Response, answer.make_conditional(request))

    return tagged


def digest(answer: Response) -> str:
    return hashlib.sha256(answer.get_data()).hexdigest()[:32]


def present_tag(current: View, shown: type[Schema] | None, **path: Any) -> str | None:
    """Return the tag that a GET would send now; None where there is nothing to read."""
    resource = current(**path)
    if resource is None:
        return None
    return digest(jsonify(shown().dump(resource))) if shown else str(resource.version)


def tag(resource: Any) -> dict[str, str]:
    """Return the ETag header of a versioned resource."""
    return {"ETag": f'"{resource.version}"'}


def location(path: str, name: UUID | str) -> dict[str, str]:
    """Return the Location header of a resource that was created."""
    return {"Location": f"/v1/{path}/{name}"}
