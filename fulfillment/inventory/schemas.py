"""Shapes of the inventory API."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_dump, post_load, validate

from fulfillment.catalog.schemas import scanned
from fulfillment.inventory import plain
from fulfillment.inventory.entries import LARGEST, Entry
from fulfillment.inventory.models import Kind
from fulfillment.platform.bodies import flattened
from fulfillment.platform.errors import Invalid
from fulfillment.platform.fields import code, flag, moment, sku, text, units
from fulfillment.platform.pages import PageQuery

MOST_ROWS = 10_000


class MovementIn(Schema):
    """One movement; the kind gives the sign, `adjustment` alone is signed, `count` is absolute."""

    kind = fields.Enum(Kind, by_value=True, required=True)
    sku = sku(required=True)
    facility = code(required=True)
    quantity = units(-LARGEST, required=True)
    reason = text(allow_none=True)
    reference = text(allow_none=True)
    occurred_at = moment(allow_none=True)
    expected_on_hand = units(-LARGEST, allow_none=True)
    force = flag(metadata={"description": "Admin only, with a reason."})
    reverses = fields.UUID(
        allow_none=True, metadata={"description": "The movement that this one takes back."}
    )

    @post_load
    def make_entry(self, data: dict[str, Any], **_: Any) -> Entry:
        return Entry(**data)


class Rows(fields.List[Any]):
    """Rows that are judged one by one when the request says that it is not atomic.

    Most rows are plain: those are read at once, and the schema judges the others.
    """

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> list[Any]:
        if not isinstance(value, list):
            return super()._deserialize(value, attr, data, **kwargs)
        read = [plain.read_entry(part) for part in value]
        if (data or {}).get("atomic") is False:
            return [row or self.row(part, kwargs) for row, part in zip(read, value, strict=True)]
        return read if all(read) else super()._deserialize(value, attr, data, **kwargs)

    def row(self, part: Any, kwargs: dict[str, Any]) -> Any:
        try:
            return self.inner.deserialize(part, **kwargs)
        except ValidationError as error:
            return Invalid(flattened(error.messages))


class MovementsIn(Schema):
    """Many movements: all or none, or, with `atomic` false, each by itself."""

    atomic = flag(load_default=True)
    dry_run = flag(load_default=False)
    movements = Rows(
        fields.Nested(MovementIn), required=True, validate=validate.Length(1, MOST_ROWS)
    )


class MovementOut(Schema):
    """A line of the ledger."""

    id = fields.UUID()
    kind = fields.String()
    sku = fields.String()
    facility = fields.String()
    quantity = fields.Integer(metadata={"description": "Change of on hand, signed."})
    unavailable = fields.Integer(metadata={"description": "Change of unavailable, signed."})
    balance_after = fields.Integer(metadata={"description": "On hand after it."})
    entry = fields.Integer(metadata={"description": "Number within its stock level."})
    actor = fields.String()
    cause = fields.String()
    cause_id = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    reference = fields.String(allow_none=True)
    forced = fields.Boolean()
    reverses = fields.UUID(allow_none=True)
    occurred_at = fields.AwareDateTime(format="iso")
    recorded_at = fields.AwareDateTime(format="iso")


class AtRiskOut(Schema):
    """A promise that has no stock any more."""

    owner = fields.String(attribute="owner_kind")
    id = fields.UUID(attribute="owner_id")
    reference = fields.String()
    sku = fields.String()
    facility = fields.String()
    quantity = fields.Integer()


class MovementResult(MovementOut):
    """What became of one row: posted, or refused with a problem."""

    status = fields.String()
    at_risk = fields.List(fields.Nested(AtRiskOut))
    problem = fields.Dict()

    @post_dump
    def drop_absent(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if value is not None}


class Results(fields.List[Any]):
    """Results as `MovementResult` has them, told at once: field by field takes far longer."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> list[Any]:
        return [plain.written(row, NESTED) for row in value]


NESTED: Mapping[str, Schema] = {"at_risk": AtRiskOut(many=True)}


class MovementsOut(Schema):
    """What became of the rows, in their order."""

    dry_run = fields.Boolean()
    movements = Results(fields.Nested(MovementResult))


class ScanIn(Schema):
    """A scan, and what happened to what was scanned."""

    facility = code(required=True)
    kind = fields.Enum(Kind, by_value=True, required=True)
    code = scanned(required=True)
    quantity = units(
        -LARGEST,
        allow_none=True,
        metadata={"description": "Default: the code's own count, AI 30 or 37, else 1."},
    )
    dry_run = flag(load_default=False)
    reason = text(allow_none=True)
    reference = text(
        allow_none=True, metadata={"description": "Default: the GS1 element string scanned."}
    )
    occurred_at = moment(allow_none=True)
    expected_on_hand = units(-LARGEST, allow_none=True)
    force = flag(metadata={"description": "Admin only, with a reason."})


class ScanOut(Schema):
    """What the code was read as, and the movement."""

    sku = fields.String()
    read_as = fields.String()
    elements = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={"description": "The values of a GS1 element string, by application identifier."},
    )
    movement = fields.Nested(MovementResult)


class MovementQuery(PageQuery):
    """Which lines of the ledger."""

    sku = sku()
    facility = code()
    since = moment(data_key="from")
    until = moment(data_key="to")


class StockOut(Schema):
    """The quantities of one SKU in one facility."""

    sku = fields.String()
    facility = fields.String()
    on_hand = fields.Integer()
    unavailable = fields.Integer()
    reserved = fields.Integer()
    safety_stock = fields.Integer()
    incoming = fields.Integer()
    available = fields.Integer()
    promisable = fields.Integer()
    at_risk = fields.Integer()


class StockQuery(PageQuery):
    """Which stock levels."""

    sku = sku()
    facility = code()


class StockIn(Schema):
    """What a planner sets of a stock level; everything else follows from movements."""

    safety_stock = units(0, required=True)
