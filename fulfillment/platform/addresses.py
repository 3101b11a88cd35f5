"""Addresses that cannot be read are refused before any room looks at them."""

import re
from urllib.parse import unquote_to_bytes

from flask import Flask, request
from werkzeug.exceptions import BadRequest

BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def init_app(app: Flask) -> None:
    """Check the path and the query of every request."""
    app.before_request(refuse_unreadable)


def refuse_unreadable() -> None:
    """Refuse what is not UTF-8, which Flask would replace in silence, and NUL."""
    # WSGI hands over the path as bytes in Latin-1 clothes, and the query as it was sent.
    refuse_bytes("path", request.environ.get("PATH_INFO", "").encode("latin-1"))
    query = request.environ.get("QUERY_STRING", "")
    if BROKEN_ESCAPE.search(query):
        raise BadRequest("The query has a '%' that is not followed by two hexadecimal digits.")
    refuse_bytes("query", unquote_to_bytes(query.encode("latin-1")))


def refuse_bytes(part: str, raw: bytes) -> None:
    if b"\0" in raw:
        raise BadRequest(f"The {part} contains the character NUL.")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(f"The {part} is not valid UTF-8.") from error
