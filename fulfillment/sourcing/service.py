"""Source an order: read the state, solve it exactly, and say why."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from flask import current_app

from fulfillment.catalog import items as catalog
from fulfillment.catalog.models import Item
from fulfillment.inventory.gate import InsufficientStock
from fulfillment.network import facilities, rates
from fulfillment.network.destinations import Destination
from fulfillment.network.lanes import Lane, actual_price, lanes_to
from fulfillment.optimization import sourcing as kernel
from fulfillment.platform import clock
from fulfillment.platform.config import Settings
from fulfillment.platform.errors import Conflict, Invalid
from fulfillment.sourcing.candidates import Ask, Candidate, candidates, snapshot
from fulfillment.sourcing.explanation import explain
from fulfillment.sourcing.plans import Plan, PlannedShipment, money


class NoPlan(Conflict):
    """There is stock for every line, yet no plan within the limits of request and facilities."""

    def __init__(self, ask: Ask, found: Sequence[Candidate]) -> None:
        limit = f" with at most {ask.max_shipments} shipments" if ask.max_shipments else ""
        limit += f" by {ask.deliver_by}" if ask.deliver_by else ""
        detail = f"No plan serves the whole order{limit}."
        late = [c.lane.deliver_by for c in found if c.lane and c.out == "late"]
        if late:
            detail += f" Facilities are out because they arrive later, the first on {min(late)}."
        super().__init__("no-plan", detail, candidates=out_of(found))


def source(ask: Ask) -> list[Plan]:
    """Return the best plans, best first.

    Raises:
        Invalid: a SKU is unknown.
        InsufficientStock: ship-complete, and some SKU is short; names them all.
        NoPlan: ship-complete, and the limits of the request leave no plan.
    """
    known = known_items(ask.lines)
    state = snapshot(ask.lines, clock.now(), ask.own)
    found = candidates(ask, known, state)
    usable = [c for c in found if c.out is None]
    solution = kernel.solve(problem_of(ask, usable, known))
    if not solution.options:
        raise refusal(ask, found)
    weights = {sku: known[sku].weight_g for sku in ask.lines}
    return [
        plan_of_option(ask, usable, option, weights, explain(found, usable, solution, rank))
        for rank, option in enumerate(solution.options)
    ]


def known_items(skus: Collection[str], path: str = "lines.{}.sku") -> dict[str, Item]:
    """Return the items by SKU, refusing what the catalogue does not have."""
    known = catalog.find(skus)
    errors = {path.format(i): ["Unknown SKU."] for i, sku in enumerate(skus) if sku not in known}
    if errors:
        raise Invalid(errors)
    return known


def plans_from(
    places: Sequence[Destination], shares: Sequence[Mapping[str, Mapping[str, int]]]
) -> list[Plan | None]:
    """Return for each order the plan by which these facilities ship these units of it.

    None where one of the facilities cannot ship there any more.
    """
    codes = {code for order in shares for code in order}
    active = [facility for facility in facilities.find(codes).values() if facility.active]
    known = catalog.find({sku for o in shares for lines in o.values() for sku in lines})
    weights = {sku: item.weight_g for sku, item in known.items()}
    loaded, moment = rates.loaded(), clock.now()
    return [
        plan_from(lanes_to(place, active, moment, loaded), order, weights)
        for place, order in zip(places, shares, strict=True)
    ]


def plan_from(
    ways: Mapping[str, Lane], shares: Mapping[str, Mapping[str, int]], weights: Mapping[str, int]
) -> Plan | None:
    if not ways.keys() >= shares.keys():
        return None
    return Plan(
        [planned_shipment(code, ways[code], shares[code], weights) for code in sorted(shares)],
        {},
        settings().currency,
    )


def settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found


def unfilled_cost(priority: int, dearest_unit: float) -> float:
    """Return what not serving one unit costs; higher priorities weigh more.

    Always more than `dearest_unit`, what sending it by itself would cost at most: stock that is
    there is never held back because a unit is heavy, far or late.
    """
    return settings().unfilled_cost * (1 + priority) + dearest_unit


def problem_of(ask: Ask, usable: Sequence[Candidate], known: Mapping[str, Item]) -> kernel.Problem:
    """State the order as the kernel's problem: facilities by code, lines in their order."""
    shape = (len(usable), len(ask.lines))
    weights = np.array([known[sku].weight_g for sku in ask.lines], dtype=float)
    lanes = [c.lane for c in usable if c.lane]
    per_gram = np.array([lane.cost_per_g for lane in lanes], dtype=float)
    handling = np.array([lane.handling_per_unit for lane in lanes], dtype=float)
    stock = [[c.promisable[sku] for sku in ask.lines] for c in usable]
    shipment_cost = np.array([lane.shipment_cost for lane in lanes], dtype=float)
    unit_cost = (per_gram[:, None] * weights + handling[:, None]).reshape(shape)
    dearest = (shipment_cost[:, None] + unit_cost).max(axis=0, initial=0.0)
    return kernel.Problem(
        quantity=np.array(list(ask.lines.values()), dtype=np.int64),
        stock=np.array(stock, dtype=np.int64).reshape(shape),
        shipment_cost=shipment_cost,
        unit_cost=unit_cost,
        unfilled_cost=np.array([unfilled_cost(ask.priority, cost) for cost in dearest]),
        distance_km=np.array([lane.distance_km for lane in lanes], dtype=float),
        max_shipments=ask.max_shipments,
        ship_complete=ask.ship_complete,
        options=ask.options,
    )


def refusal(ask: Ask, found: Sequence[Candidate]) -> Conflict:
    """Say what is short; stock that is there, but full, late or out of reach, is not short."""
    active = [c for c in found if c.out != "inactive"]
    totals = {sku: sum(c.promisable[sku] for c in active) for sku in ask.lines}
    short = [(sku, n, totals[sku]) for sku, n in ask.lines.items() if totals[sku] < n]
    if not short:
        return NoPlan(ask, found)
    refused = InsufficientStock(short)
    refused.data["candidates"] = out_of(found)
    return refused


def out_of(found: Sequence[Candidate]) -> list[dict[str, str]]:
    return [{"facility": c.facility, "reason": c.out} for c in found if c.out]


def plan_of_option(
    ask: Ask,
    usable: Sequence[Candidate],
    option: kernel.Option,
    weights: Mapping[str, int],
    explanation: Mapping[str, object],
) -> Plan:
    skus = list(ask.lines)
    shipments = []
    for index in np.flatnonzero(option.shipped.sum(axis=1)).tolist():
        row = option.shipped[index]
        lines = {sku: int(n) for sku, n in zip(skus, row, strict=True) if n}
        chosen = usable[index]
        if chosen.lane:
            shipments.append(planned_shipment(chosen.facility, chosen.lane, lines, weights))
    served = option.shipped.sum(axis=0)
    unfilled = {s: n - int(served[i]) for i, (s, n) in enumerate(ask.lines.items())}
    missing = {sku: n for sku, n in unfilled.items() if n}
    return Plan(shipments, missing, settings().currency, explanation)


def planned_shipment(
    facility: str, lane: Lane, lines: Mapping[str, int], weights: Mapping[str, int]
) -> PlannedShipment:
    grams = sum(weights[sku] * units for sku, units in lines.items())
    return PlannedShipment(
        facility=facility,
        lines=lines,
        carrier=lane.carrier,
        service=lane.service,
        distance_km=lane.distance_km,
        shipping=money(actual_price(lane, grams)),
        handling=money(lane.handling_per_unit * sum(lines.values())),
        ship_by=lane.ship_by,
        deliver_by=lane.deliver_by,
    )
