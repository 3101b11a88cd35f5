"""What a kind of shop must be able to say and to understand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from msgspec import Struct

from fulfillment.integrations.messages import Outcome
from fulfillment.integrations.models import Message, Shop, ShopOrder


@dataclass(frozen=True)
class Request:
    """One exchange with a shop over HTTP: below its address, with its credentials."""

    path: str
    document: Mapping[str, Any]
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class Kind(Struct, frozen=True):
    """One kind of shop.

    `answer` tells the shop what became of a message that it sent: where it `hears_no`, a refused
    one is over, and it must ask again. `handed_over` tells it that a
    shipment of its order left. `request` is how a message out is said, `settle` what the answer to
    it means: None if the message takes another exchange.
    """

    answer: Callable[[Shop, Message, Outcome], None]
    handed_over: Callable[[Shop, ShopOrder, UUID], None]
    request: Callable[[Shop, Message], Request]
    settle: Callable[[Shop, Message, Any], Outcome | None]
    hears_no: bool
