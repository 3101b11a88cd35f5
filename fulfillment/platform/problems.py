"""RFC 9457 problem documents: the closed list of their types, and how an error becomes one."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import structlog
from flask import Flask, Response, json, request
from marshmallow import INCLUDE, Schema, fields
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException

from fulfillment.platform import context
from fulfillment.platform.errors import Refusal

CONTENT_TYPE = "application/problem+json"

TYPES = {
    "malformed-body": "The body cannot be read",
    "bad-request": "The request cannot be understood",
    "unauthorized": "A valid key or signature is needed",
    "forbidden": "This key may not do that",
    "not-found": "No such resource",
    "method-not-allowed": "The resource does not take this method",
    "not-acceptable": "No representation of the kind asked for",
    "conflict": "The request contradicts the present state",
    "insufficient-stock": "Not enough stock can be promised",
    "no-plan": "No plan keeps the limits of the request",
    "stale-count": "The stock changed since it was counted",
    "reservation-ended": "The reservation has ended",
    "wrong-status": "The resource is in a status that does not allow this",
    "duplicate-reference": "This reference is in use",
    "length-required": "The length of the body must be told",
    "precondition-failed": "The resource changed since it was read",
    "body-too-large": "The body is too large",
    "unsupported-media-type": "The body is of an unsupported media type",
    "invalid-fields": "Some fields are invalid",
    "idempotency-key-reused": "The Idempotency-Key was used for another request",
    "rate-limited": "Too many requests",
    "internal-error": "Something went wrong on our side",
    "unavailable": "The service is not ready",
}

BY_STATUS = {
    400: "bad-request",
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    409: "conflict",
    411: "length-required",
    412: "precondition-failed",
    413: "body-too-large",
    415: "unsupported-media-type",
    422: "invalid-fields",
    429: "rate-limited",
    503: "unavailable",
}

NOWHERE = "There is nothing at this address; /docs lists what there is."

log = structlog.get_logger()


class Shortage(Schema):
    """What was asked of a SKU, and what could be promised."""

    sku = fields.String(required=True)
    asked = fields.Integer(required=True)
    promisable = fields.Integer(required=True)


class Problem(Schema):
    """An RFC 9457 problem document; a type may have more members than these."""

    class Meta:
        unknown = INCLUDE  # in OpenAPI: additionalProperties

    type = fields.String(required=True, metadata={"description": "One of the list at /problems"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String()
    instance = fields.String()
    request_id = fields.String()
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "Messages by field path, for example lines.0.quantity"},
    )
    shortages = fields.List(fields.Nested(Shortage))
    present = fields.String(metadata={"description": "wrong-status: the status it is in"})
    allowed = fields.List(fields.String(), metadata={"description": "wrong-status: those it needs"})
    on_hand = fields.Integer(metadata={"description": "stale-count: what is on hand now"})
    expected_on_hand = fields.Integer(metadata={"description": "stale-count: what was expected"})
    order_id = fields.String(metadata={"description": "duplicate-reference: the order that has it"})
    candidates = fields.Raw(metadata={"description": "no-plan: why each facility is out"})


def document(code: str, status: int, detail: str, **data: Any) -> dict[str, Any]:
    """Return the members of a problem document."""
    members: dict[str, Any] = {"type": f"/problems/{code}", "title": TYPES[code], "status": status}
    members["detail"] = detail
    return members | {name: value for name, value in data.items() if value is not None}


def of_refusal(refusal: Refusal) -> dict[str, Any]:
    """Return the problem document of a refusal, for a whole request or for one row of it."""
    return document(
        refusal.code, refusal.status, refusal.detail, errors=refusal.errors, **refusal.data
    )


def respond(members: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """Send a problem document, with the request that it is about."""
    # quote: the decoded path need not be a URI reference
    about = {"instance": quote(request.path), "request_id": context.request_id.get()}
    body = json.dumps({**members, **about}) + "\n"
    return Response(body, members["status"], headers, content_type=CONTENT_TYPE)


def init_app(app: Flask) -> None:
    """Make every error of this application a problem document, inside and outside the API."""
    app.register_error_handler(Refusal, on_refusal)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(OperationalError, on_database_trouble)
    app.register_error_handler(NoConnection, on_database_trouble)
    app.register_error_handler(Exception, on_crash)


def on_refusal(refusal: Refusal) -> Response:
    return respond(of_refusal(refusal), refusal.headers)


def on_http_error(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        redirect = error.get_response()
        return Response(redirect.get_data(), redirect.status_code, redirect.headers)
    code = BY_STATUS.get(error.code, "internal-error" if error.code >= 500 else "bad-request")
    headers = {k: v for k, v in error.get_headers() if k.lower() in ("allow", "retry-after")}
    detail = NOWHERE if error.code == 404 else error.description or TYPES[code]
    return respond(document(code, error.code, detail), headers)


def on_database_trouble(error: OperationalError | NoConnection) -> Response:
    log.exception("database trouble", path=request.path)
    detail = "The database cannot be reached or is too busy; try again."
    return respond(document("unavailable", 503, detail), {"Retry-After": "1"})


def on_crash(error: Exception) -> Response:
    log.exception("unhandled error", path=request.path)
    return respond(document("internal-error", 500, "The error was logged with this request_id."))
