"""Everything that may be done to a scene, by those who do it."""

from collections.abc import Callable
from typing import Any

from fulfillment.inventory import reservations
from fulfillment.orders import allocation
from fulfillment.platform.db import transaction
from tests.attack.scenes import HERE, THERE, Scene
from tests.world import CUSTOMER

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


def many_carts(scene: Scene) -> dict[str, Any]:
    """Return carts that want more than there is; one of them holds something already."""
    wanted = (("one", 1), ("held", 2), ("dead", 1), ("new", 3))
    return {
        "reservations": [
            {
                "cart_ref": f"{scene.sku} {name}",
                "destination": CUSTOMER,
                "lines": [{"sku": scene.sku, "quantity": units}],
            }
            for name, units in wanted
        ]
    }


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
        "reserve many": posts("reservations/bulk", many_carts),
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
    "counters": {
        "count": posts("counts/{counting}/result", lambda scene: {"quantity": 4}),
        "skip a count": posts(
            "counts/{counting}/skip", lambda scene: {"reason": "the aisle is blocked"}
        ),
        "ask for a count": posts(
            "counts",
            lambda scene: {"sku": scene.sku, "facility": HERE, "reason": "looks odd again"},
        ),
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
    "purchasing": {
        "approve an order": posts("purchase-orders/{wanted}/approve"),
        "send an order": posts("purchase-orders/{ordered}/send"),
        "receive an order": posts("purchase-orders/{bought}/receive"),
        "receive it in part": posts(
            "purchase-orders/{bought}/receive",
            lambda scene: {"lines": [{"sku": scene.sku, "quantity": 1}]},
        ),
        "call it off": posts("purchase-orders/{bought}/cancel"),
    },
    "planners and jobs": {
        "apply a plan": posts("plans/{plan}/apply"),
        "sweep": sweep,
        "free what is at risk": free_at_risk,
    },
}
USE_CASES = {name: work for cases in WHO_DOES.values() for name, work in cases.items()}
