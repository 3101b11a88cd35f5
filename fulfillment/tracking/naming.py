"""Whose event a row is: its carrier, and the shipment that it names, each by any of three names."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from fulfillment.platform import context
from fulfillment.platform.context import Role
from fulfillment.platform.errors import Forbidden, Invalid
from fulfillment.shipping import finding
from fulfillment.shipping.finding import Found

NAMES = ("shipment_id", "tracking_number", "sscc")
AMBIGUOUS = "Two carriers number alike: name the carrier."


class Names(Struct, frozen=True):
    """The shipments behind all names that rows give."""

    ids: Mapping[Any, Found]
    numbers: Mapping[str, Sequence[Found]]
    ssccs: Mapping[str, Found]


def names_in(rows: Sequence[Mapping[str, Any]]) -> Names:
    """Look up the names of many rows, in a few statements."""
    given = {name: {row[name] for row in rows if row.get(name)} for name in NAMES}
    return Names(
        finding.by_id(given["shipment_id"]),
        finding.by_tracking_number(given["tracking_number"]),
        finding.by_sscc(given["sscc"]),
    )


def bound_carrier() -> str | None:
    """Return the carrier whose events alone the caller may tell; None: any carrier's.

    Raises:
        Forbidden: a carrier's key that is bound to no carrier.
    """
    actor = context.actor.get()
    if actor.role is not Role.CARRIER:
        return None
    if actor.carrier is None:
        raise Forbidden("This carrier key is bound to no carrier; make one with --carrier.")
    return actor.carrier


def carrier_of(values: Mapping[str, Any], bound: str | None) -> str | None:
    """Return the carrier that a row names, or its key does.

    Raises:
        Invalid: the row names another than the key's.
    """
    given: str | None = values.get("carrier")
    if bound and given not in (None, bound):
        raise Invalid({"carrier": [f"This key is bound to {bound}."]})
    return bound or given


def find(values: Mapping[str, Any], carrier: str | None, bound: bool, names: Names) -> Found | None:
    """Return the one shipment that all names of a row mean; None where there is none.

    Raises:
        Invalid: its tracking number is one of several carriers, and the row names none.
    """
    meant: list[set[Found]] = []
    if shipment_id := values.get("shipment_id"):
        meant.append({names.ids[shipment_id]} if shipment_id in names.ids else set())
    if number := values.get("tracking_number"):
        meant.append({f for f in names.numbers.get(number, ()) if carrier in (None, f.carrier)})
    if sscc := values.get("sscc"):
        meant.append({names.ssccs[sscc]} if sscc in names.ssccs else set())
    found = {one for one in set.intersection(*meant) if is_theirs(one, carrier, bound)}
    if len(found) > 1:
        raise Invalid({"carrier": [AMBIGUOUS]})
    return next(iter(found), None)


def is_theirs(found: Found, carrier: str | None, bound: bool) -> bool:
    """Tell whether a shipment is one of this carrier; an admin may speak for one without any."""
    if found.carrier is None:
        return not bound
    return carrier in (None, found.carrier)
