"""Orders as people read them: lines with what became of their units, and the status they give."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import current_app
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select

from fulfillment.inventory import queries as inventory
from fulfillment.orders.models import Order, OrderLine
from fulfillment.platform import rows
from fulfillment.platform.chunks import chunked
from fulfillment.platform.db import db
from fulfillment.platform.pages import Page, paginate
from fulfillment.shipping import queries as shipping
from fulfillment.shipping.models import Shipment
from fulfillment.sourcing.plans import CENT

AT_ONCE = 5_000
FILTERS = ("order_ref", "customer_ref")

KnownUnits = Mapping[tuple[UUID, str], Mapping[str, int]]
"""Units allocated and shipped, by order and SKU."""


class LineUnits(Struct, frozen=True):
    """What became of a line's units: allocated + backordered + shipped + cancelled = quantity.

    `returned` is the part of `shipped` that came back.
    """

    sku: str
    quantity: int
    allocated: int
    shipped: int
    cancelled: int
    returned: int = 0

    @property
    def backordered(self) -> int:
        return self.quantity - self.allocated - self.shipped - self.cancelled

    @property
    def cancellable(self) -> int:
        return self.allocated + self.backordered


def get(order_id: UUID) -> Order:
    """Return an order."""
    return rows.get(Order, order_id, "order")


def find_by_ref(order_ref: str) -> Order | None:
    """Return the order of this reference, if there is one."""
    return db.session.scalar(select(Order).where(Order.order_ref == order_ref))


def customers_of(order_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return whose orders these are, as far as their callers said so."""
    theirs = Order.id.in_(order_ids), Order.customer_ref.is_not(None)
    rows = db.session.execute(select(Order.id, Order.customer_ref).where(*theirs))
    return {order_id: str(customer) for order_id, customer in rows}


def get_locked(order_id: UUID) -> Order:
    """Return an order, locked until the transaction ends."""
    return rows.get(Order, order_id, "order", locked=True)


def line_units(order: Order) -> dict[str, LineUnits]:
    """Return what became of each line's units, by SKU."""
    known = inventory.order_units([order.id])
    return {line.sku: units_of(line, known) for line in order.lines}


def units_of(line: OrderLine, known: KnownUnits) -> LineUnits:
    units = known.get((line.order_id, line.sku), {"allocated": 0, "shipped": 0})
    return LineUnits(line.sku, line.quantity, units["allocated"], units["shipped"], line.cancelled)


def status_of(lines: Sequence[LineUnits], shipments: Sequence[Shipment]) -> str:
    """Derive an order's status from its units and the shipments they stand on."""
    open_units = sum(line.cancellable for line in lines)
    shipped = sum(line.shipped for line in lines)
    if not open_units and shipped:
        there = all(s.status in ("delivered", "cancelled", "rejected") for s in shipments)
        return "delivered" if there else "shipped"
    if not open_units:
        return "cancelled"
    if shipped:
        return "partially_shipped"
    if any(shipment.status in ("released", "picked", "packed") for shipment in shipments):
        return "in_fulfillment"
    if any(line.backordered for line in lines):
        return "partially_allocated" if any(line.allocated for line in lines) else "waiting"
    return "allocated"


def described(orders: Sequence[Order]) -> list[dict[str, Any]]:
    """Return orders with lines, shipments and status, by a fixed number of queries."""
    ids = [order.id for order in orders]
    known, shipments = inventory.order_units(ids), shipping.of_orders(ids)
    return [describe(o, known, shipments.get(o.id, [])) for o in orders]


def describe(order: Order, known: KnownUnits, shipments: Sequence[Shipment]) -> dict[str, Any]:
    returned = Counter[str]()
    for shipment in shipments:
        returned.update({line.sku: line.returned for line in shipment.lines})
    lines = [replace(units_of(line, known), returned=returned[line.sku]) for line in order.lines]
    live = [s for s in shipments if s.status not in ("cancelled", "rejected")]
    columns = {column.key: getattr(order, column.key) for column in Order.__table__.columns}
    return columns | {
        "status": status_of(lines, shipments),
        "lines": lines,
        "shipments": shipments,
        "cost": {
            "total": str(sum((shipment.cost for shipment in live), Decimal(0)).quantize(CENT)),
            "currency": current_app.config["SETTINGS"].currency,
        },
    }


def page(query: Mapping[str, Any]) -> Page:
    """Return a page of orders, oldest first."""
    chosen = select(Order).execution_options(populate_existing=True)
    for name in FILTERS:
        if query.get(name):
            chosen = chosen.where(getattr(Order, name) == query[name])
    if query.get("awaiting") is not None:
        chosen = chosen.where(Order.awaiting if query["awaiting"] else ~Order.awaiting)
    found = paginate(chosen, [Order.id], query["limit"], query["cursor"])
    return Page(described(found.items), found.next_cursor)


def waiting(limit: int) -> Sequence[Order]:
    """Return the orders that wait for the wave, the most urgent and then the oldest first."""
    chosen = select(Order).where(Order.awaiting).order_by(Order.priority.desc(), Order.id)
    return db.session.scalars(chosen.limit(limit).execution_options(populate_existing=True)).all()


def needs(orders: Sequence[Order]) -> dict[UUID, dict[str, int]]:
    """Return per order the units by SKU that are neither allocated nor shipped nor cancelled."""
    known = inventory.order_units([order.id for order in orders])
    found = {o.id: [units_of(line, known) for line in o.lines] for o in orders}
    return {
        order_id: {line.sku: line.backordered for line in lines if line.backordered > 0}
        for order_id, lines in found.items()
    }


def hold(order_ids: Collection[UUID]) -> None:
    """Lock orders in the order of their ids, without reading them."""
    for some in chunked(sorted(order_ids), AT_ONCE):
        chosen = select(Order.id).where(Order.id.in_(some)).order_by(Order.id)
        db.session.execute(chosen.with_for_update()).all()


def lock_many(order_ids: Collection[UUID]) -> Sequence[Order]:
    """Return orders in the order of their ids, locked until the transaction ends."""
    chosen = select(Order).where(Order.id.in_(order_ids)).order_by(Order.id).with_for_update()
    return db.session.scalars(chosen.execution_options(populate_existing=True)).all()


class Standing(Struct, frozen=True):
    """An order that is allocated and that nobody works on yet, with its planned shipments."""

    order: Order
    shipments: Sequence[Shipment]

    @property
    def keeps_until(self) -> date:
        """The day by which all of it was promised; where that is broken, by which it comes."""
        days = [shipment.deliver_by for shipment in self.shipments]
        return max([*days, self.order.promised_by or days[0]])


def standing(limit: int) -> list[Standing]:
    """Return orders that are allocated and that nobody works on yet, the dearest first."""
    shipments = shipping.wholly_planned(limit)
    found: dict[UUID, Order] = {}
    for some in chunked(list(shipments), AT_ONCE):
        rows = select(Order).where(Order.id.in_(some), ~Order.awaiting)
        fresh = rows.execution_options(populate_existing=True)
        found |= {order.id: order for order in db.session.scalars(fresh)}
    return [Standing(found[i], theirs) for i, theirs in shipments.items() if i in found]


class AskedLine(Struct, frozen=True):
    """What a line of an order asked for that was not cancelled, when, and where it goes."""

    order_id: UUID
    placed_at: datetime
    lat: float
    lng: float
    sku: str
    units: int


def asked_since(moment: datetime) -> Iterator[AskedLine]:
    """Yield the lines of all orders placed since a moment, order by order."""
    units = OrderLine.quantity - OrderLine.cancelled
    lat, lng = (Order.destination[name].as_float() for name in ("lat", "lng"))
    rows = db.session.execute(
        select(OrderLine.order_id, Order.placed_at, lat, lng, OrderLine.sku, units)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.placed_at >= moment, units > 0)
        .order_by(OrderLine.order_id)
    )
    return (AskedLine(*row) for row in rows)


def first_placed_at() -> datetime | None:
    """Return when the first order of all was placed."""
    return db.session.scalar(select(Order.placed_at).order_by(Order.id).limit(1))
