"""The US ZIP codes that the `zipcodes` package knows, with coordinates and time zone."""

import re
from dataclasses import dataclass
from functools import lru_cache

import zipcodes

# The package panics on digits of other scripts, so they must not reach it.
ZIP = re.compile(r"([0-9]{5})(?:-[0-9]{4})?")


@dataclass(frozen=True)
class ZipCode:
    """The centroid of a ZIP code and its IANA time zone."""

    lat: float
    lng: float
    timezone: str


def zip_code(text: str) -> ZipCode | None:
    """Return what is known of a ZIP code, written 77429 or 77429-1234."""
    match = ZIP.fullmatch(text)
    return look_up(match[1]) if match else None


@lru_cache(maxsize=50_000)
def look_up(five_digits: str) -> ZipCode | None:
    known = zipcodes.matching(five_digits)  # type: ignore[no-untyped-call]
    if not known:
        return None
    first = known[0]
    return ZipCode(float(first["lat"]), float(first["long"]), first["timezone"])
