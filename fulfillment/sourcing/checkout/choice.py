"""The plain choice: one facility ships all, and no plan of several can be cheaper.

So it is for nearly every cart; what is left is for the exact search of `optimization/sourcing`.
"""

import math
from collections.abc import Collection
from typing import NamedTuple

import numpy as np

from fulfillment.sourcing.costs import prices_at, settings
from fulfillment.sourcing.plans import Plan
from fulfillment.sourcing.question import Question, is_free
from fulfillment.sourcing.service import planned_shipment
from fulfillment.sourcing.ways import Amounts, Flags, Ways, network_of

# Costs closer than a tie are equal, and distance and names decide; those that are merely near are
# left to the search, which knows how sums round.
TIE, NEAR = 1e-9, 1e-6


def plain_choice(question: Question) -> Plan | None:
    """Return the best plan, or None where it takes a search.

    Its explanation lacks the candidates: see `texts.candidates`.
    """
    network = network_of(question)
    if not is_plain(question):
        return None
    ask = question.ask
    ways = network.ways_to(question)
    usable = usable_of(ways, network.full(question))
    terms = terms_of(question, ways, usable)
    costs = terms.alone
    best = cheapest(question, ways, costs)
    if best is None or not beats_several(question, ways, terms, usable, float(costs[best])):
        return None
    days = network.days_to(ask.destination.country)
    lane = ways.reach.lane(best, days, question.state.moment, None, question.grams)
    weights = {sku: question.items[sku].weight_g for sku in ask.lines}
    shipment = planned_shipment(lane, ask.lines, weights)
    return Plan([shipment], {}, settings().currency, explained(question, float(costs[best])))


def is_plain(question: Question) -> bool:
    """Tell whether only costs and stock decide."""
    strategy, ask = question.strategy, question.ask
    return not (
        strategy.stages
        or strategy.groups
        or question.rules
        or ask.deliver_by
        or not all(is_free(question, sku) for sku in ask.lines)
    )


def usable_of(ways: Ways, full: Collection[str]) -> Flags:
    """Tell which facilities reach the place and are not full for the day. [N]"""
    place = ways.place
    return place.reached & ~np.isin(place.codes, list(full)) if full else place.reached


class Terms(NamedTuple):
    """What a shipment from each facility costs, and all units of each line in it. [N] each"""

    shipment: Amounts
    lines: list[Amounts]

    @property
    def alone(self) -> Amounts:
        """What the whole order costs from each facility, if it has all of it. [N]"""
        return sum(self.lines, self.shipment)


def terms_of(question: Question, ways: Ways, usable: Flags) -> Terms:
    """Return the terms, infinite where a shipment cannot come from."""
    every = usable is ways.place.reached
    box = ways.shipment if every else np.where(usable, ways.shipment, math.inf)
    asked = question.ask.lines.items()
    each = [ways.per_g * question.items[sku].weight_g + ways.per_unit for sku, _ in asked]
    if question.prices:
        place, unit = prices_at(question, ways.place.codes)
        box = box + place
        each = [shipping + price for shipping, price in zip(each, unit.T, strict=True)]
    return Terms(box, [one * n for one, (_, n) in zip(each, asked, strict=True)])


def cheapest(question: Question, ways: Ways, costs: Amounts) -> int | None:
    """Return the cheapest facility that has everything, of equal ones the nearest, then the first
    by code.

    None where there is none, or where it is not clear which are equal.
    """
    best: list[tuple[float, int, float]] = []
    least = math.inf
    order = costs.argsort(kind="stable").tolist()
    for i, cost in zip(order, costs[order].tolist(), strict=True):
        if cost == math.inf or cost > least + NEAR * max(1.0, least):
            break
        if has_all(question, ways.place.codes[i]):
            least = min(least, cost)
            best.append((ways.reach.distance_km[i], i, cost))
    if not best or best[-1][2] > least + TIE * max(1.0, least):
        return None
    return min(best)[1]


def has_all(question: Question, facility: str) -> bool:
    stock = question.state.promisable
    lines = question.ask.lines.items()
    return all(stock[sku].get(facility, 0) >= n if sku in stock else False for sku, n in lines)


def beats_several(
    question: Question, ways: Ways, terms: Terms, usable: Flags, least: float
) -> bool:
    """Tell whether no plan of several shipments comes near this cost.

    Several shipments cost at least the two cheapest of them, and each line at least what it costs
    where it is cheapest.
    """
    lines = question.ask.lines
    if list(lines.values()) == [1]:
        return True
    some = [has_some(question, ways, sku) & usable for sku in lines]
    boxes = np.sort(terms.shipment[np.any(some, axis=0)])[:2]
    if boxes.size < 2:
        return True
    each = [
        line[there].min(initial=math.inf) for line, there in zip(terms.lines, some, strict=True)
    ]
    return bool(least < boxes.sum() + sum(each) - NEAR * max(1.0, least))


def has_some(question: Question, ways: Ways, sku: str) -> Flags:
    """Tell which facilities have units of a SKU. [N]"""
    there = question.state.promisable.get(sku, {})
    return np.array([there.get(code, 0) > 0 for code in ways.place.codes])


def explained(question: Question, cost: float) -> dict[str, object]:
    told = round(cost, 4)
    return {
        "strategy": question.strategy.label,
        "objective": told,
        "lower_bound": told,
        "exact": True,
        "runner_up_costs": None,
    }
