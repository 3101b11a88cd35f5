"""Amounts in JSON: decimal strings, in the one currency that a deployment keeps."""

from decimal import Decimal, InvalidOperation
from typing import Any

from flask import current_app
from marshmallow import ValidationError, fields

LARGEST = 10**9
DECIMALS = Decimal("0.0001")


def in_range(amount: Decimal) -> None:
    """Refuse a negative amount; not a Range, which OpenAPI has for numbers and not for strings."""
    if not 0 <= amount <= LARGEST:
        raise ValidationError(f"Must be from 0 to {LARGEST}.")


class Amount(fields.Decimal):
    """A decimal string with two to four decimals; more are refused, never rounded."""

    def __init__(self, **options: Any) -> None:
        documented = {"type": "string", "format": "decimal"} | options.pop("metadata", {})
        super().__init__(as_string=True, validate=in_range, metadata=documented, **options)

    def _validated(self, value: Any) -> Decimal:
        amount = super()._validated(value)
        try:
            exact = amount.quantize(DECIMALS) == amount
        except InvalidOperation as error:
            raise self.make_error("invalid") from error
        if not exact:
            raise ValidationError("Must not have more than four decimals.")
        return amount

    def _to_string(self, value: Decimal) -> str:
        written = format(value.quantize(DECIMALS), "f")
        return written[:-2] + written[-2:].rstrip("0")


class Currency(fields.String):
    """The deployment's currency beside the amounts; another one is refused."""

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> str:
        if value != currency():
            raise ValidationError(f"Must be {currency()}, the currency of this service.")
        return currency()

    def _serialize(self, value: Any, *args: Any, **options: Any) -> str:
        return currency()

    def get_value(self, *args: Any, **options: Any) -> str:
        """Return the same for every row, which has no such attribute."""
        return currency()


def currency() -> str:
    """Return the code of the currency that all amounts are in."""
    code: str = current_app.config["SETTINGS"].currency
    return code
