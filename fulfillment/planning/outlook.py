"""The outlook: what recent orders say of the demand near each facility, and what is on its way.

A forecast that knows more publishes its own rows through `sourcing.outlooks`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt

from fulfillment.catalog import items as catalog
from fulfillment.inventory import availability
from fulfillment.network import sites
from fulfillment.network.geography import great_circle_km
from fulfillment.network.sites import Site
from fulfillment.optimization.pricing import cover
from fulfillment.orders import queries as orders
from fulfillment.orders.queries import AskedLine
from fulfillment.planning.receipts import next_receipts
from fulfillment.platform import clock
from fulfillment.platform.db import retried, transaction
from fulfillment.sourcing import service
from fulfillment.sourcing.prices import outlooks, zones
from fulfillment.sourcing.prices.outlooks import Baskets, SkuOutlook

MOST_COMPANIONS = 5
# A SKU's own units by place count as much as the pattern of all SKUs at so many units.
PATTERN_UNITS = 100
DIGITS = 6

Amounts = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class History:
    """The order lines of so many days: N lines, of S SKUs, to the zones of F facilities."""

    days: float
    skus: Sequence[str]
    codes: Sequence[str]
    order: Counts  # [N]
    sku: Counts  # [N]
    zone: Counts  # [N]
    units: Counts  # [N]

    @property
    def lines(self) -> Counts:
        """How often each SKU was asked for. [S]"""
        return np.bincount(self.sku, minlength=len(self.skus))

    @property
    def demand(self) -> Amounts:
        """Units by SKU and zone. [S, F]"""
        shape = len(self.skus), len(self.codes)
        cells = self.sku * shape[1] + self.zone
        units: Amounts = np.bincount(cells, self.units, shape[0] * shape[1]).astype(np.float64)
        return units.reshape(shape)


def refresh() -> str:
    """Publish an outlook of the orders up to now; say how much was found."""
    now = clock.now()
    history = history_until(now)
    rows = outlooks_of(history, next_receipts(now)) if history else []
    baskets = baskets_of(history) if history else Baskets((), 0.0, {})
    publish(rows, baskets, now)
    return f"outlook for {len(rows)} SKUs"


@retried
def publish(rows: Sequence[SkuOutlook], baskets: Baskets, now: datetime) -> None:
    with transaction():
        outlooks.publish(rows, baskets, now)


def history_until(now: datetime) -> History | None:
    """Return the lines of the latest orders; None without orders, or facilities to serve them."""
    most = service.settings().outlook_days
    first = orders.first_placed_at()
    lines = list(orders.asked_since(now - timedelta(days=most)))
    places = [f for f in sites.active() if f.lat is not None and f.lng is not None]
    if not lines or first is None or not places:
        return None
    skus, sku = np.unique([line.sku for line in lines], return_inverse=True)
    _, order = np.unique([str(line.order_id) for line in lines], return_inverse=True)
    return History(
        days=min(float(most), max(1.0, (now - first) / timedelta(days=1))),
        skus=skus.tolist(),
        codes=[place.code for place in places],
        order=order,
        sku=sku,
        zone=nearest(places, lines),
        units=np.array([line.units for line in lines], dtype=np.int64),
    )


def nearest(places: Sequence[Site], lines: Sequence[AskedLine]) -> Counts:
    """Return the facility that is nearest to each line's destination; of equals the first. [N]"""
    lats = np.array([line.lat for line in lines])
    lngs = np.array([line.lng for line in lines])
    best, found = np.full(len(lines), np.inf), np.zeros(len(lines), dtype=np.int64)
    for number, place in enumerate(map(zones.place_of, places)):
        km = great_circle_km(place.lat, place.lng, lats, lngs)
        closer = km < best
        best[closer], found[closer] = km[closer], number
    return found


def demand_a_day(history: History) -> Amounts:
    """Return the units of each SKU that each zone asks for a day. [S, F]

    Few SKUs sell often enough in one place to show where they are wanted: a SKU's own units are
    pulled to the pattern of all units, the more so the fewer they are. No unit is lost by that.
    """
    units = history.demand
    total = units.sum(axis=1, keepdims=True)
    pattern = units.sum(axis=0) / units.sum()
    pulled: Amounts = total * (units + PATTERN_UNITS * pattern) / (total + PATTERN_UNITS)
    return pulled / history.days


def outlooks_of(history: History, receipts: Mapping[tuple[str, str], date]) -> list[SkuOutlook]:
    """Return what is expected of each SKU that was asked for."""
    a_day, lines = demand_a_day(history).round(DIGITS), history.lines
    units = np.bincount(history.sku, history.units, len(history.skus))
    # Pulled to the mean of all by one line of that: few lines tell little.
    per_line = np.maximum((units + history.units.mean()) / (lines + 1), 1.0)
    return [
        SkuOutlook(
            sku,
            dict(zip(history.codes, row, strict=True)),
            {at: receipts[sku, at] for at in history.codes if (sku, at) in receipts},
            float(size),
        )
        for sku, row, size in zip(history.skus, a_day.tolist(), per_line, strict=True)
    ]


def baskets_of(history: History) -> Baskets:
    """Return how lines hang together, what they weigh, and how much of it each facility has."""
    sizes = np.bincount(history.order)
    others = np.minimum(sizes - 1, MOST_COMPANIONS)
    lines = np.bincount(others, sizes, MOST_COMPANIONS + 1)
    items = catalog.find(history.skus)
    grams = np.array([items[sku].weight_g for sku in history.skus])
    shares = cover(stock_of(history), history.demand).tolist()
    return Baskets(
        tuple((lines[1:] / lines.sum()).tolist()),
        float((grams[history.sku] * history.units).mean()),
        dict(zip(history.codes, shares, strict=True)),
    )


def stock_of(history: History) -> Counts:
    """Return what is promisable of the SKUs. [S, F]"""
    levels = availability.levels(history.skus)
    stock = np.zeros((len(history.skus), len(history.codes)), dtype=np.int64)
    rows = {sku: row for row, sku in enumerate(history.skus)}
    columns = {code: column for column, code in enumerate(history.codes)}
    for (sku, code), level in levels.items():
        if code in columns:
            stock[rows[sku], columns[code]] = level.promisable
    return stock
