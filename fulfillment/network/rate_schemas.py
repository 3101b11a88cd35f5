"""The shapes of carriers' rates and zone charts in JSON and CSV."""

import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validates_schema

from fulfillment.network.destinations import HOME_COUNTRY
from fulfillment.network.fields import country, days
from fulfillment.network.models import compact
from fulfillment.network.zone_models import PREFIX_LENGTH
from fulfillment.platform.fields import LARGEST, code, number, text, units
from fulfillment.platform.money import Amount, Currency

LONGEST_KM = 25_000
DIVISORS = (1_000, 20_000)
OUNCES, GRAMS_PER_POUND = 16, Decimal("453.59237")
US_PREFIX = re.compile("[0-9]{3,5}")


class RateRow(Schema):
    """The price of one parcel up to a distance or within a zone, and up to a weight."""

    service = code(required=True)
    zone = code(
        load_default=None,
        metadata={"description": "A zone of the carrier's chart, or a name for the distance."},
    )
    max_distance_km = number(
        0,
        LONGEST_KM,
        least_included=False,
        load_default=None,
        metadata={"description": "Default: any distance."},
    )
    max_weight_g = units(load_default=None, metadata={"description": "Or give max_weight_lb."})
    max_weight_lb = number(
        0,
        LARGEST / 1000,
        least_included=False,
        load_only=True,
        metadata={"description": "Whole ounces are rounded up to the gram, other fractions down."},
    )
    price = Amount(required=True)
    currency = Currency(load_only=True)
    transit_days = days(required=True)
    dim_divisor = number(
        *DIVISORS,
        load_default=None,
        metadata={"description": "cm3 per kg; default: size does not count."},
    )
    fuel_percent = number(
        0, 100, load_default=None, metadata={"description": "Of the price; default: none."}
    )
    residential_surcharge = Amount(
        load_default=None, metadata={"description": "Where a residence is the destination."}
    )

    @validates_schema
    def weighed_once(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a row without a weight, or with two."""
        if (data.get("max_weight_g") is None) == ("max_weight_lb" not in data):
            raise ValidationError("Give max_weight_g or max_weight_lb.", "max_weight_g")

    @post_load
    def as_columns(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Turn pounds into grams; the currency was only checked."""
        data.pop("currency", None)
        pounds = data.pop("max_weight_lb", None)
        return data if pounds is None else data | {"max_weight_g": grams(pounds)}


def grams(pounds: float) -> int:
    """Return the weight in whole grams up to which a band of pounds reaches.

    Whole ounces are rounded up, so that a parcel of exactly that weight belongs to the band however
    its grams were rounded; what is printed as just below a pound (0.999, 15.999 oz) is rounded
    down, and stays below it.
    """
    exact = Decimal(str(pounds))
    is_whole = exact * OUNCES % 1 == 0
    weight = (exact * GRAMS_PER_POUND).to_integral_value(ROUND_CEILING if is_whole else ROUND_FLOOR)
    return max(1, int(weight))


class RateOut(Schema):
    """A row of a carrier's rate table."""

    service = fields.String(required=True)
    zone = fields.String(required=True, allow_none=True)
    max_distance_km = fields.Float(required=True, allow_none=True)
    max_weight_g = fields.Integer(required=True)
    price = Amount(required=True)
    currency = Currency(required=True)
    transit_days = fields.Integer(required=True)
    dim_divisor = fields.Float(required=True, allow_none=True)
    fuel_percent = fields.Float(required=True, allow_none=True)
    residential_surcharge = Amount(required=True, allow_none=True)


class ZoneRow(Schema):
    """The zone of all parcels between two areas of a country, given by postal code prefixes."""

    country = country(load_default=HOME_COUNTRY)
    origin_prefix = text(PREFIX_LENGTH, required=True)
    destination_prefix = text(PREFIX_LENGTH, required=True)
    zone = code(required=True)

    @post_load
    def as_kept(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Write prefixes as postal codes are kept.

        Raises:
            ValidationError: a US prefix of other than 3 to 5 digits. Spreadsheets drop leading
                zeros: 006 becomes 6, which is another place.
        """
        kept = {name: compact(data[name]) for name in ("origin_prefix", "destination_prefix")}
        if data["country"] == HOME_COUNTRY:
            bad = [name for name, prefix in kept.items() if not US_PREFIX.fullmatch(prefix)]
            if bad:
                told = ["Must be 3 to 5 digits, leading zeros included."]
                raise ValidationError(dict.fromkeys(bad, told))
        return data | kept


class ZoneOut(Schema):
    """A row of a carrier's zone chart."""

    country = fields.String(required=True)
    origin_prefix = fields.String(required=True)
    destination_prefix = fields.String(required=True)
    zone = fields.String(required=True)
