"""Real baskets of a year's weeks on the demo's sites, homes, stock rule and price table."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.online.world import (
    Cycle,
    Order,
    World,
    companions,
    demand,
    line_units,
    line_weight,
    zone_cost,
)
from fulfillment.demo import baskets as retail
from fulfillment.demo.households import distances, homes
from fulfillment.demo.products import Product, products
from fulfillment.demo.sites import SITES
from fulfillment.demo.stock import opening_stock
from fulfillment.demo.zones import zone_of

LAST_WEEK = 50
UNFILLED_COST = 150.0  # more than the heaviest parcel costs on the longest way
DAYS = 7.0

Places = dict[int, dict[str, float]]  # household -> site -> km


def world(cycles: int) -> World:
    """The weeks up to LAST_WEEK; each is forecast from the weeks before it alone."""
    goods = retail._goods()
    sales = retail._sales(goods)
    weeks = range(LAST_WEEK - cycles + 1, LAST_WEEK + 1)
    sales = sales.filter(pc.greater_equal(sales["week"], weeks[0] - retail.HISTORY_WEEKS))
    sales = sales.filter(pc.less_equal(sales["week"], LAST_WEEK))
    sold = pc.unique(sales["product_id"])
    records = goods.filter(pc.is_in(goods["product_id"], sold)).to_pylist()
    items = products(records, retail._prices(sales))
    households = sorted(pc.unique(sales["household_id"]).to_pylist())
    places = distances(homes(households))
    index = {item.sku: i for i, item in enumerate(items)}
    kilometres = np.array([[places[h][site.code] for h in households] for site in SITES])
    shipment, per_gram = _lanes(kilometres)
    rows = {household: i for i, household in enumerate(households)}
    return World(
        distance_km=kilometres,
        shipment_cost=shipment,
        unit_cost=per_gram,
        weight=np.array([float(item.weight_grams) for item in items]),
        unfilled_cost=UNFILLED_COST,
        zone_cost=zone_cost(per_gram + kilometres * 1e-12, np.ones(len(households))),
        cycles=[_cycle(sales, week, items, index, rows, places, kilometres) for week in weeks],
    )


def _lanes(kilometres: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    zones = [[zone_of(km) for km in row] for row in kilometres.tolist()]
    shipment = np.array([[float(zone.shipment_cost) for zone in row] for row in zones])
    per_gram = np.array([[float(zone.cost_per_kg) / 1_000 for zone in row] for row in zones])
    return shipment, per_gram


def _cycle(
    sales: pa.Table,
    week: int,
    items: tuple[Product, ...],
    index: dict[str, int],
    rows: dict[int, int],
    places: Places,
    kilometres: np.ndarray,
) -> Cycle:
    now = retail._baskets(sales.filter(pc.equal(sales["week"], week)))
    skus = {line.sku for basket in now for line in basket.lines}
    past = pc.and_(
        pc.less(sales["week"], week), pc.greater_equal(sales["week"], week - retail.HISTORY_WEEKS)
    )
    before = sales.filter(past)
    known = pa.array(sorted(int(sku) for sku in skus))
    laid_out = retail.BusyWeek(
        week=week,
        baskets=now,
        products=tuple(item for item in items if item.sku in skus),
        history=retail._history(before.filter(pc.is_in(before["product_id"], known))),
        history_weeks=retail.HISTORY_WEEKS,
        year=(),
    )
    shape = (len(items), len(SITES))
    stock = np.zeros(shape, dtype=np.int64)
    codes = {site.code: i for i, site in enumerate(SITES)}
    for (site, sku), units in opening_stock(laid_out, places).items():
        stock[index[sku], codes[site]] = units
    history = _orders(retail._baskets(before), index, rows)
    units = demand(history, kilometres.argmin(axis=0), shape)
    return Cycle(
        days=DAYS,
        stock=stock,
        orders=_orders(now, index, rows),
        rate=_top_down(units) / (retail.HISTORY_WEEKS * DAYS),
        companions=companions(history),
        line_weight=line_weight(history, np.array([item.weight_grams for item in items])),
        line_units=line_units(history, len(items)),
        future=lambda rng: _imagined(rng, history),
    )


def _orders(
    baskets: tuple[retail.Basket, ...], index: dict[str, int], rows: dict[int, int]
) -> list[Order]:
    """Baskets as orders, timed from the first one, in days of whichever week."""
    first = min(basket.placed_at for basket in baskets)
    return [
        Order(
            at=(basket.placed_at - first).total_seconds() / 86_400 % DAYS,
            zone=rows[basket.household_id],
            sku=np.array([index[line.sku] for line in basket.lines]),
            quantity=np.array([line.quantity for line in basket.lines]),
        )
        for basket in baskets
    ]


def _top_down(units: np.ndarray) -> np.ndarray:
    """A SKU's units shared out as all units are: few SKUs sell often enough in one place. [S, F]"""
    return np.outer(units.sum(axis=1), units.sum(axis=0) / units.sum())


def _imagined(rng: np.random.Generator, history: list[Order]) -> list[Order]:
    """A week of past baskets, drawn at random, at random times."""
    count = rng.poisson(len(history) / retail.HISTORY_WEEKS)
    at = np.sort(rng.random(count)) * DAYS
    drawn = rng.integers(0, len(history), count).tolist()
    return [
        Order(float(moment), history[i].zone, history[i].sku, history[i].quantity)
        for moment, i in zip(at, drawn, strict=True)
    ]
