"""News of a handover, told to the shop that the order came from."""

from typing import Any
from uuid import UUID

from fulfillment.integrations import shops
from fulfillment.integrations.kinds import kind_of
from fulfillment.platform.outbox import Subscriber


def tell_shop(news: dict[str, Any], _solved: Any) -> None:
    """Tell the shop, if there is one; the worker sends it."""
    known = shops.of_order(UUID(news["order_id"]))
    shop = known and shops.find(known.shop)
    if known and shop:
        kind_of(shop).handed_over(shop, known, UUID(news["shipment_id"]))


HANDOVERS = Subscriber(dict, tell_shop, at_once=False)
