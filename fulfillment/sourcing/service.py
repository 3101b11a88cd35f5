"""Source an order: read the state, solve it exactly, and say why."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from fulfillment.catalog import items as catalog
from fulfillment.catalog.models import Item
from fulfillment.inventory.gate import InsufficientStock
from fulfillment.network import rates, sites
from fulfillment.network.destinations import Destination
from fulfillment.network.lanes import Lane, actual_price, lanes_to
from fulfillment.optimization import sourcing as kernel
from fulfillment.platform import clock
from fulfillment.platform.errors import Conflict, Invalid
from fulfillment.sourcing import binding, pricing, strategies
from fulfillment.sourcing.candidates import candidates
from fulfillment.sourcing.costs import costs_of, problem_of, settings, unfilled_cost
from fulfillment.sourcing.explanation import Answer, brief, compact, full
from fulfillment.sourcing.plans import Plan, PlannedShipment, money
from fulfillment.sourcing.question import Ask, Candidate, Question, snapshot

__all__ = [
    "NoPlan",
    "known_items",
    "plans_from",
    "settings",
    "source",
    "unfilled_cost",
]


class NoPlan(Conflict):
    """There is stock for every line, yet no plan within the limits of request and facilities."""

    def __init__(self, question: Question, found: Sequence[Candidate]) -> None:
        ask, most = question.ask, question.most_shipments
        limit = f" with at most {most} shipment{'s' * (most > 1)}" if most else ""
        limit += f" by {ask.deliver_by}" if ask.deliver_by else ""
        detail = f"No plan serves the whole order{limit}."
        late = [c.lane.deliver_by for c in found if c.lane and c.out == "late"]
        if late:
            detail += f" Facilities are out because they arrive later, the first on {min(late)}."
        super().__init__("no-plan", detail, candidates=out_of(found))


def source(ask: Ask, *, in_full: bool = True) -> list[Plan]:
    """Return the best plans as of now, best first; see `plans`.

    Raises:
        Invalid: a SKU is unknown.
    """
    return plans(question_of(ask), in_full=in_full)


def plans(question: Question, *, in_full: bool) -> list[Plan]:
    """Return the best plans, best first, explained in full or as far as it costs no time.

    Raises:
        InsufficientStock: ship-complete, and some SKU is short; names them all.
        NoPlan: ship-complete, and the limits of request and strategy leave no plan.
    """
    ask, found = question.ask, candidates(question)
    if in_full and len(found) * len(ask.lines) <= binding.LARGEST:
        # The last plan is explained by the one after it.
        question = replace(question, ask=replace(ask, options=ask.options + 1))
    answer = answered(question, found)
    explain = full if in_full else brief
    ranks = range(min(ask.options, len(answer.solution.options)))
    return [plan_of(answer, rank, explain(answer, rank)) for rank in ranks]


def best_plan(question: Question) -> Plan:
    """Return the best plan of a question, explained compactly; see `source`."""
    answer = answered(question, candidates(question))
    return plan_of(answer, 0, compact(answer, 0))


def question_of(ask: Ask) -> Question:
    """Return an ask with its items, the present state, the strategy to follow and its prices."""
    known = known_items(ask.lines)
    strategy = ask.strategy or strategies.active()
    state = snapshot(ask.lines, clock.now(), ask.own)
    question = Question(ask, known, state, strategy)
    return pricing.with_prices(question, pricing.read(ask.lines))


def answered(question: Question, found: Sequence[Candidate]) -> Answer:
    usable = [c for c in found if c.out is None]
    costs = costs_of(question, usable)
    problem = problem_of(question, usable, costs)
    solution = kernel.solve(problem)
    if not solution.options:
        raise refusal(question, found)
    return Answer(question, found, usable, costs, problem, solution)


def known_items(skus: Collection[str], path: str = "lines.{}.sku") -> dict[str, Item]:
    """Return the items by SKU, refusing what the catalogue does not have."""
    known = catalog.find(skus)
    errors = {path.format(i): ["Unknown SKU."] for i, sku in enumerate(skus) if sku not in known}
    if errors:
        raise Invalid(errors)
    return known


def plans_from(
    places: Sequence[Destination],
    wanted: Sequence[date | None],
    shares: Sequence[Mapping[str, Mapping[str, int]]],
) -> list[Plan | None]:
    """Return for each order, and the day that it is wanted by, the plan by which these facilities
    ship these units of it.

    None where one of the facilities cannot ship there any more.
    """
    codes = {code for order in shares for code in order}
    active = [site for site in sites.active() if site.code in codes]
    known = catalog.find({sku for o in shares for lines in o.values() for sku in lines})
    weights = {sku: item.weight_g for sku, item in known.items()}
    loaded, moment = rates.loaded(), clock.now()
    return [
        plan_from(lanes_to(place, active, moment, loaded, by=by), order, weights)
        for place, by, order in zip(places, wanted, shares, strict=True)
    ]


def plan_from(
    ways: Mapping[str, Lane], shares: Mapping[str, Mapping[str, int]], weights: Mapping[str, int]
) -> Plan | None:
    if not ways.keys() >= shares.keys():
        return None
    return Plan(
        [shipment_from(ways[code], shares[code], weights) for code in sorted(shares)],
        {},
        settings().currency,
    )


def refusal(question: Question, found: Sequence[Candidate]) -> Conflict:
    """Say what is short; stock that is there, but full, late or out of reach, is not short."""
    ask, active = question.ask, [c for c in found if c.out != "inactive"]
    totals = {sku: sum(c.promisable[sku] for c in active) for sku in ask.lines}
    short = [(sku, n, totals[sku]) for sku, n in ask.lines.items() if totals[sku] < n]
    if not short:
        return NoPlan(question, found)
    refused = InsufficientStock(short)
    refused.data["candidates"] = out_of(found)
    return refused


def out_of(found: Sequence[Candidate]) -> list[dict[str, str]]:
    return [{"facility": c.facility, "reason": c.out} for c in found if c.out]


def plan_of(answer: Answer, rank: int, explanation: Mapping[str, object]) -> Plan:
    """Return the plan at `rank` in real money, whatever it was weighed by."""
    ask, items = answer.question.ask, answer.question.items
    option, skus = answer.solution.options[rank], list(ask.lines)
    weights = {sku: items[sku].weight_g for sku in skus}
    shipments = []
    for index in option.facilities:
        row = option.shipped[index].tolist()
        lines = {sku: n for sku, n in zip(skus, row, strict=True) if n}
        chosen = answer.usable[index]
        if chosen.lane:
            shipments.append(shipment_from(chosen.lane, lines, weights))
    served = option.shipped.sum(axis=0).tolist()
    missing = {s: n - got for (s, n), got in zip(ask.lines.items(), served, strict=True) if n > got}
    return Plan(shipments, missing, settings().currency, explanation)


def shipment_from(
    lane: Lane, lines: Mapping[str, int], weights: Mapping[str, int]
) -> PlannedShipment:
    """Return a shipment of these units by the service that is best for their weight."""
    return planned_shipment(lane.for_weight(weight_of(lines, weights)), lines, weights)


def weight_of(lines: Mapping[str, int], weights: Mapping[str, int]) -> int:
    return sum(weights[sku] * units for sku, units in lines.items())


def planned_shipment(
    lane: Lane, lines: Mapping[str, int], weights: Mapping[str, int]
) -> PlannedShipment:
    """Return a shipment of these units by the service of a lane."""
    return PlannedShipment(
        facility=lane.facility,
        lines=lines,
        carrier=lane.carrier,
        service=lane.service,
        distance_km=lane.distance_km,
        shipping=money(actual_price(lane, weight_of(lines, weights))),
        handling=money(lane.handling_per_unit * sum(lines.values())),
        ship_by=lane.ship_by,
        deliver_by=lane.deliver_by,
        transit=lane.transit,
    )
