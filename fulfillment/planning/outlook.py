"""The outlook: what recent orders say of the demand near each facility, and what is on its way.

Where the nightly forecast knows a SKU, its units a day are those of the forecast.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from fulfillment.catalog import items as catalog
from fulfillment.inventory import availability
from fulfillment.network import sites
from fulfillment.optimization.pricing import cover
from fulfillment.orders import queries as orders
from fulfillment.planning.forecasts import queries as forecasts
from fulfillment.planning.nearest import nearest
from fulfillment.planning.receipts import next_receipts
from fulfillment.platform import clock
from fulfillment.platform.db import retried, transaction
from fulfillment.sourcing import service
from fulfillment.sourcing.prices import outlooks
from fulfillment.sourcing.prices.outlooks import Baskets, SkuOutlook

# A forecast older than this says less than the latest orders.
FRESH = timedelta(days=10)
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
    rows = with_forecasts(rows, forecasts.per_day((now - FRESH).date()))
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


def with_forecasts(
    rows: Sequence[SkuOutlook], per_day: Mapping[str, Mapping[str, float]]
) -> list[SkuOutlook]:
    """Return the outlooks with the units a day of the forecast, where there is one."""
    return [replace(row, per_day=per_day.get(row.sku, row.per_day)) for row in rows]


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
