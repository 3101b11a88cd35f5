"""Shapes of the carts that one call reserves; each is judged by itself."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from marshmallow import Schema, ValidationError, fields, validate

from fulfillment.platform.bodies import flattened
from fulfillment.platform.errors import Invalid, Refusal
from fulfillment.sourcing.checkout.bodies import plain
from fulfillment.sourcing.schemas import ReservationIn, ReservationOut

MOST_CARTS = 1_000


class Row(NamedTuple):
    """A cart as it was sent: its name as far as it has one, and its body or what is wrong in it."""

    cart_ref: str | None
    body: dict[str, Any] | Refusal


class Rows(fields.List[Any]):
    """Carts: most bodies are plain and read at once, the schema judges the others one by one."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> list[Any]:
        if not isinstance(value, list):
            return super()._deserialize(value, attr, data, **kwargs)
        if len(value) > MOST_CARTS:  # before they are read
            raise ValidationError(f"Longer than maximum length {MOST_CARTS}.")
        return [Row(name_of(part), plain(part) or self.row(part, kwargs)) for part in value]

    def row(self, part: Any, kwargs: dict[str, Any]) -> Any:
        try:
            return self.inner.deserialize(part, **kwargs)
        except ValidationError as error:
            return Invalid(flattened(error.messages))


def name_of(part: Any) -> str | None:
    name = part.get("cart_ref") if isinstance(part, dict) else None
    return name if isinstance(name, str) else None


class CartsIn(Schema):
    """Many carts to source and hold, in this order; each stands once."""

    reservations = Rows(
        fields.Nested(ReservationIn), required=True, validate=validate.Length(1, MOST_CARTS)
    )


class CartOut(ReservationOut):
    """What became of a cart: held, with its reservation, or refused with a problem."""

    cart_ref = fields.String(allow_none=True)
    status = fields.String(validate=validate.OneOf(["held", "refused"]))
    problem = fields.Dict(metadata={"description": "As the cart by itself would be answered"})


class CartsOut(Schema):
    """What became of the carts, in their order."""

    reservations = fields.List(fields.Nested(CartOut))
