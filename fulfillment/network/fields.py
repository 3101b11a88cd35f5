"""Field shapes of places and days."""

from datetime import time
from typing import Any

from marshmallow import ValidationError, fields, validate

from fulfillment.network.models import monday_to_friday
from fulfillment.network.transit import BROCHURE, MEASURED
from fulfillment.platform import cron
from fulfillment.platform.fields import number
from fulfillment.platform.tags import all_different

MOST_DAYS = 365


def country(**options: Any) -> fields.String:
    """Return a field for an ISO 3166-1 code of two letters."""
    letters = validate.Regexp(r"^[A-Z]{2}\Z", error="Must be two capital letters (ISO 3166-1).")
    return fields.String(validate=letters, **options)


def latitude(**options: Any) -> fields.Float:
    """Return a field for degrees north of the equator (WGS84)."""
    return number(-90, 90, **options)


def longitude(**options: Any) -> fields.Float:
    """Return a field for degrees east of Greenwich (WGS84)."""
    return number(-180, 180, **options)


def timezone(**options: Any) -> fields.String:
    """Return a field for the IANA name of a time zone."""
    return fields.String(validate=is_timezone, **options)


def is_timezone(value: str) -> None:
    if not cron.is_zone(value):
        raise ValidationError("Must be an IANA time zone, such as America/Chicago.")


def is_local(value: time) -> None:
    """Refuse a time with an offset: the facility's own time zone has the say."""
    if value.tzinfo is not None:
        raise ValidationError("Must be a local time, without an offset.")


def working_days() -> fields.List[int]:
    """Return a field for ISO weekdays, Monday being 1."""
    day = fields.Integer(strict=True, validate=validate.Range(1, 7))
    checks = (validate.Length(min=1), all_different)
    return fields.List(day, validate=checks, load_default=monday_to_friday)


def days(**options: Any) -> fields.Integer:
    """Return a field for a number of working days."""
    return fields.Integer(strict=True, validate=validate.Range(0, MOST_DAYS), **options)


def transit(**options: Any) -> fields.String:
    """Return a field for what a promised day is made from."""
    told = {"description": "Whether deliver_by is made from measured transit or the rate table's."}
    choices = validate.OneOf([MEASURED, BROCHURE])
    return fields.String(validate=choices, metadata=told, **options)


def both_or_neither(data: dict[str, Any]) -> None:
    """Refuse half a pair of coordinates."""
    if (data.get("lat") is None) != (data.get("lng") is None):
        raise ValidationError("lat and lng go together.", "lat")
