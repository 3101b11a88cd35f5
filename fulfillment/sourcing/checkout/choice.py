"""The plain choice: one facility ships all, and no plan of several can be cheaper.

So it is for nearly every cart; what is left is for the exact search of `optimization/sourcing`.
"""

import math
from collections.abc import Collection
from typing import NamedTuple

import numpy as np

from fulfillment.sourcing import service
from fulfillment.sourcing.checkout import texts
from fulfillment.sourcing.costs import prices_at
from fulfillment.sourcing.plans import Plan
from fulfillment.sourcing.question import Question, is_free
from fulfillment.sourcing.ways import Amounts, Flags, Turn, Ways, network_of, turn_of

# Costs closer than a tie are equal, and distance and names decide; those that are merely near are
# left to the search, which knows how sums round.
TIE, NEAR = 1e-9, 1e-6


class Chosen(NamedTuple):
    """The best plan, and its candidates as text where its explanation lacks them."""

    plan: Plan
    candidates: str = ""


def choose(question: Question) -> Chosen:
    """Return the best plan, by a search if it takes one; see `service.best_plan`."""
    return plain_choice(question) or Chosen(service.best_plan(question))


def plain_choice(question: Question) -> Chosen | None:
    """Return the best plan, or None where it takes a search."""
    if not is_plain(question):
        return None
    ask, network = question.ask, network_of(question)
    ways, full = network.ways_to(question), network.full(question)
    terms = terms_of(question, ways, full)
    best = cheapest(question, terms)
    if best is None or not beats_several(question, terms, best[1]):
        return None
    at, cost = best
    lane = ways.lane(at, network.when(question))
    weights = {sku: question.items[sku].weight_g for sku in ask.lines}
    shipment = service.planned_shipment(lane, ask.lines, weights)
    plan = Plan([shipment], {}, network.settings.currency, explained(question, cost))
    return Chosen(plan, texts.candidates(question, network, ways, full, lane.facility))


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


class Terms(NamedTuple):
    """What an order costs from each of N facilities, as far as they differ; infinite where it
    cannot come from.
    """

    ways: Ways
    turn: Turn
    shipment: Amounts  # [N]
    price: Amounts | None  # [N, L] of a unit, beside its shipping
    base: float  # what it costs from anywhere


def terms_of(question: Question, ways: Ways, full: Collection[str]) -> Terms:
    base = ways.per_unit * sum(question.ask.lines.values())
    if not full and not question.prices:
        return Terms(ways, ways.turn, ways.shipment, None, base)
    closed = np.isin(ways.place.codes, list(full))
    shipment, whole = (np.where(closed, math.inf, of) for of in (ways.shipment, ways.whole))
    if not question.prices:
        return Terms(ways, turn_of(whole), shipment, None, base)
    place, price = prices_at(question, ways.place.codes)
    of_units = price @ np.array(list(question.ask.lines.values()), dtype=float)
    return Terms(ways, turn_of(whole + place + of_units), shipment + place, price, base)


def cheapest(question: Question, terms: Terms) -> tuple[int, float] | None:
    """Return the cheapest facility that has everything, and what the order costs from there; of
    equal ones the nearest, then the first by code.

    None where there is none, or where it is not clear which are equal.
    """
    place, base = terms.ways.place, terms.base
    best: list[tuple[float, int, float]] = []
    least = math.inf
    for i, way in zip(*terms.turn, strict=True):
        cost = way + base
        if cost > least + NEAR * max(1.0, least):
            break
        if has_all(question, place.codes[i]):
            least = min(least, cost)
            best.append((place.reach.distance_km[i], i, cost))
    if not best or best[-1][2] > least + TIE * max(1.0, least):
        return None
    return min(best)[1:]


def has_all(question: Question, facility: str) -> bool:
    stock = question.state.promisable
    lines = question.ask.lines.items()
    return all(stock[sku].get(facility, 0) >= n if sku in stock else False for sku, n in lines)


def beats_several(question: Question, terms: Terms, least: float) -> bool:
    """Tell whether no plan of several shipments comes near this cost.

    Several shipments cost at least the two cheapest of them, and each line at least what it costs
    where it is cheapest.
    """
    lines, ways = question.ask.lines, terms.ways
    if list(lines.values()) == [1]:
        return True
    some = [has_some(question, ways, sku) & np.isfinite(terms.shipment) for sku in lines]
    boxes = np.sort(terms.shipment[np.any(some, axis=0)])[:2]
    if boxes.size < 2:
        return True
    total = boxes.sum() + terms.base
    for line, (there, (sku, n)) in enumerate(zip(some, lines.items(), strict=True)):
        unit = ways.per_g * question.items[sku].weight_g
        unit = unit if terms.price is None else unit + terms.price[:, line]
        total += n * unit[there].min(initial=math.inf)
    return bool(least < total - NEAR * max(1.0, least))


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
