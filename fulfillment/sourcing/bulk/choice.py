"""The choice for each of many carts, by what is on the shelves when its turn comes."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from fulfillment.platform.errors import Invalid
from fulfillment.sourcing.bulk.state import State
from fulfillment.sourcing.bulk.wishes import Wish
from fulfillment.sourcing.checkout import texts
from fulfillment.sourcing.checkout.choice import choose
from fulfillment.sourcing.plans import Plan
from fulfillment.sourcing.pricing import with_prices
from fulfillment.sourcing.question import Question


class Choice(NamedTuple):
    """What a cart gets: the plan, as it is told and as text that is kept."""

    plan: Plan
    document: Mapping[str, Any]
    kept: str


def chosen(wish: Wish, state: State) -> Choice:
    """Return the best plan for a cart.

    Raises:
        Invalid: a SKU is unknown.
        InsufficientStock: some SKU is short.
        NoPlan: no plan is within the limits of request and facilities.
    """
    ask, body = wish.ask, wish.body
    check_known(wish, state)
    question = Question(ask, state.goods, state.snapshot(ask.lines), state.strategy)
    plan, candidates = choose(with_prices(question, state.published))
    document = plan.document()
    return Choice(plan, document, texts.kept(document, body, candidates))


def check_known(wish: Wish, state: State) -> None:
    skus = enumerate(wish.ask.lines)
    errors = {f"lines.{n}.sku": ["Unknown SKU."] for n, sku in skus if sku not in state.goods}
    if errors:
        raise Invalid(errors)
