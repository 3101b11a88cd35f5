"""Shapes of the API of shipping strategies."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates

from fulfillment.platform.fields import LARGEST, code
from fulfillment.sourcing.strategies.documents import StrategyDocument

# GET /v1/strategies/active answers the one in force.
ACTIVE = "active"


class StrategyKey(Schema):
    """The name of a strategy."""

    name = code(required=True)

    @validates("name")
    def is_free(self, value: str, **_: Any) -> None:
        if value == ACTIVE:
            raise ValidationError("Is the name of the strategy in force, whichever that is.")


class ActivateIn(Schema):
    """Which version is to be in force."""

    version = fields.Integer(
        strict=True,
        validate=validate.Range(0, LARGEST),
        load_default=None,
        allow_none=True,
        metadata={"description": "null: the latest. An earlier one rolls back."},
    )


class VersionQuery(Schema):
    """Which version."""

    version = fields.Integer(
        strict=True,
        validate=validate.Range(0, LARGEST),
        load_default=None,
        metadata={"description": "Default: the latest."},
    )


class VersionOut(Schema):
    """A version of a strategy: who wrote it when, and whether it is in force."""

    name = fields.String()
    version = fields.Integer(metadata={"description": "0: built in, made from the settings."})
    active = fields.Boolean()
    actor = fields.String(allow_none=True)
    created_at = fields.AwareDateTime(format="iso", allow_none=True)


class StrategyRow(VersionOut):
    """The latest version of a strategy, and the version of it that is in force, if any is."""

    active_version = fields.Integer(allow_none=True)


class StrategyOut(VersionOut):
    """A version of a strategy with its content, every default spelled out."""

    document = fields.Nested(StrategyDocument)
