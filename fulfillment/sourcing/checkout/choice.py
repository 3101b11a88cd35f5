"""The plain choice: one facility ships all, and no plan of several can be cheaper.

So it is for nearly every cart; what is left is for the exact search of `optimization/sourcing`.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from fulfillment.network.lanes import Reach, reach
from fulfillment.network.sites import Site
from fulfillment.sourcing.candidates import Question, is_free
from fulfillment.sourcing.costs import settings
from fulfillment.sourcing.plans import Plan
from fulfillment.sourcing.service import planned_shipment

Amounts = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

# Costs closer than a tie are equal, and distance and names decide; those that are merely near are
# left to the search, which knows how sums round.
TIE, NEAR = 1e-9, 1e-6


def plain_choice(question: Question) -> Plan | None:
    """Return the best plan with its compact explanation, or None where it takes a search."""
    if not is_plain(question):
        return None
    ask, state = question.ask, question.state
    active = [site for site in state.facilities if site.active]
    ways = reach(ask.destination, active, state.moment, state.rates)
    stock = stock_at(question, ways)
    costs = costs_alone(question, ways, stock)
    best = cheapest(costs, ways)
    if best is None or not beats_several(question, ways, stock, float(costs[best])):
        return None
    weights = {sku: question.items[sku].weight_g for sku in ask.lines}
    site = ways.sites[best].code
    shipment = planned_shipment(site, ways.lane(best), ask.lines, weights)
    why = explained(question, ways, site, float(costs[best]))
    return Plan([shipment], {}, settings().currency, why)


def is_plain(question: Question) -> bool:
    """Tell whether only costs and stock decide."""
    strategy, ask = question.strategy, question.ask
    return not (
        strategy.stages
        or strategy.groups
        or question.rules
        or question.prices
        or ask.deliver_by
        or any(site.daily_order_capacity is not None for site in question.state.facilities)
        or not all(is_free(question, sku) for sku in ask.lines)
    )


def stock_at(question: Question, ways: Reach) -> Counts:
    """Return the promisable units of each line at each located facility. [L, N]"""
    codes = [site.code for site in ways.sites]
    by_sku = [question.state.promisable.get(sku, {}) for sku in question.ask.lines]
    units = [[there.get(code, 0) for code in codes] for there in by_sku]
    return np.array(units, dtype=np.int64).reshape(len(by_sku), len(codes))


def shipment_costs(question: Question, ways: Reach) -> Amounts:
    weights = question.strategy.weights
    total: Amounts = weights.shipping * ways.shipment_cost
    return total + weights.distance_per_km * ways.distance_km + weights.split


def line_costs(question: Question, ways: Reach) -> Amounts:
    """Return what all units of each line cost to ship from each facility. [L, N]"""
    weights, ask = question.strategy.weights, question.ask
    quantity = np.array(list(ask.lines.values()), dtype=np.float64)
    grams = np.array([question.items[sku].weight_g for sku in ask.lines], dtype=np.float64)
    unit = weights.shipping * np.outer(grams, ways.offers.per_g)
    total: Amounts = (unit + weights.handling * ways.handling_per_unit) * quantity[:, None]
    return total


def costs_alone(question: Question, ways: Reach, stock: Counts) -> Amounts:
    """Return what the order costs from each facility alone, infinite where it lacks units. [N]"""
    quantity = np.array(list(question.ask.lines.values()), dtype=np.int64)
    has_all = (stock >= quantity[:, None]).all(axis=0)
    total = shipment_costs(question, ways) + line_costs(question, ways).sum(axis=0)
    return np.where(has_all, total, math.inf)


def cheapest(costs: Amounts, ways: Reach) -> int | None:
    """Return the cheapest facility, of equal ones the nearest, then the first by code.

    None where there is none, or where it is not clear which are equal.
    """
    least = float(costs.min(initial=math.inf))
    equal = np.flatnonzero(costs <= least + TIE * max(1.0, least))
    near = np.count_nonzero(costs <= least + NEAR * max(1.0, least))
    if not math.isfinite(least) or near > equal.size:
        return None
    return int(equal[ways.distance_km[equal].argmin()])


def beats_several(question: Question, ways: Reach, stock: Counts, least: float) -> bool:
    """Tell whether no plan of several shipments comes near this cost.

    Several shipments cost at least the two cheapest of them, and each line at least what it costs
    where it is cheapest.
    """
    has_some = (stock > 0) & np.isfinite(ways.shipment_cost)
    boxes = np.sort(shipment_costs(question, ways)[has_some.any(axis=0)])
    if boxes.size < 2 or list(question.ask.lines.values()) == [1]:
        return True
    lines = np.where(has_some, line_costs(question, ways), math.inf).min(axis=1).sum()
    return bool(least < boxes[:2].sum() + lines - NEAR * max(1.0, least))


def explained(question: Question, ways: Reach, chosen: str, cost: float) -> dict[str, Any]:
    return {
        "strategy": question.strategy.label,
        "objective": round(cost, 4),
        "lower_bound": round(cost, 4),
        "exact": True,
        "runner_up_costs": None,
        "candidates": columns(question, ways, chosen),
    }


def columns(question: Question, ways: Reach, chosen: str) -> dict[str, list[Any]]:
    """Return the candidates in columns, as `explanation.columns` has them."""
    places = question.state.facilities
    at = {site.code: i for i, site in enumerate(ways.sites)}
    reached = np.isfinite(ways.shipment_cost).tolist()
    units = [question.state.promisable.get(sku, {}) for sku in question.ask.lines]
    promisable = [
        {sku: there.get(site.code, 0) for sku, there in zip(question.ask.lines, units, strict=True)}
        for site in places
    ]
    reasons = [
        reason_out(site, reached[at[site.code]] if site.code in at else None, own)
        for site, own in zip(places, promisable, strict=True)
    ]
    rows = [at[s.code] if s.code in at and reached[at[s.code]] else None for s in places]
    return {
        "facility": [site.code for site in places],
        "status": status_of(places, reasons, chosen),
        "reason": reasons,
        "promisable": promisable,
        "distance_km": rounded(ways.distance_km, 1, rows),
        "shipment_cost": rounded(ways.shipment_cost, 4, rows),
        "cost_per_kg": rounded(ways.offers.per_g * 1000, 4, rows),
    }


def reason_out(site: Site, is_reached: bool | None, promisable: Mapping[str, int]) -> str | None:
    if not site.active:
        return "inactive"
    if not is_reached:
        return "no-coordinates" if is_reached is None else "no-lane"
    return None if any(promisable.values()) else "no-stock"


def status_of(places: Sequence[Site], reasons: Sequence[str | None], chosen: str) -> list[str]:
    return [
        "out" if out else "chosen" if site.code == chosen else "not_chosen"
        for site, out in zip(places, reasons, strict=True)
    ]


def rounded(figures: Amounts, digits: int, rows: Sequence[int | None]) -> list[float | None]:
    known = figures.round(digits).tolist()
    return [None if row is None else known[row] for row in rows]
