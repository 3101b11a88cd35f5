"""Idempotency-Key: the key's row stands in the same transaction as the effect it guards."""

import hashlib
from datetime import datetime
from typing import Any

from flask import Request, Response
from sqlalchemy import String, Text, delete, update
from sqlalchemy.orm import Mapped, mapped_column

from fulfillment.platform import clock, context
from fulfillment.platform.columns import Document, UtcDateTime
from fulfillment.platform.db import Base, db, insert_once
from fulfillment.platform.errors import Invalid, Refusal

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
MAX_LENGTH = 255
KEPT_HEADERS = ("Content-Type", "Location", "ETag")


class IdempotencyKey(Base):
    """One key of one caller, the request it came with, and the answer to give again."""

    __tablename__ = "idempotency_keys"

    actor: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(String(MAX_LENGTH), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    status: Mapped[int | None]
    headers: Mapped[dict[str, str] | None] = mapped_column(Document)
    body: Mapped[str | None] = mapped_column(Text)


class KeyReused(Refusal):
    """The same key came with another request."""

    status = 422

    def __init__(self, key: str) -> None:
        super().__init__(
            "idempotency-key-reused", f"The key {key!r} came with another request; take a new one."
        )


def key_of(request: Request) -> str | None:
    """Return the request's key; only a POST has one, since the other methods repeat safely."""
    return checked(request.headers.get(HEADER)) if request.method == "POST" else None


def checked(key: str | None) -> str | None:
    """Return a key as it is.

    Raises:
        Invalid: it is none.
    """
    if key is not None and (not 0 < len(key) <= MAX_LENGTH or not key.isprintable()):
        raise Invalid({HEADER: [f"Must be 1 to {MAX_LENGTH} printable characters."]})
    return key


def fingerprint_of(request: Request) -> str:
    return fingerprint(request.method, request.full_path, request.get_data())


def fingerprint(method: str, full_path: str, body: bytes) -> str:
    """Return what tells a request from another; its path ends with `?` and the query."""
    # NUL cannot occur in the parts, so no two requests share one text.
    whole = b"\0".join((method.encode(), full_path.encode(), body))
    return hashlib.sha256(whole).hexdigest()


def stored_answer(key: str, fingerprint: str) -> Response | None:
    """Return the answer given before for this key, if there is one."""
    row = db.session.get(IdempotencyKey, (context.actor.get().name, key), populate_existing=True)
    if row is None or row.status is None:
        return None
    if row.fingerprint != fingerprint:
        raise KeyReused(key)
    return Response(row.body, row.status, {**(row.headers or {}), REPLAYED: "true"})


def claim(key: str, fingerprint: str) -> bool:
    """Insert the key's row; False when it was there already, so that twins have one effect."""
    row = {
        "actor": context.actor.get().name,
        "key": key,
        "fingerprint": fingerprint,
        "created_at": clock.now(),
    }
    return insert_once(IdempotencyKey, row)


def store(key: str, answer: Response) -> None:
    """Keep the answer beside the key, in the transaction of the effect."""
    mine = (IdempotencyKey.actor == context.actor.get().name, IdempotencyKey.key == key)
    values = {
        "status": answer.status_code,
        "headers": {n: answer.headers[n] for n in KEPT_HEADERS if n in answer.headers},
        "body": answer.get_data(as_text=True),
    }
    db.session.execute(update(IdempotencyKey).where(*mine).values(values))


def forget_before(moment: datetime) -> int:
    """Delete keys older than `moment`; return how many."""
    old = delete(IdempotencyKey).where(IdempotencyKey.created_at < moment)
    result: Any = db.session.execute(old)
    return int(result.rowcount)
