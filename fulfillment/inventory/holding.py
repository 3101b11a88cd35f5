"""A cart's hold to be written in one go: its units, its promises and the answer to its key.

`write` of each engine's file returns False when some units are not promisable any more, and
raises the driver's IntegrityError where the cart holds something by now or the key is taken;
nothing is written then.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from fulfillment.inventory.promises import Part


class Holding(Struct, frozen=True):
    """A hold to be written; its parts are of as many stock levels."""

    id: UUID
    cart_ref: str
    parts: Sequence[Part]
    plan: str  # JSON
    actor: str
    created_at: datetime
    expires_at: datetime


class Condition(Struct, frozen=True):
    """A query that must find a row, or nothing is written; with its parameters."""

    query: str
    given: Sequence[Any]


class Kept(Struct, frozen=True):
    """The answer to keep for an Idempotency-Key."""

    key: str
    fingerprint: str
    status: int
    headers: str  # JSON
    body: str


# A hold, and the answer to keep with it where its call has a key.
Work = tuple[Holding, Kept | None]
