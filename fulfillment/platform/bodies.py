"""Reading requests: JSON that is really JSON, checked by a schema, with errors by field path."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, NoReturn

from flask import Request
from marshmallow import RAISE, Schema, ValidationError
from webargs import missing
from webargs.flaskparser import FlaskParser

from fulfillment.platform.cells import reader
from fulfillment.platform.errors import Invalid
from fulfillment.platform.uploads import Unreadable, UnsupportedMediaType

ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
MAX_ERRORS = 1000
LONGEST_NAME = 100


def read_json(request: Request) -> Any:
    """Return the JSON value of a request's body, refusing all that could not be stored."""
    raw = request.get_data()
    if not raw and request.method == "POST":
        return missing
    if not raw:
        raise Unreadable("A body is needed.")
    if request.mimetype != "application/json":
        raise UnsupportedMediaType(request.mimetype, "application/json")
    return parse_json(raw)


def refuse_body(request: Request) -> None:
    """Refuse what is sent where nothing is read: who sends it means something by it."""
    sent = read_json(request)
    if sent is missing or sent == {}:
        return
    names = list(sent) if isinstance(sent, dict) else ["body"]
    raise Invalid({name[:LONGEST_NAME]: ["Unknown field."] for name in names})


def parse_json(raw: bytes) -> Any:
    """Parse UTF-8 JSON.

    Raises:
        Unreadable: not UTF-8, not JSON, NaN or Infinity, numbers of thousands of digits, a name
            twice in one object, nested too deep, or text with NUL or half a surrogate pair, which
            no database stores.
    """
    try:
        value = json.loads(
            raw.decode("utf-8"), parse_constant=refuse_constant, object_pairs_hook=named_once
        )
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


def named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        (name, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"{name[:LONGEST_NAME]!r} stands twice in one object")
    return found


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

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """Return the parameters as the values that JSON would have."""
        fields = {kind.data_key or name: kind for name, kind in schema.load_fields.items()}
        if twice := [name for name, given in req.args.lists() if len(given) > 1]:
            raise Invalid({name: ["Must be given once."] for name in twice[:MAX_ERRORS]})
        return {
            name: reader(fields[name])(text) if name in fields else text
            for name, text in req.args.items()
        }

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
