"""Reading requests: JSON that is really JSON, checked by a schema, with errors by field path."""

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from flask import Request
from marshmallow import RAISE, Schema, ValidationError
from webargs import missing
from webargs.flaskparser import FlaskParser

from fulfillment.platform.errors import Invalid, Refusal

ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
MAX_ERRORS = 1000


class Unreadable(Refusal):
    """A body that is not the JSON it says it is."""

    def __init__(self, detail: str) -> None:
        super().__init__("malformed-body", detail)


class UnsupportedMediaType(Refusal):
    """A body of a kind that the resource does not take."""

    status = 415

    def __init__(self, mimetype: str, accepted: str) -> None:
        given = mimetype or "no Content-Type"
        super().__init__("unsupported-media-type", f"This resource takes {accepted}, not {given}.")


def read_json(request: Request) -> Any:
    """Return the JSON value of a request's body, refusing all that could not be stored."""
    raw = request.get_data()
    if not raw:
        return missing
    if request.mimetype != "application/json":
        raise UnsupportedMediaType(request.mimetype, "application/json")
    return parse_json(raw)


def parse_json(raw: bytes) -> Any:
    """Parse UTF-8 JSON.

    Raises:
        Unreadable: not UTF-8, not JSON, NaN or Infinity, numbers of thousands of digits,
            nested too deep, or text with NUL or half a surrogate pair, which no database stores.
    """
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=refuse_constant)
        if ESCAPE.search(raw):
            json.dumps(value, ensure_ascii=False).encode("utf-8")
            refuse_nul(value)
    except UnicodeError as error:
        raise Unreadable("The body is not valid UTF-8 text.") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Unreadable(f"The body is not valid JSON: {error.msg} at {where}.") from error
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"The body is not acceptable JSON: {error}.") from error
    return value


def refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def refuse_nul(value: Any) -> None:
    if isinstance(value, str) and "\0" in value:
        raise ValueError("text contains the character NUL")
    if isinstance(value, dict):
        for name, part in value.items():
            refuse_nul(name)
            refuse_nul(part)
    if isinstance(value, list):
        for part in value:
            refuse_nul(part)


class Parser(FlaskParser):
    """webargs' parser, with our JSON, and unknown fields refused everywhere."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": RAISE, "query": RAISE}  # noqa: RUF012 (as webargs has it)

    def load_json(self, req: Request, schema: Schema) -> Any:
        return read_json(req)

    def handle_error(
        self,
        error: ValidationError,
        req: Request,
        schema: Schema,
        *,
        error_status_code: int | None,
        error_headers: Mapping[str, str] | None,
    ) -> NoReturn:
        by_location: Any = error.messages
        raise Invalid(flattened(next(iter(by_location.values())))) from error


def flattened(messages: Any, path: str = "") -> dict[str, list[str]]:
    """Turn marshmallow's nested messages into lists by dotted field path."""
    if isinstance(messages, list):
        return {path or "body": [str(message) for message in messages]}
    if not isinstance(messages, dict):
        return {path or "body": [str(messages)]}
    flat: dict[str, list[str]] = {}
    for name, inner in messages.items():
        if len(flat) >= MAX_ERRORS:
            break
        step = "" if name == "_schema" else str(name)
        flat |= flattened(inner, ".".join(part for part in (path, step) if part))
    return flat
