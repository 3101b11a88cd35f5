"""Wishes: what each of many carts asks for, or what is wrong with it."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from fulfillment.platform.errors import Invalid, Refusal
from fulfillment.sourcing import carts
from fulfillment.sourcing.bulk.schemas import Row
from fulfillment.sourcing.question import Ask


class Wish(Struct, frozen=True):
    """A cart whose body is in order."""

    body: Mapping[str, Any]
    ask: Ask

    @property
    def cart_ref(self) -> str:
        """The caller's name for the cart."""
        name: str = self.body["cart_ref"]
        return name


Asked = Wish | Refusal


def wishes_of(rows: Sequence[Row]) -> list[Asked]:
    """Return what each row asks for; a cart that the call has named before is refused."""
    asked = [asked_by(row) for row in rows]
    first: dict[str, int] = {}
    for number, wish in enumerate(asked):
        if isinstance(wish, Wish) and first.setdefault(wish.cart_ref, number) != number:
            told = f"This call has named the cart before, at reservations.{first[wish.cart_ref]}."
            asked[number] = Invalid({"cart_ref": [told]})
    return asked


def asked_by(row: Row) -> Asked:
    if isinstance(row.body, Refusal):
        return row.body
    try:
        return Wish(row.body, carts.ask_of(row.body))
    except Refusal as refusal:
        return refusal
