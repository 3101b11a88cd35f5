"""The terms on which a SKU is bought: cost, packs, and a lead time as measured or as agreed."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from msgspec import Struct
from sqlalchemy import ColumnElement, select

from fulfillment.platform import clock
from fulfillment.platform.chunks import chunked
from fulfillment.platform.db import db
from fulfillment.supply.suppliers import lead_times
from fulfillment.supply.suppliers.models import Supplier, SupplierItem

AT_ONCE = 5_000
ENOUGH_RECEIPTS = 3
MEASURED_FOR = timedelta(days=365)

Offer = tuple[SupplierItem, Supplier]


class Terms(Struct, frozen=True):
    """What a supplier asks for a SKU; the lead time is measured where it counts `receipts`."""

    supplier: str
    sku: str
    unit_cost: Decimal
    pack_size: int
    minimum_quantity: int
    lead_time_days: float
    lead_time_sd: float
    receipts: int


def of(skus: Collection[str], since: datetime | None = None) -> dict[str, Terms]:
    """Return by SKU the terms of the supplier it is bought from first; others are absent.

    That is who has the lowest rank, then who is the cheapest, of those that are active. The lead
    time is measured by what came since a moment (default: a year ago), from three receipts on.
    """
    first: dict[str, Offer] = {}
    for some in chunked(sorted(set(skus)), AT_ONCE):
        for item, supplier in offers(SupplierItem.sku.in_(some)):
            first.setdefault(item.sku, (item, supplier))
    return {terms.sku: terms for terms in with_lead_times(list(first.values()), since)}


def at(supplier: str, skus: Collection[str], since: datetime | None = None) -> dict[str, Terms]:
    """Return by SKU the terms of one supplier; SKUs that it does not offer are absent."""
    found: list[Offer] = []
    for some in chunked(sorted(set(skus)), AT_ONCE):
        found += offers(SupplierItem.supplier == supplier, SupplierItem.sku.in_(some))
    return {terms.sku: terms for terms in with_lead_times(found, since)}


def offers(*which: ColumnElement[bool]) -> list[Offer]:
    """Return the offers that hold, those of each SKU in the order of preference."""
    order = (SupplierItem.sku, SupplierItem.rank, SupplierItem.unit_cost, SupplierItem.supplier)
    chosen = (
        select(SupplierItem, Supplier)
        .join(Supplier, Supplier.code == SupplierItem.supplier)
        .where(SupplierItem.active, Supplier.active, *which)
        .order_by(*order)
    )
    return [(item, supplier) for item, supplier in db.session.execute(chosen)]


def with_lead_times(chosen: Sequence[Offer], since: datetime | None) -> Iterator[Terms]:
    """Yield the terms of these offers, with lead times as measured where enough are."""
    pairs = [(item.supplier, item.sku) for item, _ in chosen]
    known = lead_times.by_pair(pairs, since or clock.now() - MEASURED_FOR)
    for item, supplier in chosen:
        told = known.get((item.supplier, item.sku))
        if told is None or told.count < ENOUGH_RECEIPTS:
            agreed = item.lead_time_days
            days = supplier.lead_time_days if agreed is None else agreed
            told = lead_times.Measured(days, supplier.lead_time_sd, 0)
        yield Terms(
            item.supplier,
            item.sku,
            item.unit_cost,
            item.pack_size,
            item.minimum_quantity,
            told.mean_days,
            told.sd_days,
            told.count,
        )
