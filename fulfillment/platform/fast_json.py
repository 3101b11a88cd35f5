"""JSON where every microsecond counts: msgspec takes a fifth of the standard library's time."""

from typing import Any

import msgspec

encoder = msgspec.json.Encoder()


def encoded(value: Any) -> str:
    """Return a value as JSON, without blanks."""
    return encoder.encode(value).decode()


def decoded(text: str) -> Any:
    """Return what JSON of our own says; a caller's is read by `bodies`, which is stricter."""
    return msgspec.json.decode(text)
