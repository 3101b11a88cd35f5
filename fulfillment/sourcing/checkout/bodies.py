"""Plain bodies: what nearly all reservations look like, checked in a few microseconds.

`plain` accepts a part of what the schema `ReservationIn` accepts, with the same result; whatever it
does not know, good or bad, is the schema's to judge. A test holds both to the same verdicts.
"""

import re
from typing import Any

from fulfillment.platform.columns import REFERENCE_LENGTH, SKU_LENGTH
from fulfillment.platform.fields import LARGEST
from fulfillment.platform.plain import is_text, is_whole
from fulfillment.sourcing.schemas import KINDS, MOST_LINES

ADDRESS = ("name", "street", "city")
FIELDS = frozenset({"cart_ref", "destination", "lines", "ttl_seconds", "channel", "max_shipments"})
LONGEST = {"postal_code": 16, "state": 64, **dict.fromkeys(ADDRESS, REFERENCE_LENGTH)}
PLACE = frozenset({"country", "lat", "lng", "kind", *LONGEST})
LINE = frozenset({"sku", "quantity"})
COUNTRY = re.compile(r"[A-Z]{2}")
BOUNDS = (("lat", 90), ("lng", 180))
MOST_CHANNEL = 64


def plain(body: Any) -> dict[str, Any] | None:
    """Return what the schema would load, or None where it must be asked."""
    if type(body) is not dict or not body.keys() <= FIELDS:
        return None
    place = plain_place(body.get("destination"))
    good = (
        place is not None
        and is_text(body.get("cart_ref"), REFERENCE_LENGTH)
        and are_lines(body.get("lines"))
        and all(is_count(body[name]) for name in ("ttl_seconds", "max_shipments") if name in body)
        and ("channel" not in body or is_text(body["channel"], MOST_CHANNEL))
    )
    return {**body, "destination": place} if good else None


def plain_place(place: Any) -> dict[str, Any] | None:
    if type(place) is not dict or not place.keys() <= PLACE:
        return None
    loaded = {"country": "US", **place}
    if type(loaded["country"]) is not str or not COUNTRY.fullmatch(loaded["country"]):
        return None
    if "kind" in place and place["kind"] not in KINDS:
        return None
    if not all(is_text(place[name], LONGEST[name]) for name in place.keys() & LONGEST):
        return None
    for name, bound in BOUNDS:
        if name in place:
            if type(place[name]) not in (int, float) or not -bound <= place[name] <= bound:
                return None
            loaded[name] = float(place[name])
    return loaded


def are_lines(lines: Any) -> bool:
    if type(lines) is not list or not 1 <= len(lines) <= MOST_LINES:
        return False
    return all(
        type(line) is dict
        and line.keys() == LINE
        and is_text(line["sku"], SKU_LENGTH)
        and is_count(line["quantity"])
        for line in lines
    )


def is_count(value: Any) -> bool:
    return is_whole(value, 1, LARGEST)
