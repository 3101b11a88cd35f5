"""What an import is asked and what it answers, row by row."""

from collections.abc import Sequence

from marshmallow import Schema, fields
from msgspec import Struct

from fulfillment.platform.errors import FieldErrors
from fulfillment.platform.fields import flag


class DryRunQuery(Schema):
    """Whether an import writes at all."""

    dry_run = flag(
        load_default=False, metadata={"description": "Report what would happen; write nothing."}
    )


class ImportQuery(DryRunQuery):
    """How an import treats bad rows."""

    atomic = flag(
        load_default=False, metadata={"description": "One bad row refuses the whole import."}
    )


class RowErrors(Schema):
    """What is wrong with one row; rows of data count from 1."""

    row = fields.Integer(required=True)
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)


class ImportReport(Schema):
    """What became of the rows."""

    rows = fields.Integer(required=True)
    created = fields.Integer(required=True)
    updated = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    errors = fields.List(fields.Nested(RowErrors), required=True)
    dry_run = fields.Boolean(required=True)


class Refused(Struct, frozen=True):
    """One row that was not taken."""

    row: int
    errors: FieldErrors


class Report(Struct, frozen=True):
    """What became of the rows of an import."""

    rows: int
    created: int
    updated: int
    unchanged: int
    errors: Sequence[Refused]
    dry_run: bool

    @property
    def refused(self) -> int:
        """How many rows were not taken."""
        return len(self.errors)
