"""Which orders a wave ties together: those that could take from something scarce."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fulfillment.optimization.allocation.problem import Order, Problem

Indices = NDArray[np.intp]
Quantities = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Links:
    """Pairs (order, limit) of all scarce limits, whose numbers have no meaning but to differ.

    `reach` tells who may ship an order at all [O, F], `tight` who could be asked too much [F].
    """

    order: Indices
    limit: Indices
    reach: Flags
    tight: Flags


@dataclass(frozen=True, eq=False)
class Asked:
    """L lines, an order's lines of one SKU merged, and the stock of each SKU [S, F]."""

    order: Indices
    sku: Indices
    quantity: Quantities
    stock: Quantities


def links(problem: Problem) -> Links:
    """Find what all who could take from it could together ask too much of, and who they are."""
    reach, asked = _reach(problem), _asked(problem)
    held = asked.stock[asked.sku]
    able = reach[asked.order] & (held > 0)
    if not problem.options.split_lines:
        # What an order holds it may keep, a part or not.
        holds = np.array([bool(order.current) for order in problem.orders], dtype=bool)
        able &= (held >= asked.quantity[:, None]) | holds[asked.order][:, None]
    line, at = np.nonzero(able)
    order, place = asked.order[line], asked.sku[line] * reach.shape[1] + at
    stock = asked.stock.ravel()
    wanted = np.bincount(place, weights=asked.quantity[line], minlength=stock.size)
    most = np.minimum(wanted, stock).reshape(asked.stock.shape).sum(axis=0)
    ships = np.zeros(reach.shape, dtype=bool)
    ships[order, at] = True
    tight = _tight(problem, most, np.minimum(ships.sum(axis=0), most))
    scarce, (full, facility) = (wanted > stock)[place], np.nonzero(ships & tight)
    return Links(
        order=np.concatenate([order[scarce], full]),
        limit=np.concatenate([place[scarce], stock.size + facility]),
        reach=reach,
        tight=tight,
    )


def _tight(problem: Problem, units: NDArray[np.float64], shipments: NDArray[np.float64]) -> Flags:
    """Whether the most that could ship from a facility is past its limits. [F]"""
    return np.array(
        [
            units[i] > _or_infinite(facility.capacity_units)
            or shipments[i] > _or_infinite(facility.capacity_shipments)
            for i, facility in enumerate(problem.facilities)
        ],
        dtype=bool,
    )


def _or_infinite(limit: int | None) -> float:
    return math.inf if limit is None else limit


def _asked(problem: Problem) -> Asked:
    lines = [(i, line) for i, order in enumerate(problem.orders) for line in order.lines]
    skus = {code: i for i, code in enumerate(dict.fromkeys(line.sku for _, line in lines))}
    places = _places(problem)
    stock = np.zeros((len(skus), len(places)), dtype=np.int64)
    for held in problem.stock:
        if held.sku in skus:
            stock[skus[held.sku], places[held.facility]] = held.quantity
    keys = np.array([i * len(skus) + skus[line.sku] for i, line in lines], dtype=np.intp)
    merged, where = np.unique(keys, return_inverse=True)
    quantity = np.zeros(merged.size, dtype=np.int64)
    np.add.at(quantity, where, np.array([line.quantity for _, line in lines], dtype=np.int64))
    order, sku = np.divmod(merged, max(len(skus), 1))
    return Asked(order, sku, quantity, stock)


def _reach(problem: Problem) -> Flags:
    """Whether a facility may ship an order: there is a lane, eligible and in time. [O, F]

    Where an order holds stock already counts, too.
    """
    places = _places(problem)
    zones = {zone: i for i, zone in enumerate(dict.fromkeys(o.zone for o in problem.orders))}
    days = np.full((len(zones), len(places)), math.nan)  # no lane: compares false
    for lane in problem.lanes:
        if lane.zone in zones:
            days[zones[lane.zone], places[lane.facility]] = lane.days or 0
    zone = np.array([zones[order.zone] for order in problem.orders], dtype=np.intp)
    within = np.array([_within(order) for order in problem.orders], dtype=float)
    reach = (days[zone] <= within[:, None]) & _eligible(problem, places)
    for i, order in enumerate(problem.orders):
        for held in order.current:
            reach[i, places[held.facility]] = True
    return reach


def _within(order: Order) -> float:
    late_is_out = order.deliver_within_days is not None and order.late_cost_per_day is None
    return float(order.deliver_within_days or 0) if late_is_out else math.inf


def _eligible(problem: Problem, places: dict[str, int]) -> Flags:
    chosen = dict.fromkeys(order.eligible for order in problem.orders)
    sets = {codes: i for i, codes in enumerate(chosen)}
    allowed = np.ones((len(sets), len(places)), dtype=bool)
    for codes, i in sets.items():
        if codes is not None:
            allowed[i] = [code in codes for code in places]
    which = np.array([sets[order.eligible] for order in problem.orders], dtype=np.intp)
    return allowed[which]


def _places(problem: Problem) -> dict[str, int]:
    return {facility.code: i for i, facility in enumerate(problem.facilities)}
