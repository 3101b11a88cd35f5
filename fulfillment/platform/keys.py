"""API keys: shown once, stored as a hash, with a role, an end, and what they are bound to."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, String, select
from sqlalchemy.orm import Mapped, mapped_column

from fulfillment.platform import clock
from fulfillment.platform.columns import Code, Document, UtcDateTime
from fulfillment.platform.context import Actor, Role
from fulfillment.platform.db import Base, db
from fulfillment.platform.errors import NotFound
from fulfillment.platform.ids import new_id

# Callers by the digest of their key; `find_seen` says how far they may be trusted.
seen: dict[str, Actor] = {}
MOST_SEEN = 10_000

PREFIX_LENGTH = len("fk_") + 8


class ApiKey(Base):
    """One key: its hash, and the first characters by which people tell keys apart."""

    __tablename__ = "api_keys"
    __table_args__ = (
        CheckConstraint(f"role IN ({', '.join(repr(str(r)) for r in Role)})", name="role"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    prefix: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(16))
    facilities: Mapped[list[str]] = mapped_column(Document, default=list)
    carrier: Mapped[str | None] = mapped_column(Code)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def is_live(self, moment: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > moment)


def digest_of(secret: str) -> str:
    # The secret has 256 random bits, so a plain hash cannot be guessed backwards.
    return hashlib.sha256(secret.encode()).hexdigest()


def create(
    role: Role,
    name: str = "",
    facilities: Sequence[str] = (),
    carrier: str | None = None,
    expires_at: datetime | None = None,
) -> str:
    """Store a new key and return its secret, which nobody can read again."""
    secret = f"fk_{secrets.token_urlsafe(32)}"
    key = ApiKey(
        prefix=secret[:PREFIX_LENGTH],
        digest=digest_of(secret),
        name=name or f"{role} key",
        role=role,
        facilities=sorted(facilities),
        carrier=carrier,
        created_at=clock.now(),
        expires_at=expires_at,
    )
    db.session.add(key)
    db.session.flush()
    return secret


def find_actor(secret: str) -> Actor | None:
    """Return who holds this secret, or None when it is unknown, revoked or past its end."""
    key = db.session.scalar(select(ApiKey).where(ApiKey.digest == digest_of(secret)))
    if key is None or not key.is_live(clock.now()):
        return None
    actor = Actor(f"key:{key.prefix}", Role(key.role), frozenset(key.facilities), key.carrier)
    if len(seen) >= MOST_SEEN:
        seen.clear()
    seen[key.digest] = actor
    return actor


def find_seen(digest: str) -> Actor | None:
    """Return whose key this was when it was live; who asks makes sure that it still is.

    A key never changes but by its end.
    """
    return seen.get(digest)


def list_all() -> Sequence[ApiKey]:
    """Return every key, oldest first."""
    return db.session.scalars(select(ApiKey).order_by(ApiKey.id)).all()


def revoke(prefix: str) -> None:
    """End the keys that begin with these characters."""
    keys = db.session.scalars(select(ApiKey).where(ApiKey.prefix == prefix)).all()
    if not keys:
        raise NotFound("key", prefix)
    for key in keys:
        key.revoked_at = key.revoked_at or clock.now()
    db.session.flush()
