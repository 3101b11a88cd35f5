"""Where an order goes: coordinates as given, or those of its postal code."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from fulfillment.network.models import PostalCode, compact
from fulfillment.network.zip_codes import zip_code
from fulfillment.platform.db import db
from fulfillment.platform.errors import Invalid

HOME_COUNTRY = "US"
BOUNDS = {"lat": 90.0, "lng": 180.0}


class Destination(Struct, frozen=True):
    """A place to deliver to; `kind` is residence or business."""

    lat: float
    lng: float
    postal_code: str | None
    country: str
    timezone: str | None
    kind: str


class Centroid(Struct, frozen=True):
    """Where a postal code lies."""

    lat: float
    lng: float
    timezone: str | None


def resolve(given: Mapping[str, Any]) -> Destination:
    """Return the place meant by postal_code, country, lat, lng and kind; coordinates go first.

    Raises:
        Invalid: nothing to locate it by, an unknown postal code, or coordinates out of range.
    """
    country, postal_code = given.get("country") or HOME_COUNTRY, given.get("postal_code")
    centroid = centroid_of(country, postal_code) if postal_code else None
    if given.get("lat") is not None or given.get("lng") is not None:
        lat, lng = coordinates(given)
    elif centroid:
        lat, lng = centroid.lat, centroid.lng
    elif postal_code:
        raise Invalid({"destination.postal_code": [f"Unknown in {country}: {postal_code}."]})
    else:
        raise Invalid({"destination": ["Needs lat and lng, or a postal_code."]})
    timezone = centroid.timezone if centroid else None
    return Destination(lat, lng, postal_code, country, timezone, given.get("kind") or "residence")


def coordinates(given: Mapping[str, Any]) -> tuple[float, float]:
    errors = {}
    for name, bound in BOUNDS.items():
        value = given.get(name)
        if value is None:
            errors[f"destination.{name}"] = ["lat and lng go together."]
        elif not -bound <= value <= bound:
            errors[f"destination.{name}"] = [f"Must be between {-bound:.0f} and {bound:.0f}."]
    if errors:
        raise Invalid(errors)
    return float(given["lat"]), float(given["lng"])


def centroid_of(country: str, postal_code: str) -> Centroid | None:
    """Return where a postal code lies: as a US ZIP code, else by the imported table."""
    known = zip_code(postal_code.strip()) if country == HOME_COUNTRY else None
    if known:
        return Centroid(known.lat, known.lng, known.timezone)
    row = db.session.get(PostalCode, (country, compact(postal_code)))
    return Centroid(row.lat, row.lng, row.timezone) if row else None
