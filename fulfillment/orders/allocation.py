"""Allocating orders: from a plan to promises and shipments, again where a facility failed."""

from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from fulfillment.inventory import promises, risk
from fulfillment.inventory.gate import InsufficientStock, Key
from fulfillment.inventory.models import Owner
from fulfillment.network import destinations
from fulfillment.orders import queries
from fulfillment.orders.models import Order
from fulfillment.platform import clock
from fulfillment.platform.db import db
from fulfillment.shipping import service as shipping
from fulfillment.shipping.models import GONE
from fulfillment.shipping.queries import of_orders, standing_on
from fulfillment.shipping.service import PlannedLine, unplan
from fulfillment.sourcing import service as sourcing
from fulfillment.sourcing.plans import Plan, PlannedShipment
from fulfillment.sourcing.question import Ask


def allocate(order: Order, plan: Plan, needs: Mapping[str, int], by: str) -> None:
    """Promise the plan's units to the order through the gate, and plan its shipments.

    `needs` are the units by SKU that the order was waiting for.

    Raises:
        InsufficientStock: the stock moved since the plan was made; nothing was written.
    """
    parts = plan.parts()
    ids = promises.make(Owner.ORDER, order.id, order.order_ref, parts)
    keys = (part.key for part in parts)
    dispatch(order, plan, dict(zip(keys, ids, strict=True)), needs, by)


def dispatch(
    order: Order, plan: Plan, promised: Mapping[Key, UUID], needs: Mapping[str, int], by: str
) -> None:
    """Plan a shipment for each facility of the plan, and keep how it was decided."""
    for shipment in plan.shipments:
        plan_shipment(order, shipment, promised)
    order.decision = {"by": by, "at": clock.now().isoformat(), **plan.explanation}
    # A promise once given is kept as it was given.
    order.promised_by = order.promised_by or (plan.deliver_by if plan.complete else None)
    order.awaiting = bool(Counter(needs) - plan.units())
    db.session.flush()


def plan_shipment(order: Order, shipment: PlannedShipment, promised: Mapping[Key, UUID]) -> None:
    shipping.plan(
        order_id=order.id,
        order_ref=order.order_ref,
        destination=order.destination,
        priority=order.priority,
        facility=shipment.facility,
        lines=[
            PlannedLine(sku, units, promised[sku, shipment.facility])
            for sku, units in shipment.lines.items()
        ],
        carrier=shipment.carrier,
        service=shipment.service,
        distance_km=shipment.distance_km,
        cost=shipment.cost,
        ship_by=shipment.ship_by,
        deliver_by=shipment.deliver_by,
        transit=shipment.transit,
    )


def free_at_risk() -> int:
    """Take back allocations that a count left without stock, where nobody works on them yet.

    Their orders wait for the wave again; returns how many.
    """
    shipments = standing_on(risk.order_promises_at_risk())
    orders = queries.lock_many({shipment.order_id for shipment in shipments})
    unplan([shipment.id for shipment in shipments])
    needs = queries.needs(orders)
    for order in orders:
        order.awaiting = bool(needs[order.id])
    db.session.flush()
    return len(orders)


def try_plan(order: Order, plan: Plan, needs: Mapping[str, int], by: str) -> bool:
    """Allocate an order if it still needs all that is planned and the stock is still there."""
    if plan.units() - Counter(needs):
        return False
    try:
        with db.session.begin_nested():
            allocate(order, plan, needs, by)
    except InsufficientStock:
        db.session.refresh(order)
        return False
    return True


def solve_again(news: Mapping[str, Any]) -> Plan | None:
    """Source the units that a facility failed to supply, without that facility.

    Where that can be, the promise is kept; stock that is there is not held back for a day that is
    lost.
    """
    order = queries.get(UUID(news["order_id"]))
    needed = {s: n.backordered for s, n in queries.line_units(order).items() if n.backordered}
    wanted = {sku: min(n, news["lines"][sku]) for sku, n in needed.items() if sku in news["lines"]}
    most = shipments_left(order)
    if not wanted or most == 0:
        return None
    excluded = {
        line.sku: {*line.excluded, news["facility"]} for line in order.lines if line.sku in wanted
    }
    place = destinations.resolve(order.destination)
    ask = Ask(
        place,
        wanted,
        max_shipments=most,
        deliver_by=order.wanted_by,
        ship_complete=False,
        priority=order.priority,
        excluded=excluded,
        channel=order.channel,
    )
    in_time = sourcing.source(ask)[0]
    if in_time.complete or ask.deliver_by is None:
        return in_time
    return sourcing.source(replace(ask, deliver_by=None))[0]


def shipments_left(order: Order) -> int | None:
    """Return how many more shipments an order may have; None: any number."""
    if order.max_shipments is None:
        return None
    live = [one for one in of_orders([order.id]).get(order.id, ()) if one.status not in GONE]
    return max(0, order.max_shipments - len(live))


def record_again(news: Mapping[str, Any], plan: Plan | None) -> None:
    """Exclude the facility for these lines from now on, and allocate them elsewhere.

    What finds no stock waits for the next wave.
    """
    order = queries.get_locked(UUID(news["order_id"]))
    needs = queries.needs([order])[order.id]
    order.awaiting = bool(needs)
    if plan and plan.shipments:
        try_plan(order, plan, needs, "resourced")
    # Lines come after stock levels, as in a handover: no two can wait for each other in a ring.
    for line in order.lines:
        if line.sku in news["lines"]:
            line.excluded = sorted({*line.excluded, news["facility"]})
    db.session.flush()
