"""Orders: placed from a hold or directly, and cancelled whole or by line."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from fulfillment.inventory import reservations
from fulfillment.inventory.models import Hold
from fulfillment.network import destinations
from fulfillment.orders import allocation, queries
from fulfillment.orders.models import Order, OrderLine
from fulfillment.platform import clock, context, outbox
from fulfillment.platform.db import db
from fulfillment.platform.errors import Conflict, Invalid, NotFound
from fulfillment.platform.ids import new_id
from fulfillment.shipping import service as shipping
from fulfillment.shipping.models import ON_THE_FLOOR
from fulfillment.shipping.queries import lock_of_order
from fulfillment.sourcing import carts
from fulfillment.sourcing import service as sourcing
from fulfillment.sourcing.plans import Plan, plan_of


class DuplicateReference(Conflict):
    """The caller's reference is that of another order, or of this one, placed before."""

    def __init__(self, order_ref: str, order_id: UUID | None = None) -> None:
        detail = f"There is an order with the order_ref {order_ref!r} already."
        known = str(order_id) if order_id else None
        super().__init__("duplicate-reference", detail, order_id=known)


def source_order(body: Mapping[str, Any]) -> Plan | None:
    """Return the plan of an order that is to be allocated now and holds nothing yet.

    Raises:
        DuplicateReference: before any stock is looked at, since the first order may have taken it.
    """
    refuse_duplicate(body["order_ref"])
    if body.get("reservation_id"):
        return None
    ask = carts.ask_of(body, deliver_by=body.get("requested_by"))
    if body["allocate"] == "now":
        return sourcing.source(ask)[0]
    sourcing.known_items(ask.lines)
    return None


def place(body: Mapping[str, Any], plan: Plan | None) -> Order:
    """Place an order: from its reservation, by the plan just made, or to wait for the wave.

    Raises:
        Conflict: the order_ref is in use, the reservation has ended, or its stock is gone.
    """
    if reservation_id := body.get("reservation_id"):
        return place_from_hold(body, live_hold(reservation_id))
    demand = carts.demand_of(body["lines"])
    order = new_order(body, demand, body["destination"])
    if plan:
        allocation.allocate(order, plan, demand, "online")
    return order


def refuse_duplicate(order_ref: str) -> None:
    known = queries.find_by_ref(order_ref)
    if known:
        raise DuplicateReference(order_ref, known.id)


def live_hold(reservation_id: UUID) -> Hold:
    try:
        return reservations.get_live(reservation_id)
    except NotFound as missing:
        raise Invalid({"reservation_id": [missing.detail]}) from missing


def place_from_hold(body: Mapping[str, Any], hold: Hold) -> Order:
    plan = plan_of(hold.plan)
    demand = plan.units()
    destination = body.get("destination") or hold.plan["destination"]
    # The hold was sourced for its channel.
    channel = body.get("channel") or hold.plan.get("channel")
    order = new_order({**body, "channel": channel}, demand, destination, hold.id)
    held = reservations.place(hold, order.id, order.order_ref)
    allocation.dispatch(order, plan, held, demand, "reservation")
    return order


def new_order(
    body: Mapping[str, Any],
    demand: Mapping[str, int],
    destination: Mapping[str, Any],
    hold_id: UUID | None = None,
) -> Order:
    """Write an order of which nothing is allocated yet."""
    order = Order(
        id=new_id(),
        order_ref=body["order_ref"],
        channel=body.get("channel"),
        customer_ref=body.get("customer_ref"),
        priority=body.get("priority", 0),
        destination=located(destination),
        requested_by=body.get("requested_by"),
        max_shipments=body.get("max_shipments"),
        hold_id=hold_id,
        awaiting=True,
        actor=context.actor.get().name,
        placed_at=clock.now(),
        decision={},
    )
    order.lines = [
        OrderLine(sku=sku, position=position, quantity=units, cancelled=0, excluded=[])
        for position, (sku, units) in enumerate(demand.items())
    ]
    db.session.add(order)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise DuplicateReference(body["order_ref"]) from error
    outbox.publish("order.placed", order.id, order_id=str(order.id), order_ref=order.order_ref)
    return order


def located(destination: Mapping[str, Any]) -> dict[str, Any]:
    """Return the address with the coordinates that it was found to have."""
    place = destinations.resolve(destination)
    given = {name: value for name, value in destination.items() if value is not None}
    return given | {"lat": place.lat, "lng": place.lng, "kind": place.kind}


def cancel(order_id: UUID, lines: Sequence[Mapping[str, Any]] | None) -> Order:
    """Cancel what has not left yet: the whole order, or units of some lines.

    Raises:
        Conflict: nothing of the order can be cancelled any more.
        Invalid: a line asks for more than can be cancelled.
    """
    order = queries.get_locked(order_id)
    # A handover at this moment goes first or waits: what can be cancelled stands still from here.
    lock_of_order(order_id, ON_THE_FLOOR)
    left = {name: line.cancellable for name, line in queries.line_units(order).items()}
    if not any(left.values()):
        raise Conflict("wrong-status", "Everything of this order has left or is cancelled.")
    if lines is None:
        cancel_whole(order, left)
    else:
        cancel_lines(order, left, lines)
    order.awaiting = bool(queries.needs([order])[order.id])
    db.session.flush()
    told = {"order_id": str(order.id), "order_ref": order.order_ref, "whole": lines is None}
    outbox.publish("order.cancelled", order.id, **told)
    return order


def cancel_whole(order: Order, left: Mapping[str, int]) -> None:
    shipping.cancel_all(order.id)
    for line in order.lines:
        line.cancelled += left[line.sku]
    order.cancelled_at = clock.now()


def cancel_lines(order: Order, left: Mapping[str, int], lines: Sequence[Mapping[str, Any]]) -> None:
    asked = checked_lines(left, lines)
    units = queries.line_units(order)
    # What waits for stock goes first: it costs nobody anything.
    allocated = {s: n - units[s].backordered for s, n in asked.items() if n > units[s].backordered}
    if allocated:
        shipping.withdraw(order.id, allocated)
    for line in order.lines:
        line.cancelled += asked.get(line.sku, 0)


def checked_lines(left: Mapping[str, int], lines: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    asked: Counter[str] = Counter()
    errors: dict[str, list[str]] = {}
    for index, line in enumerate(lines):
        sku = line["sku"]
        asked[sku] += line.get("quantity") or left.get(sku, 0)
        if sku not in left:
            errors[f"lines.{index}.sku"] = ["The order has no such line."]
        elif not 0 < asked[sku] <= left[sku]:
            errors[f"lines.{index}.quantity"] = [f"{left[sku]} units can be cancelled."]
    if errors:
        raise Invalid(errors)
    return dict(asked)
