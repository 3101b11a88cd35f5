"""The shapes of suppliers and their terms in JSON and CSV."""

from decimal import Decimal
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from fulfillment.network.fields import MOST_DAYS, is_local, timezone
from fulfillment.network.models import DEFAULT_CUTOFF, monday_to_friday
from fulfillment.network.schemas import Holidays, WorkweekIn
from fulfillment.platform.fields import code, flag, number, sku, units
from fulfillment.platform.money import Amount, Currency
from fulfillment.platform.pages import PageQuery
from fulfillment.platform.tags import all_different

LAST_RANK = 100


class SupplierIn(WorkweekIn):
    """A supplier; what is not given takes its default."""

    class Meta:
        exclude = ("working_days",)

    email = fields.Email(validate=validate.Length(max=200), load_default=None, allow_none=True)
    lead_time_days = number(
        0,
        MOST_DAYS,
        required=True,
        metadata={"description": "Calendar days from the order to the receipt, on average."},
    )
    lead_time_sd = number(
        0,
        MOST_DAYS,
        load_default=0.0,
        metadata={"description": "Standard deviation of the lead time, in days."},
    )
    minimum_value = Amount(
        load_default=Decimal(0), metadata={"description": "What an order must be worth."}
    )
    currency = Currency(load_only=True)
    order_days = fields.List(
        fields.Integer(strict=True, validate=validate.Range(1, 7)),
        attribute="working_days",
        validate=(validate.Length(min=1), all_different),
        load_default=monday_to_friday,
        metadata={"description": "ISO weekdays on which it takes orders, Monday being 1."},
    )
    timezone = timezone(load_default="UTC")
    cutoff = fields.Time(
        load_default=DEFAULT_CUTOFF,
        validate=is_local,
        metadata={"description": "By its own clock; a later order counts for its next order day."},
    )


class SupplierRow(SupplierIn):
    """A supplier with its code."""

    code = code(required=True)


class SupplierOut(Schema):
    """A supplier."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True, allow_none=True)
    active = fields.Boolean(required=True)
    lead_time_days = fields.Float(required=True)
    lead_time_sd = fields.Float(required=True)
    minimum_value = Amount(required=True)
    currency = Currency(required=True)
    order_days = fields.List(fields.Integer(), required=True, attribute="working_days")
    timezone = fields.String(required=True)
    cutoff = fields.Time(required=True)
    holidays = fields.Nested(Holidays, required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True)


class SupplierQuery(PageQuery):
    """Which suppliers to list."""

    active = flag(load_default=None)


class SupplierItemIn(Schema):
    """A supplier's terms for a SKU; what is not given takes its default."""

    sku = sku(required=True)
    unit_cost = Amount(required=True)
    currency = Currency(load_only=True)
    pack_size = units(load_default=1)
    minimum_quantity = units(load_default=1)
    lead_time_days = number(
        0,
        MOST_DAYS,
        load_default=None,
        allow_none=True,
        metadata={"description": "Default: the supplier's."},
    )
    rank = fields.Integer(
        strict=True,
        validate=validate.Range(1, LAST_RANK),
        load_default=1,
        metadata={"description": "1 is who the SKU is bought from first."},
    )
    active = flag(load_default=True)

    @post_load
    def as_columns(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Drop the currency, which was only checked."""
        data.pop("currency", None)
        return data


class SupplierItemRow(SupplierItemIn):
    """A supplier's terms for a SKU, with its code."""

    supplier = code(required=True)


class SupplierItemOut(Schema):
    """A supplier's terms for a SKU."""

    supplier = fields.String(required=True)
    sku = fields.String(required=True)
    unit_cost = Amount(required=True)
    currency = Currency(required=True)
    pack_size = fields.Integer(required=True)
    minimum_quantity = fields.Integer(required=True)
    lead_time_days = fields.Float(required=True, allow_none=True)
    rank = fields.Integer(required=True)
    active = fields.Boolean(required=True)


class SupplierItemQuery(PageQuery):
    """Which terms of a supplier to list."""

    sku = sku(load_default=None)
