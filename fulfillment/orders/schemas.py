"""Shapes of the orders API."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from fulfillment.network.fields import transit
from fulfillment.orders.models import LONGEST_CUSTOMER
from fulfillment.platform.fields import coming_day, flag, sku, text, units
from fulfillment.platform.pages import PageQuery
from fulfillment.sourcing.schemas import CostOut, DestinationIn, lines


class OrderIn(Schema):
    """An order: from a reservation, or with lines and a destination of its own."""

    order_ref = text(required=True)
    reservation_id = fields.UUID(allow_none=True)
    lines = lines(allow_none=True)
    destination = fields.Nested(DestinationIn, allow_none=True)
    requested_by = coming_day(allow_none=True)
    priority = fields.Integer(strict=True, load_default=0, validate=validate.Range(0, 9))
    channel = text(64, allow_none=True)
    customer_ref = text(
        LONGEST_CUSTOMER,
        allow_none=True,
        metadata={"description": "Your own name for the customer; no personal data is needed."},
    )
    max_shipments = units(1, allow_none=True)
    allocate = fields.String(
        load_default="now",
        validate=validate.OneOf(["now", "wave"]),
        metadata={"description": "now: at once and complete, or refused; wave: at the next wave"},
    )

    @validates_schema
    def check_source(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("reservation_id"):
            if data.get("lines"):
                raise ValidationError("The reservation has the lines.", "lines")
            return
        missing = [name for name in ("lines", "destination") if not data.get(name)]
        if missing:
            told = "Needed where there is no reservation_id."
            raise ValidationError({name: [told] for name in missing})


class OrderQuery(PageQuery):
    """Which orders."""

    order_ref = text()
    customer_ref = text(LONGEST_CUSTOMER)
    awaiting = flag(metadata={"description": "Whether units wait for stock or for the next wave"})


class CancelLineIn(Schema):
    """Units of a line to cancel; no quantity: all that have not left."""

    sku = sku(required=True)
    quantity = units(1, allow_none=True)


class CancelIn(Schema):
    """What to cancel; no lines: the whole order."""

    lines = fields.List(
        fields.Nested(CancelLineIn), allow_none=True, validate=validate.Length(min=1)
    )


class OrderLineOut(Schema):
    """A line, and what became of its units."""

    sku = fields.String()
    quantity = fields.Integer()
    allocated = fields.Integer()
    backordered = fields.Integer()
    shipped = fields.Integer()
    cancelled = fields.Integer()
    returned = fields.Integer(
        metadata={"description": "Of those shipped, the ones that came back."}
    )


class OrderShipmentLineOut(Schema):
    """Units of one SKU in a shipment."""

    sku = fields.String()
    quantity = fields.Integer()


class OrderShipmentOut(Schema):
    """A shipment of the order."""

    id = fields.UUID()
    facility = fields.String()
    status = fields.String()
    carrier = fields.String(allow_none=True)
    service = fields.String(allow_none=True)
    tracking_number = fields.String(allow_none=True)
    ship_by = fields.AwareDateTime(format="iso")
    deliver_by = fields.Date()
    transit = transit()
    lines = fields.List(fields.Nested(OrderShipmentLineOut))


class OrderRow(Schema):
    """An order as one row of a table."""

    id = fields.UUID()
    order_ref = fields.String()
    status = fields.String()
    channel = fields.String(allow_none=True)
    customer_ref = fields.String(allow_none=True)
    priority = fields.Integer()
    reservation_id = fields.UUID(attribute="hold_id", allow_none=True)
    requested_by = fields.Date(allow_none=True)
    promised_by = fields.Date(allow_none=True)
    awaiting = fields.Boolean()
    placed_at = fields.AwareDateTime(format="iso")
    cancelled_at = fields.AwareDateTime(format="iso", allow_none=True)
    cost = fields.Nested(CostOut)


class OrderOut(OrderRow):
    """An order as it stands."""

    destination = fields.Dict()
    lines = fields.List(fields.Nested(OrderLineOut))
    shipments = fields.List(fields.Nested(OrderShipmentOut))
