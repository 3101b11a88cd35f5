"""The shapes of counts over HTTP."""

from marshmallow import Schema, fields

from fulfillment.inventory.counting.models import Status
from fulfillment.inventory.schemas import AtRiskOut, MovementOut
from fulfillment.platform.fields import LARGEST, code, flag, moment, sku, text, units
from fulfillment.platform.money import Amount, Currency
from fulfillment.platform.pages import PageQuery


class ShowBookQuery(Schema):
    """Whether a counter sees what the record says."""

    show_book = flag(
        load_default=False,
        metadata={
            "description": "Tell `on_hand`. By default counts are blind: who knows it finds it."
        },
    )


class CountQuery(PageQuery, ShowBookQuery):
    """Which counts; by default those that are to be done."""

    facility = code()
    sku = sku()
    status = fields.Enum(Status, by_value=True, load_default=Status.OPEN)


class CountIn(Schema):
    """What somebody wants to have counted, and why."""

    sku = sku(required=True)
    facility = code(required=True)
    reason = text(required=True)


class CountResultIn(Schema):
    """What was found."""

    quantity = units(
        0,
        required=True,
        metadata={
            "description": "All units in the facility: unavailable ones too, and those that are"
            " picked or packed and have not left."
        },
    )
    expected_on_hand = units(
        -LARGEST,
        load_default=None,
        allow_none=True,
        metadata={"description": "What the counter was told; 409 where the record has changed."},
    )
    counted_by = text(
        load_default=None,
        allow_none=True,
        metadata={"description": "Who counted, where many share a key; default: the key."},
    )
    note = text(load_default=None, allow_none=True)


class CountSkipIn(Schema):
    """Why nobody will count."""

    reason = text(required=True)


class ReasonOut(Schema):
    """Why somebody should count."""

    kind = fields.String()
    detail = fields.String()
    points = fields.Float()


class CountShown(Schema):
    """A count, as a list has it."""

    id = fields.UUID()
    sku = fields.String()
    facility = fields.String()
    status = fields.String()
    abc_class = fields.String(
        metadata={"description": "A, B or C by what its usage is worth here; - is not known yet."}
    )
    score = fields.Float(metadata={"description": "How urgent it is; the highest comes first."})
    recount = fields.Boolean(
        metadata={"description": "A first result was far off, so somebody else must count."}
    )
    planned_for = fields.Date(
        allow_none=True, metadata={"description": "The day whose plan it is of; null: asked for."}
    )
    actor = fields.String()
    created_at = fields.AwareDateTime(format="iso")
    on_hand = fields.Integer(metadata={"description": "With `show_book` only."})
    first_quantity = fields.Integer(
        allow_none=True,
        metadata={"description": "What the first of two found; once it is done, or `show_book`."},
    )
    first_counted_by = fields.String(allow_none=True)
    expected = fields.Integer(
        allow_none=True, metadata={"description": "On hand by the record when it was posted."}
    )
    quantity = fields.Integer(allow_none=True)
    difference = fields.Integer(allow_none=True)
    counted_by = fields.String(allow_none=True)
    note = fields.String(allow_none=True)
    closed_by = fields.String(allow_none=True)
    closed_at = fields.AwareDateTime(format="iso", allow_none=True)


class CountRow(CountShown):
    """A count as one row of a table."""

    reasons = fields.List(fields.Pluck(ReasonOut, "detail"))


class CountOut(CountShown):
    """A count with its reasons."""

    reasons = fields.List(fields.Nested(ReasonOut))


class CountResultOut(CountOut):
    """A count that was done, with its line of the ledger; none: somebody else must count again."""

    movement = fields.Nested(MovementOut, allow_none=True)
    at_risk = fields.List(
        fields.Nested(AtRiskOut),
        metadata={"description": "Promises that the shelf does not cover any more."},
    )


class AccuracyQuery(PageQuery):
    """Of which counts."""

    facility = code()
    since = moment(data_key="from", metadata={"description": "Default: 90 days before the end."})
    until = moment(data_key="to", metadata={"description": "Default: no end."})


class AccuracyOut(Schema):
    """How right the records of one facility and class were."""

    facility = fields.String()
    abc_class = fields.String()
    counts = fields.Integer()
    exact = fields.Integer(metadata={"description": "Counts that found what was on record."})
    record_accuracy = fields.Float(metadata={"description": "exact / counts"})
    units_expected = fields.Integer()
    units_counted = fields.Integer()
    units_right = fields.Integer(
        metadata={"description": "Units that were both on record and found."}
    )
    units_off = fields.Integer(metadata={"description": "Units found too many or too few."})
    units_net = fields.Integer(metadata={"description": "Units found less units on record."})
    unit_accuracy = fields.Float(
        metadata={"description": "units_right / (units_right + units_off)"}
    )
    value_off = Amount()
    value_net = Amount()
    currency = Currency()
