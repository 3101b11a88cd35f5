"""The shapes of demand over HTTP."""

from marshmallow import Schema, fields

from fulfillment.platform.fields import code, day
from fulfillment.platform.pages import PageQuery


class DemandDayOut(Schema):
    """Units of a SKU on one day: asked for near a facility, and shipped from it."""

    sku = fields.String()
    facility = fields.String()
    day = fields.Date()
    asked = fields.Integer()
    shipped = fields.Integer()
    censored = fields.Boolean(
        metadata={"description": "No facility had any: more may have been wanted than was asked."}
    )
    ran_out = fields.Boolean(metadata={"description": "This facility had none to ship."})
    imported = fields.Boolean()


class DemandQuery(PageQuery):
    """Which days."""

    facility = code()
    since = day(data_key="from", metadata={"description": "The first day"})
    until = day(data_key="to", metadata={"description": "The day after the last"})
