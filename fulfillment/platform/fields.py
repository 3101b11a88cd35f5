"""The shapes of values that every room uses in its schemas.

They take what JSON says and read nothing into it: "yes" is no flag, "1.5" no number. The texts of
CSV cells and queries become JSON's values before (`cells.reader`).
"""

import re
from datetime import date, datetime, timedelta
from typing import Any

from marshmallow import ValidationError, fields, validate

from fulfillment.platform import clock
from fulfillment.platform.columns import CODE_LENGTH, REFERENCE_LENGTH, SKU_LENGTH

LARGEST = 10**9
MOMENT = "Must be a moment with an offset, such as 2026-01-31T12:00:00Z."
YEARS = range(2000, 2201)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def text(longest: int = REFERENCE_LENGTH, **options: Any) -> fields.String:
    """Return a field of printable text, without the spaces around it that nobody sees."""
    return fields.String(validate=[validate.Length(1, longest), printable], **options)


def printable(value: str) -> None:
    if not value.isprintable() or value != value.strip():
        raise ValidationError("Must be printable text without spaces around it.")


def sku(**options: Any) -> fields.String:
    """Return a field for a SKU: exactly as given, letter case included."""
    return text(SKU_LENGTH, **options)


def code(**options: Any) -> fields.String:
    """Return a field for the code of a facility or carrier."""
    pattern = validate.Regexp(
        rf"^[A-Za-z0-9._-]{{1,{CODE_LENGTH}}}\Z",
        error=f"Must be 1 to {CODE_LENGTH} letters, digits, dots, dashes or underscores.",
    )
    return fields.String(validate=pattern, **options)


def units(least: int = 1, **options: Any) -> fields.Integer:
    """Return a field for a whole number of units; 1.5 and "3" are refused, not rounded or read."""
    return fields.Integer(strict=True, validate=validate.Range(least, LARGEST), **options)


class Flag(fields.Boolean):
    """true or false."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Number(fields.Float):
    """A JSON number."""

    def _validated(self, value: Any) -> float:
        if isinstance(value, str):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class Day(fields.Date):
    """A date, as 2026-01-31; a moment is none, since its date depends on where one stands."""

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> date:
        if not isinstance(value, str) or not DAY.fullmatch(value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return super()._deserialize(value, *args, **options)


def flag(**options: Any) -> Flag:
    """Return a field for true or false."""
    return Flag(**options)


def number(
    least: float, most: float, *, least_included: bool = True, **options: Any
) -> fields.Float:
    """Return a field for a finite number from `least` to `most`."""
    limits = validate.Range(least, most, min_inclusive=least_included)
    return Number(validate=limits, **options)


def day(**options: Any) -> Day:
    """Return a field for a date."""
    return Day(validate=in_these_centuries, **options)


def coming_day(**options: Any) -> Day:
    """Return a field for a date that is not over yet, wherever on earth it is meant."""
    return Day(validate=[in_these_centuries, not_over], **options)


def not_over(value: date) -> None:
    if value < clock.now().date() - timedelta(days=1):
        raise ValidationError("Must not be in the past.")


def past_day(**options: Any) -> Day:
    """Return a field for a date that has begun, somewhere on earth."""
    return Day(validate=[in_these_centuries, begun], **options)


def begun(value: date) -> None:
    if value > clock.now().date() + timedelta(days=1):
        raise ValidationError("Must not be in the future.")


def moment(**options: Any) -> fields.AwareDateTime:
    """Return a field for a moment: RFC 3339 with an offset."""
    told: dict[str, Any] = dict.fromkeys(("invalid", "invalid_awareness"), MOMENT)
    return fields.AwareDateTime(
        format="iso", validate=in_these_centuries, error_messages=told, **options
    )


def in_these_centuries(value: date | datetime) -> None:
    """Refuse years that are slips of the pen; at the ends of time no offset can be applied."""
    if value.year not in YEARS:
        raise ValidationError(f"Must be of the years {YEARS[0]} to {YEARS[-1]}.")
