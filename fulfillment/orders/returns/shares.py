"""Which lines of which shipments the units are that somebody says come back."""

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

from fulfillment.orders.returns.models import Condition
from fulfillment.orders.returns.queries import Place
from fulfillment.platform.errors import Conflict, Invalid


class Units(Struct, frozen=True):
    """Units of a SKU that come back, or that came, and then in which condition."""

    sku: str
    quantity: int
    condition: Condition = Condition.SELLABLE
    reason: str | None = None


class Share(Struct, frozen=True):
    """Those of the units that belong to one line of a shipment."""

    place: Place
    quantity: int
    of: Units


class TooMany(Conflict):
    """More comes back than was shipped, less what came back or is expected already."""

    def __init__(self, excess: Mapping[str, tuple[int, int]]) -> None:
        told = "; ".join(f"{sku}: {n} given, {most} possible" for sku, (n, most) in excess.items())
        super().__init__("conflict", f"More than can come back: {told}.")


def shared_out(asked: Sequence[Units], room: Mapping[Place, int]) -> list[Share]:
    """Give each of the units a line of a shipment, in the order of `room`, the units it may take.

    Raises:
        Invalid: a SKU of which nothing was shipped.
        TooMany: there is no room for all of them.
    """
    check(asked, room)
    left = dict(room)
    return [share for units in asked for share in taken(units, left)]


def taken(units: Units, left: dict[Place, int]) -> list[Share]:
    shares, rest = [], units.quantity
    for place in [place for place in left if place[1] == units.sku]:
        quantity = min(rest, left[place])
        left[place] -= quantity
        rest -= quantity
        if quantity:
            shares.append(Share(place, quantity, units))
    return shares


def check(asked: Sequence[Units], room: Mapping[Place, int]) -> None:
    most, wanted = Counter[str](), Counter[str]()
    for (_, sku), units in room.items():
        most[sku] += units
    for one in asked:
        wanted[one.sku] += one.quantity
    told = ["Nothing of it was shipped."]
    unknown = {f"lines.{n}.sku": told for n, one in enumerate(asked) if one.sku not in most}
    if unknown:
        raise Invalid(unknown)
    excess = {sku: (units, most[sku]) for sku, units in wanted.items() if units > most[sku]}
    if excess:
        raise TooMany(excess)
