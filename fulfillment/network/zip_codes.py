"""The US ZIP codes that the `zipcodes` package knows, with coordinates and time zone."""

import re
from collections.abc import Mapping
from functools import cache

import zipcodes
from msgspec import Struct

# The package panics on digits of other scripts, so they must not reach it.
ZIP = re.compile(r"([0-9]{5})(?:-[0-9]{4})?")
AREA_DIGITS = 3


class ZipCode(Struct, frozen=True):
    """The centroid of a ZIP code and its IANA time zone."""

    lat: float
    lng: float
    timezone: str


def zip_code(text: str) -> ZipCode | None:
    """Return what is known of a ZIP code, written 77429 or 77429-1234."""
    match = ZIP.fullmatch(text)
    return area(match[1][:AREA_DIGITS]).get(match[1]) if match else None


@cache
def area(digits: str) -> Mapping[str, ZipCode]:
    """Return the ZIP codes that begin with these digits.

    The package searches all of them for one; so those of an area are kept from the first time.
    """
    known = zipcodes.similar_to(digits)  # type: ignore[no-untyped-call]
    return {
        one["zip_code"]: ZipCode(float(one["lat"]), float(one["long"]), one["timezone"])
        for one in known
    }
