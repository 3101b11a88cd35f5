"""An order's decision, explained when somebody asks, from what its wave or its cart left behind.

A wave keeps the stock it chose from and its prices; lanes are worked out anew for that moment. So
deciding many orders stays quick, and their rows stay small. What a cart keeps, `retold` tells.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from fulfillment.catalog import items as catalog
from fulfillment.inventory import reservations
from fulfillment.network import sites
from fulfillment.network.lanes import Lane
from fulfillment.network.sites import Site
from fulfillment.optimization import allocation as wave
from fulfillment.orders import queries as orders
from fulfillment.orders.models import Order
from fulfillment.planning.models import Plan, PlanLine, PlanPrice, PlanStock
from fulfillment.planning.waves import allocation
from fulfillment.planning.waves.costs import Charges, Units, book_of
from fulfillment.planning.waves.explanations import CAPACITY, Case, Prices, explain
from fulfillment.planning.waves.reconsideration import is_barred
from fulfillment.planning.waves.wanted import Given, Wanted, by_strategy, zone_of
from fulfillment.platform.db import db
from fulfillment.sourcing import composite, retold, strategies
from fulfillment.sourcing.question import Snapshot
from fulfillment.sourcing.tables import expanded


def explained(order_id: UUID) -> dict[str, Any]:
    """Return how an order's facilities were chosen, with every reason."""
    order = orders.get(order_id)
    why = by_reservation(order) or by_wave(order)
    return {
        "id": order.id,
        "order_ref": order.order_ref,
        "decision": expanded(order.decision) | why,
    }


def by_reservation(order: Order) -> dict[str, Any]:
    """Explain what the reservation decided that an order was placed from."""
    if order.hold_id is None or order.decision.get("by") != "reservation":
        return {}
    hold = reservations.get(order.hold_id)
    return retold.in_full(hold.plan, hold.created_at)


def by_wave(order: Order) -> dict[str, Any]:
    """Explain what a wave decided, if one did."""
    plan_id = plan_of(order)
    plan = db.session.get(Plan, plan_id, populate_existing=True) if plan_id else None
    # Plans of former releases kept nothing to explain them by.
    return explanation(order, plan) if plan and "as_of" in plan.summary else {}


def plan_of(order: Order) -> UUID | None:
    """Return the wave that decided an order, or the last that found nothing for it."""
    if order.decision:
        decided = order.decision.get("plan_id")
        return UUID(decided) if decided else None
    missed = (PlanLine.order_id == order.id, PlanLine.outcome.in_(("unfilled", "lost")))
    latest = select(PlanLine.plan_id).where(*missed).order_by(PlanLine.plan_id.desc())
    return db.session.scalar(latest.limit(1))


def explanation(order: Order, plan: Plan) -> dict[str, Any]:
    """Explain what a wave decided for an order.

    `network_changed` says that facilities or rates were changed since: then the lanes told here
    are not quite those that the wave saw.
    """
    rows = select(PlanLine).where(PlanLine.plan_id == plan.id, PlanLine.order_id == order.id)
    lines = db.session.scalars(rows.order_by(PlanLine.number)).all()
    given = given_then(order, plan, {line.sku for line in lines})
    case = case_of(order, plan, lines, given)
    why = explain(case) | gives_up(case, lines)
    ways = given.zones[zone_of(order)]
    for candidate in why["candidates"]:
        candidate |= lane_facts(ways.get(candidate["facility"]))
    return {
        "by": "wave",
        "plan_id": str(plan.id),
        "strategy": plan.summary["strategy"],
        "outcome": outcome_of(lines),
        **why,
        "network_changed": allocation.network_stamp(given.state) != plan.summary["network"],
    }


def given_then(order: Order, plan: Plan, skus: Collection[str]) -> Given:
    """Return what the wave stated the order by: its strategy, and lanes for its moment."""
    moment = datetime.fromisoformat(plan.summary["as_of"])
    state = Snapshot(moment, sites.all_by_code(), {}, Counter())
    strategy = strategies.find(**plan.summary["strategy"])
    return allocation.given_at(strategy, catalog.find(skus), state, [order])


def gives_up(case: Case, lines: Sequence[PlanLine]) -> dict[str, float]:
    """Return what a move frees for others, above what it takes, by the wave's prices."""
    before: Units = Counter()
    for line in lines:
        if line.held_at:
            before[line.held_at, line.sku] += line.quantity
    return (
        {"frees": round(case.prices.of(before) - case.prices.of(case.chosen), 4)} if before else {}
    )


def lane_facts(lane: Lane | None) -> dict[str, Any]:
    if lane is None:
        return {}
    return {
        "distance_km": round(lane.distance_km, 1),
        "carrier": lane.carrier,
        "service": lane.service,
        "deliver_by": lane.deliver_by.isoformat(),
        "transit": lane.transit,
    }


def outcome_of(lines: Sequence[PlanLine]) -> str:
    """Return what became of the order: units left unfilled do not tell, if others were not."""
    told = {line.outcome for line in lines} - {"unfilled"}
    return min(told, default="unfilled")


def case_of(order: Order, plan: Plan, lines: Sequence[PlanLine], given: Given) -> Case:
    """State the order as it stood before the wave."""
    one = wanted_by(order, lines)
    asked = allocation.order_of(one, plan.summary["dearest_unit"], 0.0, given)
    stock, priced = stock_of(plan.id, one.units), prices_of(plan.id, one.units)
    left = {(row.kind, row.facility): row.quantity for row in priced if row.sku is None}
    problem = wave.Problem(
        facilities=tuple(allocation.facilities_of(given, Counter())),
        lanes=tuple(allocation.lanes_of(given)),
        stock=(),
        orders=(asked,),
        items=tuple(allocation.items_of(given.items)),
    )
    out = {
        facility.code: reason
        for facility in given.state.facilities
        if (reason := reason_out(facility, one, given, stock, left))
    }
    handling = composite.handling_per_unit(given.strategy)
    return Case(
        book=book_of(problem),
        charges=Charges(given.costs[zone_of(order)], handling),
        order=asked,
        stock=stock,
        left=left,
        prices=priced_of(priced),
        out=out,
        chosen=chosen_of(lines),
    )


def wanted_by(order: Order, lines: Sequence[PlanLine]) -> Wanted:
    """Return what the order asked for, and what it held already."""
    units: Counter[str] = Counter()
    held: Counter[tuple[str, str]] = Counter()
    for line in lines:
        units[line.sku] += line.quantity
        if line.held_at:
            held[line.sku, line.held_at] += line.quantity
    return Wanted(order, units, held, order.promised_by if held else None)


def chosen_of(lines: Sequence[PlanLine]) -> Units:
    chosen: Units = Counter()
    for line in lines:
        if line.facility:
            chosen[line.facility, line.sku] += line.quantity
    return chosen


def stock_of(plan_id: UUID, skus: Collection[str]) -> dict[tuple[str, str], int]:
    """Return the stock that the wave chose from, by facility and SKU."""
    rows = select(PlanStock).where(PlanStock.plan_id == plan_id, PlanStock.sku.in_(skus))
    found = db.session.scalars(rows)
    return {(code, row.sku): units for row in found for code, units in row.units.items()}


def prices_of(plan_id: UUID, skus: Collection[str]) -> Sequence[PlanPrice]:
    """Return the wave's prices of these SKUs, and of the facilities' limits."""
    theirs = or_(PlanPrice.sku.is_(None), PlanPrice.sku.in_(skus))
    rows = select(PlanPrice).where(PlanPrice.plan_id == plan_id, theirs)
    return db.session.scalars(rows.order_by(PlanPrice.number)).all()


def priced_of(rows: Sequence[PlanPrice]) -> Prices:
    def by_facility(kind: str) -> dict[str, float]:
        return {row.facility: row.price for row in rows if row.kind == kind}

    stock = {(row.facility, row.sku): row.price for row in rows if row.sku}
    return Prices(stock, by_facility("shipments"), by_facility("units"))


def reason_out(
    facility: Site,
    one: Wanted,
    given: Given,
    stock: Mapping[tuple[str, str], int],
    left: Mapping[tuple[str, str], int],
) -> str | None:
    """Return why a facility could not serve, or None; the first reason that holds is told."""
    code, way = facility.code, given.ways(one).get(facility.code)
    if not facility.active:
        return "inactive"
    if way is None:
        return "no-coordinates" if facility.lat is None else "no-lane"
    if any(code in line.excluded for line in one.order.lines if line.sku in one.units):
        return "rejected"
    if not is_eligible(facility, one, given):
        return "not-eligible"
    if (one.until and way.deliver_by > one.until) or is_barred(way, one, given):
        return "late"
    if not any(stock.get((code, sku), 0) for sku in one.units):
        return "no-stock"
    return CAPACITY if 0 in limits_of(code, left) else None


def is_eligible(facility: Site, one: Wanted, given: Given) -> bool:
    """Tell whether a facility may ship the order, and some item of it, by the strategy."""
    chosen = by_strategy(one, given)
    named = chosen is None or facility.code in chosen
    return named and any(given.may_stock(sku, facility) for sku in one.units)


def limits_of(facility: str, left: Mapping[tuple[str, str], int]) -> Iterator[int]:
    """Yield how many shipments and units a facility could still send, as far as it is limited."""
    yield from (left[kind, facility] for kind in ("shipments", "units") if (kind, facility) in left)
