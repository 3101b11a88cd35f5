"""Amounts in JSON: decimal strings, in the one currency that a deployment keeps."""

import re
from decimal import Decimal
from typing import Any

from flask import current_app
from marshmallow import ValidationError, fields

LARGEST = 10**9
DECIMALS = Decimal("0.0001")
WRITTEN = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,4})?")


def in_range(amount: Decimal) -> None:
    """Refuse a negative amount; not a Range, which OpenAPI has for numbers and not for strings."""
    if not 0 <= amount <= LARGEST:
        raise ValidationError(f"Must be from 0 to {LARGEST}.")


class Amount(fields.Decimal):
    """A decimal string with two to four decimals; more are refused, never rounded.

    JSON's whole numbers are taken too, its fractions not: they are floats to most who write them.
    """

    def __init__(self, **options: Any) -> None:
        documented = {"type": "string", "format": "decimal"} | options.pop("metadata", {})
        super().__init__(as_string=True, validate=in_range, metadata=documented, **options)

    def _validated(self, value: Any) -> Decimal:
        if not isinstance(value, int) and not (isinstance(value, str) and WRITTEN.fullmatch(value)):
            raise ValidationError('Must be a string such as "12.50", with up to four decimals.')
        return super()._validated(value)

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
