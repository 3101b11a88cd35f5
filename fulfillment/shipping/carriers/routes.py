"""What carriers are asked, over HTTP."""

from typing import Any

from fulfillment.platform.http import Room
from fulfillment.shipping.carriers import requests, schemas

routes = Room("adapters", __name__, "What carriers are asked, and what they answered")


@routes.lists("/carriers/<code>/requests", query=schemas.RequestQuery, item=schemas.RequestOut)
def list_carrier_requests(query: dict[str, Any], code: str) -> Any:
    """List what a carrier was asked, oldest first."""
    return requests.page(code, query)
