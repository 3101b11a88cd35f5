"""What a shop wants of an order, in our words: how it is kept, and the order that it makes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from marshmallow import ValidationError
from msgspec import Struct, field, to_builtins

from fulfillment.catalog import items
from fulfillment.integrations.models import Shop
from fulfillment.orders.schemas import OrderIn
from fulfillment.platform.bodies import flattened
from fulfillment.platform.errors import Invalid

PLACE, CANCEL, NOTHING = "place", "cancel", "nothing"


class Line(Struct, frozen=True):
    """Units of what the shop calls by this name; its SKU is ours, if it has one."""

    sku: str | None
    quantity: int
    name: str


class Wish(Struct, frozen=True):
    """One version of a shop's order: what is wanted of it, and what it says.

    Of the whole order, only this is kept: no prices, no mail addresses, no telephone numbers.
    """

    wants: str
    name: str
    order_ref: str
    said_at: datetime | None = None
    customer_ref: str | None = None
    lines: Sequence[Line] = ()
    destination: Mapping[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        told: dict[str, Any] = to_builtins(self)
        return told | {"said_at": self.said_at and self.said_at.isoformat()}

    @property
    def units(self) -> Counter[str]:
        """The units by SKU."""
        units = Counter[str]()
        for line in self.lines:
            units[line.sku or ""] += line.quantity
        return +units


def wish_of(document: Mapping[str, Any]) -> Wish:
    """Return the wish that was kept as this document."""
    said_at, lines = document["said_at"], [Line(**line) for line in document["lines"]]
    told = {"said_at": said_at and datetime.fromisoformat(said_at), "lines": lines}
    return Wish(**{**document, **told})


def order_of(shop: Shop, wish: Wish) -> dict[str, Any]:
    """Return the order to place.

    Raises:
        Invalid: naming what has no SKU or one that nobody knows, and all that no order may say.
    """
    errors = unknown(wish)
    if errors:
        raise Invalid(errors, "The shop's SKUs must be ours.")
    lines = [{"sku": sku, "quantity": units} for sku, units in wish.units.items()]
    body = {
        "order_ref": wish.order_ref,
        "lines": lines,
        "destination": wish.destination,
        "channel": shop.channel,
        "customer_ref": wish.customer_ref,
    }
    try:
        return dict(OrderIn().load(body))
    except ValidationError as error:
        raise Invalid(flattened(error.messages)) from error


def unknown(wish: Wish) -> dict[str, list[str]]:
    missing = set(items.unknown({line.sku for line in wish.lines if line.sku}))
    errors = {}
    for index, line in enumerate(wish.lines):
        if not line.sku:
            errors[f"lines.{index}.sku"] = [f"{line.name!r} has no SKU."]
        elif line.sku in missing:
            errors[f"lines.{index}.sku"] = [f"{line.name!r} has the unknown SKU {line.sku!r}."]
    return errors
