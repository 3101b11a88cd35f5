"""The gate: the only way to promise stock, one conditional write per stock level, in key order."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, select, tuple_, update

from fulfillment.inventory.models import Promise, StockLevel
from fulfillment.platform import clock
from fulfillment.platform.chunks import chunked
from fulfillment.platform.db import db
from fulfillment.platform.errors import Conflict

Key = tuple[str, str]
"""A stock level's name: SKU, then facility; locks are taken in this order everywhere."""

PROMISABLE = (
    StockLevel.on_hand - StockLevel.unavailable - StockLevel.reserved - StockLevel.safety_stock
)
HERE = (StockLevel.sku == bindparam("of_sku"), StockLevel.facility == bindparam("at_facility"))

# These statements go straight to the database: no loaded object follows them.
UNSYNCED: Any = {"synchronize_session": False}
KEYS_AT_ONCE = 5000

TAKE = (
    update(StockLevel)
    .where(*HERE, bindparam("units") <= PROMISABLE)
    .values(reserved=StockLevel.reserved + bindparam("units"))
    .execution_options(**UNSYNCED)
)


class InsufficientStock(Conflict):
    """Fewer units can be promised than were asked, SKU by SKU."""

    may_pass = True

    def __init__(self, shortages: Iterable[tuple[str, int, int]]) -> None:
        rows = [{"sku": s, "asked": a, "promisable": max(0, p)} for s, a, p in shortages]
        told = "; ".join(
            f"{r['sku']}: {r['asked']} asked, {r['promisable']} promisable" for r in rows
        )
        super().__init__("insufficient-stock", told + ".", shortages=rows)


def change(deltas: Mapping[Key, int]) -> None:
    """Promise more units (delta > 0) or fewer (delta < 0) of each stock level: all or nothing.

    Raises:
        InsufficientStock: naming every SKU that is short; the caller's transaction must end.
    """
    shortages = []
    for key in sorted(deltas):
        units = deltas[key]
        if units < 0:
            release(key, -units)
        elif units > 0 and not take(key, units):
            shortages.append((key[0], units, promisable_at(key)))
    if shortages:
        raise InsufficientStock(shortages)


def take(key: Key, units: int) -> bool:
    """Promise `units` if they are promisable, counting a hold as dead once it has expired."""
    if taken(key, units):
        return True
    return bool(expire_at(key, clock.now())) and taken(key, units)


def taken(key: Key, units: int) -> bool:
    asked = {"of_sku": key[0], "at_facility": key[1], "units": units}
    result: Any = db.session.execute(TAKE, asked)
    return bool(result.rowcount)


def release(key: Key, units: int) -> None:
    """Give promised units back; what a count left at risk shrinks with them, and never grows."""
    excess = StockLevel.reserved - units + StockLevel.unavailable - StockLevel.on_hand
    at_risk = case(
        (excess <= 0, 0), (excess < StockLevel.at_risk, excess), else_=StockLevel.at_risk
    )
    values = {"reserved": StockLevel.reserved - units, "at_risk": at_risk}
    here = (StockLevel.sku == key[0], StockLevel.facility == key[1])
    db.session.execute(update(StockLevel).where(*here).values(values).execution_options(**UNSYNCED))


def promisable_at(key: Key) -> int:
    """Return the promisable units of a stock level right now; 0 where there is none."""
    here = (StockLevel.sku == key[0], StockLevel.facility == key[1])
    return int(db.session.scalar(select(PROMISABLE).where(*here)) or 0)


def lock(keys: Collection[Key]) -> list[StockLevel]:
    """Lock stock levels in key order until the transaction ends; return them as they are now."""
    found: list[StockLevel] = []
    for some in chunked(sorted(keys), KEYS_AT_ONCE):
        chosen = select(StockLevel).where(tuple_(StockLevel.sku, StockLevel.facility).in_(some))
        ordered = chosen.order_by(StockLevel.sku, StockLevel.facility).with_for_update()
        found += db.session.scalars(ordered.execution_options(populate_existing=True))
    return found


def expire(keys: Collection[Key], moment: datetime) -> Counter[Key]:
    """End the holds' promises at these levels that are past their time; return the units freed.

    The caller holds the locks of the stock levels.
    """
    over = Promise.expires_at <= moment
    dead = select(Promise.sku, Promise.facility).where(over).distinct()
    if len(keys) == 1:
        ((sku, _),) = keys
        dead = dead.where(Promise.sku == sku, Promise.outcome.is_(None))
    else:
        # They are few, the keys may be thousands.
        dead = dead.where(Promise.closed_at.is_(None))
    here = {(sku, facility) for sku, facility in db.session.execute(dead)} & set(keys)
    freed: Counter[Key] = Counter()
    for some in chunked(sorted(here), KEYS_AT_ONCE):
        freed += close([tuple_(Promise.sku, Promise.facility).in_(some), over], "expired", moment)
    return freed


def expire_at(key: Key, moment: datetime) -> int:
    """End the holds' promises at a stock level that are past their time; return the units freed."""
    lock([key])
    return sum(expire([key], moment).values())


def close(which: Sequence[Any], outcome: str, moment: datetime) -> Counter[Key]:
    """End open promises, once; give their units back and return them by stock level.

    The caller holds the locks of the stock levels concerned.
    """
    ended = (
        update(Promise)
        .where(*which, Promise.closed_at.is_(None))
        .values(closed_at=moment, outcome=outcome)
        .returning(Promise.sku, Promise.facility, Promise.quantity)
        .execution_options(**UNSYNCED)
    )
    freed: Counter[Key] = Counter()
    for sku, facility, quantity in db.session.execute(ended):
        freed[sku, facility] += quantity
    for key in sorted(freed):
        release(key, freed[key])
    return freed
