"""What can be promised, where: reads for sourcing, storefronts and staff."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, or_, select

from fulfillment.inventory.gate import Key
from fulfillment.inventory.models import Promise, StockLevel
from fulfillment.platform import clock
from fulfillment.platform.chunks import chunked
from fulfillment.platform.db import db

SKUS_AT_ONCE = 5000


class Level(NamedTuple):
    """The quantities of one stock level, with dead holds counted as gone."""

    sku: str
    facility: str
    on_hand: int
    unavailable: int
    reserved: int
    safety_stock: int
    incoming: int
    at_risk: int

    @property
    def available(self) -> int:
        return self.on_hand - self.unavailable - self.reserved

    @property
    def promisable(self) -> int:
        return max(0, self.available - self.safety_stock)

    @property
    def key(self) -> Key:
        return self.sku, self.facility


COLUMNS = [getattr(StockLevel, name) for name in Level._fields]


def levels(skus: Collection[str], own: UUID | None = None) -> dict[Key, Level]:
    """Return every stock level of these SKUs; units that `own` holds count as free to it."""
    found: dict[Key, Level] = {}
    for some in chunked(sorted(skus), SKUS_AT_ONCE):
        rows = db.session.execute(select(*COLUMNS).where(StockLevel.sku.in_(some))).all()
        freed = dead_or_own(some, own) if rows else {}
        for row in rows:
            level = Level(*row)
            units = freed.get(level.key)
            found[level.key] = level._replace(reserved=level.reserved - units) if units else level
    return found


def as_of_now(rows: Sequence[StockLevel], own: UUID | None = None) -> list[Level]:
    """Return the levels of these rows without the holds that are dead, or the caller's own."""
    freed = dead_or_own(sorted({row.sku for row in rows}), own)
    return [level_of(row, freed[row.sku, row.facility]) for row in rows]


def level_of(row: StockLevel, freed: int) -> Level:
    level = Level(*(getattr(row, name) for name in Level._fields))
    return level._replace(reserved=row.reserved - freed)


def dead_or_own(skus: Sequence[str], own: UUID | None) -> Counter[Key]:
    """Sum what the row still calls reserved though nobody else is promised it any more."""
    free = or_(Promise.expires_at <= clock.now(), Promise.owner_id == own)
    total = func.sum(Promise.quantity)
    here = (Promise.sku.in_(skus), Promise.outcome.is_(None), free)
    rows = db.session.execute(
        select(Promise.sku, Promise.facility, total)
        .where(*here)
        .group_by(Promise.sku, Promise.facility)
    )
    return Counter({(sku, facility): int(units) for sku, facility, units in rows})


def booked(
    facilities: Collection[str], since: date, own: UUID | None = None
) -> Counter[tuple[str, date]]:
    """Count the orders and carts but `own` that each facility ships, by its day, from `since`."""
    if not facilities:
        return Counter()
    counted = or_(Promise.closed_at.is_(None), Promise.outcome == "shipped")
    alive = or_(Promise.expires_at.is_(None), Promise.expires_at > clock.now())
    rows = db.session.execute(
        select(Promise.facility, Promise.ship_on, func.count(Promise.owner_id.distinct()))
        .where(
            Promise.facility.in_(facilities),
            Promise.ship_on >= since,
            counted,
            alive,
            Promise.owner_id.is_distinct_from(own),
        )
        .group_by(Promise.facility, Promise.ship_on)
    )
    return Counter({(facility, day): n for facility, day, n in rows if day is not None})
