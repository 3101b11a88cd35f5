"""Shops over HTTP, for administrators."""

from typing import Any
from uuid import UUID

from fulfillment.integrations import inbox, messages, schemas, shops
from fulfillment.platform.context import Role
from fulfillment.platform.http import Room, tag
from fulfillment.platform.webhooks.subscriptions import check_target

ADMIN = frozenset({Role.ADMIN})
ONE = "/integrations/<code>"

routes = Room("integrations", __name__, "Shops that send their orders, and what is said with them")


@routes.lists("/integrations", to=ADMIN, item=schemas.ShopOut)
def list_integrations(query: dict[str, Any]) -> Any:
    """List shops by code."""
    return shops.page(**query)


@routes.reads(ONE, to=ADMIN, returns=schemas.ShopOut, live=True)
def get_integration(code: str) -> Any:
    """Read one shop, and how it has answered lately."""
    shop = shops.get(code)
    return shop, tag(shop)


@routes.writes(
    "PUT",
    ONE,
    to=ADMIN,
    body=schemas.ShopIn,
    returns=schemas.ShopOut,
    solve=check_target,
    current=shops.find_locked,
)
@routes.alt_response(201, schema=schemas.ShopOut)
def put_integration(values: dict[str, Any], _checked: None, code: str) -> Any:
    """Create a shop, or replace it as a whole but for the secrets that are not given."""
    shop, created = shops.put(code, values)
    return shop, 201 if created else 200, tag(shop)


@routes.writes("DELETE", ONE, to=ADMIN, status=204, current=shops.get_locked)
def delete_integration(code: str) -> None:
    """End a shop: its messages go with it, the orders that it sent stay."""
    shops.remove(code)


@routes.lists(f"{ONE}/messages", to=ADMIN, query=schemas.MessageQuery, item=schemas.MessageOut)
def list_integration_messages(query: dict[str, Any], code: str) -> Any:
    """List what was said with a shop, oldest first: `status=refused` is what needs a look."""
    return messages.page(shops.get(code).code, query)


@routes.writes(
    "POST", f"{ONE}/messages/<uuid:message_id>/retry", to=ADMIN, returns=schemas.MessageOut
)
def retry_integration_message(code: str, message_id: UUID) -> Any:
    """Work once more on a message that was refused."""
    return inbox.retry(code, message_id)
