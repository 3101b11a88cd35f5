"""Worlds drawn at random: towns on a map, weekly receipts up to a level, skewed demand.

Costs after Jasin and Sinha (2015): 8.759 a shipment; 0.423 + 0.000541 a mile for each unit. In
the far world a mile costs four times as much. A SKU stands in one facility for each 16 units that
a week asks for, in three at least; each of them is filled up to what its zone asks for on average,
and the two that sell most of it up to what the country asks for, plus three standard deviations.
In the dense world every facility has every SKU, at the mean plus half a standard deviation.
"""

from dataclasses import dataclass

import numpy as np

from benchmarks.online.world import (
    Cycle,
    Order,
    World,
    companions,
    line_units,
    line_weight,
    zone_cost,
)

MILES_PER_KM = 1 / 1.609344
SHIPMENT_COST, UNIT_COST, UNIT_COST_PER_MILE = 8.759, 0.423, 0.000541
UNFILLED_COST = 45.0
LINES = np.array([0.56, 0.24, 0.105, 0.047, 0.029, 0.019])  # orders with 1, 2, .. 6 lines
UNITS = np.array([0.885, 0.1, 0.015])  # lines of 1, 2, 3 units
MAP_KM = (4_500, 2_600)
DAYS = 7
FORECAST_ERROR = 0.2  # standard deviation of the logarithm, for each SKU and each place


@dataclass(frozen=True)
class Size:
    """How large a generated world is."""

    facilities: int = 20
    skus: int = 1_500
    towns: int = 250
    orders_a_day: int = 2_000
    units_a_place: int = 16
    fewest_places: int = 3


@dataclass(frozen=True, eq=False)
class Demand:
    """What orders are drawn from."""

    people: np.ndarray  # [Z] share of the orders
    popularity: np.ndarray  # [S] share of the lines
    orders_a_day: float


def world(kind: str, size: Size, cycles: int, seed: int) -> World:
    """A near, far or dense world; each of its cycles starts from the same stock."""
    rng = np.random.default_rng(seed)
    demand = _demand(rng, size)
    distance = _distances(rng, size, demand.people)
    per_mile = UNIT_COST_PER_MILE * (4 if kind == "far" else 1)
    unit_cost = UNIT_COST + per_mile * MILES_PER_KM * distance
    places = _places(rng, size, distance, demand, dense=kind == "dense")
    weekly = _weekly(places, distance, demand)
    stock = _dense(weekly) if kind == "dense" else _levels(weekly)
    near = _weekly(np.ones_like(places), distance, demand)
    drawn = [_orders(np.random.default_rng([seed, i]), demand) for i in range(cycles + 1)]
    return World(
        distance_km=distance,
        shipment_cost=np.full(distance.shape, SHIPMENT_COST),
        unit_cost=unit_cost,
        weight=np.ones(size.skus),
        unfilled_cost=UNFILLED_COST,
        zone_cost=zone_cost(unit_cost, demand.people),
        # The first draw is the past, which tells how many lines come together.
        cycles=[_cycle(rng, stock, near, demand, orders, drawn[0]) for orders in drawn[1:]],
    )


def _demand(rng: np.random.Generator, size: Size) -> Demand:
    people = rng.lognormal(0, 1, size.towns)
    popularity = rng.permutation(np.arange(1.0, size.skus + 1) ** -0.8)
    return Demand(people / people.sum(), popularity / popularity.sum(), size.orders_a_day)


def _distances(rng: np.random.Generator, size: Size, people: np.ndarray) -> np.ndarray:
    towns = rng.random((size.towns, 2)) * MAP_KM
    homes = rng.choice(size.towns, size.facilities, replace=False, p=people)
    sites = towns[homes] + rng.normal(0, 20, (size.facilities, 2))
    return np.hypot(*(sites[:, None] - towns).transpose(2, 0, 1))


def _units_a_week(demand: Demand) -> float:
    lines, units = LINES @ np.arange(1, LINES.size + 1), UNITS @ np.arange(1, UNITS.size + 1)
    return float(demand.orders_a_day * DAYS * lines * units)


def _places(
    rng: np.random.Generator, size: Size, distance: np.ndarray, demand: Demand, dense: bool
) -> np.ndarray:
    """Which facilities keep each SKU, the ones with many people near more often. [S, F]"""
    keeps = np.ones((size.skus, size.facilities), dtype=bool)
    if dense:
        return keeps
    near = np.bincount(distance.argmin(axis=0), demand.people, size.facilities)
    chance = 0.9 * near + 0.1 / size.facilities
    wanted = _units_a_week(demand) * demand.popularity / size.units_a_place
    for sku, count in enumerate(np.clip(wanted.round(), size.fewest_places, size.facilities)):
        keeps[sku] = False
        keeps[sku, rng.choice(size.facilities, int(count), replace=False, p=chance)] = True
    return keeps


def _weekly(keeps: np.ndarray, distance: np.ndarray, demand: Demand) -> np.ndarray:
    """Units a week of each SKU from the towns nearest to each facility that keeps it. [S, F]"""
    total = _units_a_week(demand) * demand.popularity
    facilities = len(distance)
    share = np.empty(keeps.shape)
    for sku, kept in enumerate(keeps):
        nearest = np.where(kept[:, None], distance, np.inf).argmin(axis=0)
        share[sku] = np.bincount(nearest, demand.people, facilities)
    return share * total[:, None]


def _levels(weekly: np.ndarray) -> np.ndarray:
    """The mean of each zone; the two largest share the country's safety stock. [S, F]"""
    stock = np.ceil(weekly).astype(np.int64)
    total = weekly.sum(axis=1)
    short = np.ceil(total + 3 * np.sqrt(1.25 * total)) - stock.sum(axis=1)
    short = np.maximum(short, 0).astype(np.int64)
    rows, largest = np.arange(len(stock)), (-weekly).argsort(axis=1, kind="stable")
    stock[rows, largest[:, 0]] += (short + 1) // 2
    stock[rows, largest[:, 1]] += short // 2
    return stock


def _dense(weekly: np.ndarray) -> np.ndarray:
    return np.ceil(weekly + 0.5 * np.sqrt(weekly)).astype(np.int64)


def _cycle(
    rng: np.random.Generator,
    stock: np.ndarray,
    weekly: np.ndarray,
    demand: Demand,
    orders: list[Order],
    past: list[Order],
) -> Cycle:
    """Forecasts are the true means with an error for each SKU and for each SKU and place."""
    skus = len(weekly)
    by_sku, by_place = FORECAST_ERROR * rng.normal(size=skus), rng.normal(size=weekly.shape)
    rate = weekly / DAYS * np.exp(by_sku[:, None] + FORECAST_ERROR * by_place)
    imagined = demand.popularity * np.exp(by_sku)
    expected = Demand(demand.people, imagined / imagined.sum(), demand.orders_a_day)
    return Cycle(
        days=DAYS,
        stock=stock,
        orders=orders,
        rate=rate,
        companions=companions(past),
        line_weight=line_weight(past, np.ones(skus)),
        line_units=line_units(past, skus),
        future=lambda sampler: _orders(sampler, expected),
    )


def _orders(rng: np.random.Generator, demand: Demand) -> list[Order]:
    count = rng.poisson(demand.orders_a_day * DAYS)
    lines = rng.choice(LINES.size, count, p=LINES) + 1
    at = np.sort(rng.random(count)) * DAYS
    zone = rng.choice(demand.people.size, count, p=demand.people)
    ends = lines.cumsum()
    sku = rng.choice(demand.popularity.size, ends[-1], p=demand.popularity)
    units = rng.choice(UNITS.size, ends[-1], p=UNITS) + 1
    orders = []
    for i, (end, size) in enumerate(zip(ends.tolist(), lines.tolist(), strict=True)):
        # A SKU drawn twice for an order stays one line.
        once, first = np.unique(sku[end - size : end], return_index=True)
        orders.append(Order(float(at[i]), int(zone[i]), once, units[end - size : end][first]))
    return orders
