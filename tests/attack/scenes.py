"""A scene: one SKU of which little is left, and one of everything that may be done to it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update

from fulfillment.catalog.models import Item
from fulfillment.inventory import ledger, reservations
from fulfillment.inventory.entries import Entry
from fulfillment.inventory.models import Hold, Kind, Promise
from fulfillment.network import destinations
from fulfillment.orders import allocation
from fulfillment.orders import service as orders
from fulfillment.orders.models import Order
from fulfillment.planning.models import Plan, PlanLine
from fulfillment.platform import clock
from fulfillment.platform.db import db, transaction
from fulfillment.platform.ids import new_id
from fulfillment.shipping import floor, picking
from fulfillment.shipping import queries as shipping
from fulfillment.sourcing import service as sourcing
from fulfillment.supply import service as supply
from tests.world import CUSTOMER, World

HERE, THERE = "W1", "W2"
PAST = timedelta(hours=1)


@dataclass(frozen=True)
class Scene:
    """What the use cases act on; two of them act on the same things, so that they collide.

    Here 8 units are on hand: one held, one held by a cart whose time is over, one packed, two
    planned, one to leave by transfer, one unavailable, one free. There one of one is free.
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
    plan: UUID
    found: UUID


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
        coming = supply.create(THERE, HERE, lines).id
        supply.ship(coming)
        return Scene(
            world=world,
            sku=sku,
            held=held,
            packed=packed,
            packed_order=packed_order.id,
            planned=shipment_of(planned_order),
            planned_order=planned_order.id,
            leaving=supply.create(HERE, THERE, lines).id,
            coming=coming,
            proposed=supply.create(HERE, THERE, lines, propose=True).id,
            plan=ready_plan(order(f"{sku} waiting", {sku: 1}, None), planned_order, sku),
            found=found,
        )


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
    plan = sourcing.plans_from([place], [{facility: lines}])[0] if facility else None
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


UseCase = Callable[[Scene], int]
"""Does one thing on a scene and returns the status of its answer."""


def posts(path: str, body: Any = None) -> UseCase:
    """Return a use case: a POST, whose path and body may name parts of the scene."""

    def run(scene: Scene) -> int:
        return int(scene.world.post(path.format(**vars(scene)), body and body(scene)).status_code)

    return run


def moves(kind: str, quantity: int, **more: Any) -> UseCase:
    """Return a use case: one movement of the ledger here."""
    row = {"kind": kind, "facility": HERE, "quantity": quantity, **more}
    return posts("stock/movements", lambda scene: {"movements": [{"sku": scene.sku, **row}]})


def takes(path: str, ref: str, name: str, units: int) -> UseCase:
    """Return a use case: somebody asks for so many units, from wherever they are."""
    return posts(
        path,
        lambda scene: {
            ref: f"{scene.sku} {name}",
            "destination": CUSTOMER,
            "lines": [{"sku": scene.sku, "quantity": units}],
        },
    )


def reverse(scene: Scene) -> int:
    row = {"kind": "adjustment", "sku": scene.sku, "facility": HERE, "quantity": -1}
    more = {"reason": "not there", "reverses": str(scene.found)}
    return int(scene.world.move({**row, **more}).status_code)


def give_back(scene: Scene) -> int:
    return int(scene.world.delete(f"reservations/{scene.held}").status_code)


def keep_back(scene: Scene) -> int:
    answer = scene.world.client.put(
        f"/v1/stock/{HERE}/{scene.sku}", json={"safety_stock": 1}, headers=scene.world.headers
    )
    return int(answer.status_code)


def sweep(scene: Scene) -> int:
    with scene.world.client.application.app_context():
        reservations.sweep_expired()
    return 200


def free_at_risk(scene: Scene) -> int:
    with scene.world.client.application.app_context(), transaction():
        allocation.free_at_risk()
    return 200


WHO_DOES: dict[str, dict[str, UseCase]] = {
    "storefronts": {
        "reserve all": takes("reservations", "cart_ref", "new", 3),
        "reserve one": takes("reservations", "cart_ref", "one", 1),
        "change the cart": takes("reservations", "cart_ref", "held", 3),
        "extend": posts("reservations/{held}/extend", lambda scene: {"ttl_seconds": 60}),
        "give back": give_back,
        "order what is held": posts(
            "orders",
            lambda scene: {"order_ref": f"{scene.sku} of cart", "reservation_id": str(scene.held)},
        ),
        "order all": takes("orders", "order_ref", "new", 3),
        "cancel what is packed": posts("orders/{packed_order}/cancel"),
        "cancel what is planned": posts("orders/{planned_order}/cancel"),
        "cancel a unit": posts(
            "orders/{planned_order}/cancel",
            lambda scene: {"lines": [{"sku": scene.sku, "quantity": 1}]},
        ),
    },
    "the ledger": {
        "receive": moves("receipt", 1),
        "lose": moves("adjustment", -1, reason="lost"),
        "count too few": moves("count", 4),
        "count as seen": moves("count", 7, expected_on_hand=8),
        "scrap": moves("scrap", 1, reason="broken"),
        "set aside": moves("hold", 1, reason="damaged"),
        "put back": moves("unhold", 1),
        "reverse": reverse,
        "keep back": keep_back,
    },
    "the floor": {
        "pick": posts("shipments/{planned}/pick"),
        "pick short": posts(
            "shipments/{planned}/pick", lambda scene: {"lines": [{"sku": scene.sku, "quantity": 1}]}
        ),
        "reject": posts("shipments/{planned}/reject", lambda scene: {"reason": "damaged"}),
        "reject what is packed": posts(
            "shipments/{packed}/reject", lambda scene: {"reason": "no_stock"}
        ),
        "hand over": posts("shipments/{packed}/handover"),
    },
    "transfers": {
        "transfer": posts(
            "transfers",
            lambda scene: {
                "from_facility": HERE,
                "to_facility": THERE,
                "lines": [{"sku": scene.sku, "quantity": 2}],
            },
        ),
        "approve a transfer": posts("transfers/{proposed}/approve"),
        "ship a transfer": posts("transfers/{leaving}/ship"),
        "cancel a transfer": posts("transfers/{leaving}/cancel"),
        "receive a transfer": posts("transfers/{coming}/receive"),
    },
    "planners and jobs": {
        "apply a plan": posts("plans/{plan}/apply"),
        "sweep": sweep,
        "free what is at risk": free_at_risk,
    },
}
USE_CASES = {name: work for cases in WHO_DOES.values() for name, work in cases.items()}
