"""The shapes of forecasts over HTTP."""

from marshmallow import Schema, fields

from fulfillment.platform.fields import code, sku
from fulfillment.platform.pages import PageQuery


class ForecastRow(Schema):
    """What a facility's customers will ask of a SKU."""

    sku = fields.String()
    facility = fields.String()
    as_of = fields.Date(metadata={"description": "The last day of demand that it knows of"})
    pattern = fields.String(
        metadata={"description": "smooth, erratic, intermittent, lumpy, or none without demand"}
    )
    model = fields.String()
    per_day = fields.Float(metadata={"description": "Mean units a day"})
    lead_weeks = fields.Integer(metadata={"description": "Weeks that the quantiles are of"})
    deviation = fields.Float(
        metadata={"description": "Standard deviation of the demand over those weeks"}
    )
    mase = fields.Float(
        allow_none=True,
        metadata={"description": "Its one-step error over that of the naive forecast, of late"},
    )
    weeks_known = fields.Integer()
    borrowed = fields.Boolean(
        metadata={"description": "Too young for a forecast of its own: mixed with its class"}
    )
    run_id = fields.UUID()


class ForecastOut(ForecastRow):
    """A forecast with its quantiles."""

    quantiles = fields.List(
        fields.List(fields.Float()),
        metadata={"description": "(probability, units over the lead weeks that it covers)"},
    )


class ForecastQuery(PageQuery):
    """Which forecasts."""

    sku = sku()
    facility = code()


class ForecastRunRow(Schema):
    """A run as one row of a table."""

    id = fields.UUID()
    as_of = fields.Date()
    weeks = fields.Integer()
    series = fields.Integer()
    actor = fields.String()
    finished_at = fields.AwareDateTime(format="iso")


class ForecastRunOut(ForecastRunRow):
    """A run, and how its models did: the chosen ones beside all others, by kind of demand."""

    accuracy = fields.List(fields.Dict())
    seconds = fields.Dict(keys=fields.String(), values=fields.Float())
