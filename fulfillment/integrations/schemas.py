"""The shapes of shops over HTTP."""

from marshmallow import Schema, fields, validate

from fulfillment.integrations.models import IN, OUT, ShopKind, Status
from fulfillment.platform.fields import code, flag, text
from fulfillment.platform.pages import PageQuery
from fulfillment.platform.tags import all_different

MOST_SECRETS = 5
MOST_FACILITIES = 1_000


class ShopIn(Schema):
    """A shop, and how we speak with it."""

    kind = fields.Enum(ShopKind, by_value=True, required=True)
    url = text(
        500,
        required=True,
        metadata={"description": "Where its API begins: https://example.myshopify.com"},
    )
    token = text(
        500,
        allow_none=True,
        load_only=True,
        metadata={
            "description": "Shopify: the access token. WooCommerce: `consumer_key:consumer_secret`."
            " Never shown; stays as it is where it is not given."
        },
    )
    secrets = fields.List(
        text(500),
        load_only=True,
        validate=(validate.Length(1, MOST_SECRETS), all_different),
        metadata={
            "description": "What it signs by: any of them counts, so that one can take the place"
            " of another. Never shown; stay as they are where they are not given."
        },
    )
    channel = text(64, load_default=None, allow_none=True)
    locations = fields.Dict(
        keys=text(64),
        values=fields.List(code(), validate=validate.Length(1, MOST_FACILITIES)),
        load_default=dict,
        metadata={"description": "The facilities behind each of the shop's location ids."},
    )
    unsigned_reads = flag(
        load_default=False,
        metadata={"description": "Answer questions for stock and numbers that are not signed."},
    )
    active = flag(
        load_default=True,
        metadata={"description": "While it is not, messages are kept and nothing is done."},
    )


class ShopRow(ShopIn):
    """A shop with its code."""

    code = code(required=True)


class ShopOut(Schema):
    """A shop; its secrets and its token are never shown."""

    code = fields.String(required=True)
    kind = fields.String(required=True)
    url = fields.String(required=True)
    channel = fields.String(required=True, allow_none=True)
    locations = fields.Dict(
        keys=fields.String(), values=fields.List(fields.String()), required=True
    )
    unsigned_reads = fields.Boolean(required=True)
    active = fields.Boolean(required=True)
    failures = fields.Integer(
        required=True, metadata={"description": "Tries that failed, in a row."}
    )
    problem = fields.String(
        required=True, allow_none=True, metadata={"description": "Of the last try that failed."}
    )
    created_at = fields.AwareDateTime(required=True, format="iso")
    updated_at = fields.AwareDateTime(required=True, format="iso")
    version = fields.Integer(required=True)


class MessageOut(Schema):
    """What a shop told us, or we tell it, and what became of that."""

    id = fields.UUID(required=True)
    direction = fields.String(required=True, validate=validate.OneOf([IN, OUT]))
    topic = fields.String(required=True)
    subject = fields.String(required=True, metadata={"description": "The shop's id of the order."})
    status = fields.String(required=True, validate=validate.OneOf([str(s) for s in Status]))
    problem = fields.String(required=True, allow_none=True)
    attempts = fields.Integer(required=True)
    body = fields.Dict(required=True)
    created_at = fields.AwareDateTime(required=True, format="iso")
    next_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    finished_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class MessageQuery(PageQuery):
    """Which messages."""

    status = fields.Enum(Status, by_value=True)
    direction = fields.String(validate=validate.OneOf([IN, OUT]))
    subject = text()
