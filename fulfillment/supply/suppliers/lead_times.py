"""How long suppliers take, as their receipts tell: mean and deviation, weighted by units."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from math import sqrt
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Double, cast, func, select, tuple_

from fulfillment.platform import clock
from fulfillment.platform.chunks import chunked
from fulfillment.platform.db import db
from fulfillment.supply.suppliers.models import LeadTime

AT_ONCE = 5_000
SECONDS_OF_A_DAY = 86_400

# As floats: a sum of squares may be more than an integer of the database holds.
UNITS = cast(LeadTime.quantity, Double)
SUMS = (
    func.count(),
    func.sum(UNITS),
    func.sum(UNITS * UNITS),
    func.sum(UNITS * LeadTime.days),
    func.sum(UNITS * LeadTime.days * LeadTime.days),
)

Pair = tuple[str, str]
"""Supplier, then SKU."""


class Measured(Struct, frozen=True):
    """Mean and standard deviation of a lead time in days, over so many receipts."""

    mean_days: float
    sd_days: float
    count: int


def record(
    order_id: UUID, supplier: str, facility: str, sent_at: datetime, came: Mapping[str, int]
) -> None:
    """Keep how long after its order was sent each of these SKUs came, so many units of it."""
    moment = clock.now()
    days = max(0.0, (moment - sent_at).total_seconds() / SECONDS_OF_A_DAY)
    db.session.add_all(
        LeadTime(
            order_id=order_id,
            supplier=supplier,
            sku=sku,
            facility=facility,
            quantity=units,
            days=days,
            sent_at=sent_at,
            received_at=moment,
        )
        for sku, units in came.items()
    )


def measured(supplier: str, sku: str | None, since: datetime) -> Measured | None:
    """Return how long a supplier took, for one SKU or for all, by what came since a moment."""
    chosen = select(*SUMS).where(LeadTime.supplier == supplier, LeadTime.received_at >= since)
    if sku is not None:
        chosen = chosen.where(LeadTime.sku == sku)
    row = db.session.execute(chosen).one()
    return weighted(row) if row[0] else None


def by_pair(pairs: Collection[Pair], since: datetime) -> dict[Pair, Measured]:
    """Return how long suppliers took for SKUs, by what came since a moment; others are absent."""
    found: dict[Pair, Measured] = {}
    names = (LeadTime.supplier, LeadTime.sku)
    for some in chunked(sorted(pairs), AT_ONCE):
        chosen = select(*names, *SUMS).where(tuple_(*names).in_(some))
        recent = chosen.where(LeadTime.received_at >= since).group_by(*names)
        found |= {(row[0], row[1]): weighted(row[2:]) for row in db.session.execute(recent)}
    return found


def weighted(sums: Sequence[Any]) -> Measured:
    """Return mean and deviation from the sums of 1, w, w^2, w x and w x^2 over the receipts.

    The variance is W / (W^2 - sum w^2) * sum w (x - mean)^2 with W = sum w, the unbiased estimate
    for weighted samples (GNU Scientific Library, "Weighted Samples"); 0 for a single receipt.
    """
    count, units, squares, days, days_squared = sums
    mean = days / units
    freedom = units * units - squares
    spread = max(0.0, days_squared - units * mean * mean)
    return Measured(mean, sqrt(units / freedom * spread) if count > 1 else 0.0, int(count))
