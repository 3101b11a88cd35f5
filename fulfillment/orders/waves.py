"""What a wave decided for many orders at once, put into effect: allocated, or moved elsewhere."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from fulfillment.inventory import availability, gate
from fulfillment.inventory.gate import Key
from fulfillment.inventory.promises import demand_of
from fulfillment.network import destinations
from fulfillment.orders import queries
from fulfillment.orders.allocation import allocate
from fulfillment.orders.models import Order
from fulfillment.platform import outbox
from fulfillment.shipping import service as shipping
from fulfillment.shipping.models import Shipment, Status
from fulfillment.shipping.queries import lock_live
from fulfillment.sourcing import service as sourcing
from fulfillment.sourcing.plans import CENT, Plan

APPLIED, LOST, OVERTAKEN = "applied", "lost", "overtaken"


@dataclass(frozen=True)
class Share:
    """Units of an order's SKU that a facility is to ship; `held_at` is where they are held now.

    An order that is moved has a share for each unit that it holds, moved or not.
    """

    order_id: UUID
    facility: str
    sku: str
    quantity: int
    held_at: str | None = None

    @property
    def moves(self) -> bool:
        return self.held_at not in (None, self.facility)


@dataclass(frozen=True)
class Decided:
    """What is to happen to one order: the shipments it gives up, and what it gets anew."""

    order: Order
    shares: Sequence[Share]
    standing: Sequence[Shipment]

    @property
    def is_move(self) -> bool:
        return any(share.held_at for share in self.shares)

    @cached_property
    def gives_up(self) -> list[Shipment]:
        """The shipments that are not to stay exactly as they are."""
        return [shipment for shipment in self.standing if shipment.facility in self.changed]

    @cached_property
    def anew(self) -> dict[str, dict[str, int]]:
        """The units by facility and SKU that need a new shipment."""
        wanted = units_by_facility(self.shares)
        return {at: dict(wanted[at]) for at in wanted.keys() & self.changed}

    @cached_property
    def changed(self) -> set[str]:
        """The facilities that are to ship other units than they do now."""
        wanted = units_by_facility(self.shares)
        at = {*wanted, *(shipment.facility for shipment in self.standing)}
        return {code for code in at if wanted[code] != held_by(self.standing, code)}

    @property
    def is_overtaken(self) -> bool:
        """Tell whether somebody changed or began an order since it was decided to move it."""
        held = Counter[Key]()
        for share in self.shares:
            held[share.sku, share.held_at or ""] += share.quantity
        begun = any(shipment.status != Status.PLANNED for shipment in self.standing)
        return self.is_move and (begun or held != units_in(self.standing))


@dataclass(frozen=True)
class Change:
    """A decision that can be carried out, if the stock is there."""

    decided: Decided
    plan: Plan
    needs: Mapping[str, int]

    @property
    def order(self) -> Order:
        return self.decided.order

    @cached_property
    def takes(self) -> Counter[Key]:
        return demand_of(self.plan.parts())

    @cached_property
    def gives(self) -> Counter[Key]:
        return units_in(self.decided.gives_up)

    @property
    def still_holds(self) -> bool:
        """Tell whether the order still needs these units, or still gets them when promised."""
        if not self.decided.is_move:
            return not self.plan.units() - Counter(self.needs)
        until = queries.Standing(self.order, self.decided.standing).keeps_until
        return self.plan.deliver_by is None or self.plan.deliver_by <= until


def put_into_effect(plan_id: UUID, shares: Collection[Share]) -> dict[UUID, str]:
    """Allocate and move orders as a plan decided; return what became of each.

    Each order is changed as a whole or stays as it was: `lost` its stock or its need is gone,
    `overtaken` somebody began or changed an order that was to move.
    """
    every = read(shares)
    overtaken = {decided.order.id for decided in every if decided.is_overtaken}
    changes = changes_of([d for d in every if d.order.id not in overtaken])
    possible = within_stock([change for change in changes if change.still_holds])
    carry_out(plan_id, possible)
    lost = dict.fromkeys((share.order_id for share in shares), LOST)
    applied = [change.order.id for change in possible]
    return lost | dict.fromkeys(overtaken, OVERTAKEN) | dict.fromkeys(applied, APPLIED)


def read(shares: Collection[Share]) -> list[Decided]:
    """Lock the orders, and the shipments of those that are to move, and return them."""
    by_order: dict[UUID, list[Share]] = defaultdict(list)
    for share in shares:
        by_order[share.order_id].append(share)
    orders = queries.lock_many(list(by_order))
    standing = lock_live({share.order_id for share in shares if share.held_at})
    return [Decided(o, by_order[o.id], standing.get(o.id, [])) for o in orders]


def changes_of(every: Sequence[Decided]) -> list[Change]:
    """Return the changes, without those whose facility cannot ship there any more."""
    orders = [decided.order for decided in every]
    needs = queries.needs(orders)
    places = [destinations.resolve(order.destination) for order in orders]
    wanted = [order.wanted_by for order in orders]
    plans = sourcing.plans_from(places, wanted, [decided.anew for decided in every])
    return [
        Change(decided, plan, needs[decided.order.id])
        for decided, plan in zip(every, plans, strict=True)
        if plan
    ]


def within_stock(changes: Sequence[Change]) -> list[Change]:
    """Lock the stock of all changes at once; return those that it suffices for together.

    What one order gives up another may take. Where it does not suffice moves give way first,
    then the least urgent and youngest orders.
    """
    # All levels in key order, so that no rival of several orders waits in a ring.
    levels = gate.lock({key for change in changes for key in change.takes + change.gives})
    now = availability.as_of_now(levels)
    left = Counter({level.key: level.available - level.safety_stock for level in now})
    for change in changes:
        left.update(change.gives)
        left.subtract(change.takes)
    possible = sorted(changes, key=patience)
    while loser := next((c for c in reversed(possible) if any(left[k] < 0 for k in c.takes)), None):
        possible.remove(loser)
        left.update(loser.takes)
        left.subtract(loser.gives)
    return possible


def patience(change: Change) -> tuple[bool, int, UUID]:
    return change.decided.is_move, -change.order.priority, change.order.id


def carry_out(plan_id: UUID, changes: Sequence[Change]) -> None:
    # All is given up before anything is taken: what one order leaves may be another's.
    shipping.cancel([shipment for change in changes for shipment in change.decided.gives_up])
    for change in changes:
        why = {"plan_id": str(plan_id)} | (move_of(change) if change.decided.is_move else {})
        allocate(change.order, replace(change.plan, explanation=why), change.needs, "wave")
        if change.decided.is_move:
            publish_move(change.order, why, change.plan.currency)


def move_of(change: Change) -> dict[str, Any]:
    """Return from where to where an order moves, and what it costs less by that."""
    moved = [share for share in change.decided.shares if share.moves]
    before = sum((shipment.cost for shipment in change.decided.gives_up), Decimal(0))
    return {
        "moved_from": sorted({str(share.held_at) for share in moved}),
        "moved_to": sorted({share.facility for share in moved}),
        "saves": str((before - change.plan.cost).quantize(CENT)),
    }


def publish_move(order: Order, why: Mapping[str, Any], currency: str) -> None:
    told = dict(why) | {"order_ref": order.order_ref, "currency": currency}
    outbox.publish("order.moved", order.id, order_id=str(order.id), **told)


def units_by_facility(shares: Collection[Share]) -> defaultdict[str, Counter[str]]:
    units: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for share in shares:
        units[share.facility][share.sku] += share.quantity
    return units


def held_by(shipments: Collection[Shipment], facility: str) -> Counter[str]:
    """Return the units by SKU of these shipments that leave from one facility."""
    held = units_in([shipment for shipment in shipments if shipment.facility == facility])
    return Counter({sku: units for (sku, _), units in held.items()})


def units_in(shipments: Collection[Shipment]) -> Counter[Key]:
    """Return the units that these shipments carry, by stock level."""
    units = Counter[Key]()
    for shipment in shipments:
        for line in shipment.lines:
            units[line.sku, shipment.facility] += line.quantity
    return units
