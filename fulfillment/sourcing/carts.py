"""Carts: source and hold in one call."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from fulfillment.inventory import reservations
from fulfillment.inventory.models import Hold
from fulfillment.network import destinations
from fulfillment.platform import clock
from fulfillment.platform.errors import Invalid, NotFound
from fulfillment.sourcing import service, strategies
from fulfillment.sourcing.plans import Plan
from fulfillment.sourcing.question import Ask
from fulfillment.sourcing.strategies.strategy import Strategy
from fulfillment.sourcing.tables import expanded


def demand_of(lines: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Sum the lines per SKU: two lines of one SKU are one demand."""
    demand: Counter[str] = Counter()
    for line in lines:
        demand[line["sku"]] += line["quantity"]
    return dict(demand)


def ask_of(body: Mapping[str, Any], **more: Any) -> Ask:
    """Return what a request body asks to be sourced."""
    limits = ("options", "max_shipments", "ship_complete", "deliver_by", "priority", "channel")
    given = {name: body[name] for name in limits if name in body}
    given["strategy"] = named_strategy(body)
    place = destinations.resolve(body["destination"])
    return Ask(place, demand_of(body["lines"]), **(given | more))


def named_strategy(body: Mapping[str, Any]) -> Strategy | None:
    """Return the strategy that a request tries, None for the one in force."""
    name, version = body.get("strategy"), body.get("strategy_version")
    if name is None:
        return None
    try:
        return strategies.find(name, version)
    except NotFound as missing:
        field = "strategy" if version is None else "strategy_version"
        raise Invalid({field: [missing.detail]}) from missing


def source_cart(body: Mapping[str, Any]) -> Plan:
    """Return the best plan for a cart; what the cart holds already is free to itself."""
    held = reservations.find_live(body["cart_ref"])
    return service.best_plan(service.question_of(ask_of(body, own=held.id if held else None)))


def reserve_cart(body: Mapping[str, Any], plan: Plan) -> Hold:
    """Hold for a cart exactly what the plan says."""
    # A cart that is held anew keeps its row, and the moment when that was written.
    document = plan.document() | asked_of(body) | {"sourced_at": clock.now().isoformat()}
    ttl = time_to_live(body.get("ttl_seconds"))
    return reservations.reserve(body["cart_ref"], plan.parts(), document, ttl)


def asked_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of a cart's request beside its plan; limits only where there are any."""
    most, wanted = body.get("max_shipments"), body.get("deliver_by")
    limits = {"max_shipments": most, "deliver_by": wanted and wanted.isoformat()}
    given = {name: limit for name, limit in limits.items() if limit is not None}
    asked = {"destination": dict(body["destination"]), "channel": body.get("channel")}
    return asked | ({"limits": given} if given else {})


def time_to_live(seconds: int | None) -> timedelta:
    """Return how long a hold lives, within what the deployment allows."""
    settings = service.settings()
    most = settings.hold_ttl_max_seconds
    if seconds is not None and seconds > most:
        raise Invalid({"ttl_seconds": [f"Must be at most {most}."]})
    return timedelta(seconds=seconds or settings.hold_ttl_seconds)


def described(hold: Hold) -> dict[str, Any]:
    """Return a reservation with the plan that it holds."""
    return hold.plan | {
        "explanation": expanded(hold.plan["explanation"]),
        "id": hold.id,
        "cart_ref": hold.cart_ref,
        "status": hold.status_at(clock.now()),
        "expires_at": hold.expires_at,
        "created_at": hold.created_at,
    }


def promised(hold: Hold) -> dict[str, Any]:
    """Return a reservation as the checkout that asked for it needs it; GET tells the candidates."""
    told = described(hold)
    return told | {"explanation": without_candidates(told["explanation"])}


def without_candidates(explanation: Mapping[str, Any]) -> dict[str, Any]:
    unsaid = ("candidates", "basis")
    return {name: told for name, told in explanation.items() if name not in unsaid}


def described_locked(hold_id: UUID) -> dict[str, Any]:
    """Return a reservation that nobody else changes before the transaction ends."""
    return described(reservations.get(hold_id, locked=True))
