"""The shapes of manifests over HTTP."""

from marshmallow import Schema, fields, validate

from fulfillment.platform.fields import code
from fulfillment.platform.pages import PageQuery

MOST_PACKAGES = 10_000


class ManifestIn(Schema):
    """Whose handover to whom is closed."""

    facility = code(required=True)
    carrier = code(required=True)


class ManifestHandoverIn(Schema):
    """Which packages were taken; by default all that stand ready."""

    ssccs = fields.List(
        fields.String(validate=validate.Regexp(r"^[0-9]{18}\Z", error="Must be 18 digits.")),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=MOST_PACKAGES),
    )


class ManifestLineOut(Schema):
    """One package of a manifest."""

    sscc = fields.String(required=True)
    shipment_id = fields.UUID(required=True)
    order_ref = fields.String(required=True)
    service = fields.String(required=True, allow_none=True)
    weight_g = fields.Integer(required=True, allow_none=True)
    postal_code = fields.String(required=True, allow_none=True)
    country = fields.String(required=True, allow_none=True)
    taken = fields.Boolean(required=True)


class ManifestRow(Schema):
    """A manifest without its packages."""

    id = fields.UUID(required=True)
    facility = fields.String(required=True)
    carrier = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(["closed", "handed_over"]))
    shipments = fields.Integer(required=True)
    packages = fields.Integer(required=True)
    weight_g = fields.Integer(required=True)
    actor = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True, format="iso")
    handed_over_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class ManifestOut(ManifestRow):
    """A manifest, package by package."""

    lines = fields.List(fields.Nested(ManifestLineOut), required=True)


class ManifestQuery(PageQuery):
    """Which manifests."""

    facility = code()
    carrier = code()
