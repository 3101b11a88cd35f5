"""The shapes of facilities, and of the work week that they share with carriers."""

from decimal import Decimal
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from fulfillment.network.calendar import countries
from fulfillment.network.fields import (
    both_or_neither,
    country,
    days,
    is_local,
    latitude,
    longitude,
    timezone,
    working_days,
)
from fulfillment.network.models import DEFAULT_CUTOFF
from fulfillment.platform.fields import code, day, flag, text, units
from fulfillment.platform.money import Amount, Currency
from fulfillment.platform.pages import PageQuery
from fulfillment.platform.tags import all_different, tags

HOLIDAYS = ("holidays_country", "holidays_subdivision")


class Holidays(Schema):
    """The public holidays of a country, or of a part of it."""

    country = country(required=True)
    subdivision = text(8, load_default=None)

    @validates_schema
    def known(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse what the `holidays` library has no calendar for."""
        if data["country"] not in countries():
            raise ValidationError("No holidays are known for this country.", "country")
        if data.get("subdivision") not in {None, *countries()[data["country"]]}:
            raise ValidationError("Is no subdivision of this country.", "subdivision")


class WorkweekIn(Schema):
    """What facilities and carriers have in common."""

    name = text(200, load_default=None, metadata={"description": "Default: the code."})
    active = flag(load_default=True)
    working_days = working_days()
    holidays = fields.Nested(Holidays, load_default=None, allow_none=True)

    @post_load
    def as_columns(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Spread the holidays over their columns; the currency was only checked."""
        data.pop("currency", None)
        kept = data.pop("holidays", None) or {}
        spread = zip(HOLIDAYS, (kept.get("country"), kept.get("subdivision")), strict=True)
        return data | dict(spread)


class FacilityIn(WorkweekIn):
    """A facility as its owner describes it; what is not given takes its default."""

    lat = latitude(load_default=None)
    lng = longitude(load_default=None)
    country = country(load_default="US")
    postal_code = text(16, load_default=None)
    timezone = timezone(
        load_default=None, metadata={"description": "Required, unless a US ZIP code tells it."}
    )
    cutoff = fields.Time(load_default=DEFAULT_CUTOFF, validate=is_local)
    closed_on = fields.List(
        day(), validate=[validate.Length(max=1_000), all_different], load_default=list
    )
    handling_days = days(load_default=0)
    daily_order_capacity = units(0, load_default=None)
    fixed_cost = Amount(load_default=Decimal(0))
    currency = Currency(load_only=True)
    tags = tags(load_default=list)

    @validates_schema
    def located(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse half a pair of coordinates."""
        both_or_neither(data)

    @post_load
    def days_as_text(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """JSON columns keep dates as text."""
        closed = {"closed_on": [one.isoformat() for one in data.get("closed_on", [])]}
        return data | (closed if "closed_on" in data else {})


class FacilityRow(FacilityIn):
    """One row of an import."""

    code = code(required=True)


class FacilityOut(Schema):
    """A facility."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    lat = fields.Float(required=True, allow_none=True)
    lng = fields.Float(required=True, allow_none=True)
    country = fields.String(required=True)
    postal_code = fields.String(required=True, allow_none=True)
    timezone = fields.String(required=True)
    cutoff = fields.Time(required=True)
    working_days = fields.List(fields.Integer(), required=True)
    holidays = fields.Nested(Holidays, required=True, allow_none=True)
    closed_on = fields.List(fields.String(), required=True)
    handling_days = fields.Integer(required=True)
    daily_order_capacity = fields.Integer(required=True, allow_none=True)
    active = fields.Boolean(required=True)
    fixed_cost = Amount(required=True)
    currency = Currency(required=True)
    tags = fields.List(fields.String(), required=True)
    created_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True)


class FacilityQuery(PageQuery):
    """Which facilities to list."""

    active = flag(load_default=None)
    country = country(load_default=None)
    tag = fields.String(load_default=None)
