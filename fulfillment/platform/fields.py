"""The shapes of values that every room uses in its schemas."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from fulfillment.platform.columns import CODE_LENGTH, REFERENCE_LENGTH, SKU_LENGTH

LARGEST = 10**9


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


def moment(**options: Any) -> fields.AwareDateTime:
    """Return a field for a moment: RFC 3339 with an offset."""
    return fields.AwareDateTime(format="iso", **options)
