"""The shape of the postal codes that locate destinations."""

from typing import Any

from marshmallow import Schema, post_load

from fulfillment.network.fields import country, latitude, longitude, timezone
from fulfillment.network.models import compact
from fulfillment.platform.fields import text


class PostalCodeRow(Schema):
    """The centroid of a postal code."""

    country = country(required=True)
    postal_code = text(16, required=True)
    lat = latitude(required=True)
    lng = longitude(required=True)
    timezone = timezone(load_default=None)

    @post_load
    def as_kept(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Write the code as the table keeps it."""
        return data | {"postal_code": compact(data["postal_code"])}
