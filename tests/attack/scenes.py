"""A scene: one SKU of which little is left, and what its units are promised to."""

from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import update

from fulfillment.catalog.models import Item
from fulfillment.inventory import ledger
from fulfillment.inventory.counting import service as counting
from fulfillment.inventory.entries import Entry
from fulfillment.inventory.models import Hold, Kind, Promise
from fulfillment.network import destinations
from fulfillment.orders import service as orders
from fulfillment.orders.models import Order
from fulfillment.planning.models import Plan, PlanLine
from fulfillment.platform import clock
from fulfillment.platform.db import db, transaction
from fulfillment.platform.ids import new_id
from fulfillment.shipping import floor, picking
from fulfillment.shipping import queries as shipping
from fulfillment.sourcing import service as sourcing
from fulfillment.supply.purchasing import sending
from fulfillment.supply.purchasing import service as purchasing
from fulfillment.supply.suppliers.models import Supplier
from fulfillment.supply.transfers import service as transfers
from tests.world import CUSTOMER, World

HERE, THERE = "W1", "W2"
SELLER = "ACME"
PAST = timedelta(hours=1)


@dataclass(frozen=True)
class Scene:
    """What the use cases act on; two of them act on the same things, so that they collide.

    Here 8 units are on hand: one held, one held by a cart whose time is over, one packed, two
    planned, one to leave by transfer, one unavailable, one free. There one of one is free. A
    supplier was sent an order for two, another is to be sent, and one to be approved.
    """

    world: World
    sku: str
    held: UUID
    packed: UUID
    packed_order: UUID
    planned: UUID
    planned_order: UUID
    leaving: UUID
    coming: UUID
    proposed: UUID
    wanted: UUID
    ordered: UUID
    bought: UUID
    plan: UUID
    found: UUID
    counting: UUID


def parts_of(scene: Scene) -> dict[str, Any]:
    """Return the names of what is in a scene."""
    return {name: part for name, part in vars(scene).items() if name != "world"}


def set_scene(world: World, sku: str) -> Scene:
    """Write a scene of a SKU of its own, so that it shares no stock with any other."""
    with transaction() as session:
        session.add(Item(sku=sku, name=sku, weight_g=1000))
        session.flush()
        found = receive(sku)
    held = UUID(world.reserve(f"{sku} held", {sku: 1}).get_json()["id"])
    let_expire(UUID(world.reserve(f"{sku} dead", {sku: 1}).get_json()["id"]))
    with transaction():
        packed_order = order(f"{sku} packed", {sku: 1}, HERE)
        packed = shipment_of(packed_order)
        picking.pick(packed, [])
        floor.pack(packed, 1, None)
        planned_order = order(f"{sku} planned", {sku: 2}, HERE)
        lines = [{"sku": sku, "quantity": 1}]
        coming = transfers.create(THERE, HERE, lines).id
        transfers.ship(coming)
        return Scene(
            world=world,
            sku=sku,
            held=held,
            packed=packed,
            packed_order=packed_order.id,
            planned=shipment_of(planned_order),
            planned_order=planned_order.id,
            leaving=transfers.create(HERE, THERE, lines).id,
            coming=coming,
            proposed=transfers.create(HERE, THERE, lines, propose=True).id,
            wanted=purchasing.propose(SELLER, HERE, bought_lines(sku)).id,
            ordered=purchasing.create(SELLER, HERE, bought_lines(sku)).id,
            bought=sending.send(purchasing.create(SELLER, HERE, bought_lines(sku)).id).id,
            plan=ready_plan(order(f"{sku} waiting", {sku: 1}, None), planned_order, sku),
            found=found,
            counting=counting.request(sku, HERE, "looks odd")[0].id,
        )


def bought_lines(sku: str) -> list[dict[str, Any]]:
    return [{"sku": sku, "quantity": 2, "unit_cost": Decimal(3)}]


def add_supplier() -> None:
    """Write the supplier that all scenes buy from."""
    with transaction() as session:
        hours = {"timezone": "UTC", "cutoff": time(17)}
        session.add(Supplier(code=SELLER, name=SELLER, lead_time_days=3.0, **hours))


def receive(sku: str) -> UUID:
    """Receive the stock; return the movement of the unit that was found."""
    posted = ledger.post_all(
        [
            Entry(Kind.RECEIPT, sku, HERE, 7),
            Entry(Kind.ADJUSTMENT, sku, HERE, 1, reason="found"),
            Entry(Kind.HOLD, sku, HERE, 1, reason="damaged"),
            Entry(Kind.RECEIPT, sku, THERE, 2),
        ]
    )
    return posted[1].movement["id"]


def let_expire(hold_id: UUID) -> None:
    with transaction() as session:
        past = {"expires_at": clock.now() - PAST}
        session.execute(update(Hold).where(Hold.id == hold_id).values(past))
        session.execute(update(Promise).where(Promise.owner_id == hold_id).values(past))


def order(ref: str, lines: dict[str, int], facility: str | None) -> Order:
    """Place an order that ships from this facility; None: it waits for the wave."""
    asked = [{"sku": sku, "quantity": units} for sku, units in lines.items()]
    place = destinations.resolve(CUSTOMER)
    plan = sourcing.plans_from([place], [None], [{facility: lines}])[0] if facility else None
    return orders.place({"order_ref": ref, "destination": CUSTOMER, "lines": asked}, plan)


def shipment_of(placed: Order) -> UUID:
    return shipping.of_orders([placed.id])[placed.id][0].id


def ready_plan(waiting: Order, standing: Order, sku: str) -> UUID:
    """Write a plan that serves the order that waits, and moves a unit of the other one."""
    plan = Plan(
        id=new_id(),
        kind="allocation",
        status="ready",
        summary={"seconds": {}},
        actor="test",
        created_at=clock.now(),
    )
    db.session.add(plan)
    db.session.flush()
    shares = [(waiting, HERE, None), (standing, HERE, HERE), (standing, THERE, HERE)]
    db.session.add_all(
        PlanLine(
            plan_id=plan.id,
            number=number,
            order_id=placed.id,
            facility=facility,
            held_at=held_at,
            sku=sku,
            quantity=1,
            outcome="proposed",
        )
        for number, (placed, facility, held_at) in enumerate(shares)
    )
    return plan.id
