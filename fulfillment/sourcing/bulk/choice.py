"""The choice for each of many carts, by what is on the shelves when its turn comes."""

from dataclasses import replace

from fulfillment.platform.errors import Invalid
from fulfillment.sourcing import service
from fulfillment.sourcing.bulk.state import State
from fulfillment.sourcing.bulk.wishes import Wish
from fulfillment.sourcing.checkout import texts
from fulfillment.sourcing.checkout.choice import plain_choice
from fulfillment.sourcing.plans import Plan
from fulfillment.sourcing.pricing import prices_for
from fulfillment.sourcing.question import Question


def chosen(wish: Wish, state: State) -> tuple[Plan, str]:
    """Return the best plan for a cart, and what is kept of it.

    Raises:
        Invalid: a SKU is unknown.
        InsufficientStock: some SKU is short.
        NoPlan: no plan is within the limits of request and facilities.
    """
    ask, body = wish.ask, wish.body
    check_known(wish, state)
    question = Question(ask, state.goods, state.snapshot(ask.lines), state.strategy)
    question = replace(question, prices=prices_for(question, state.published))
    plan = plain_choice(question)
    if plan:
        return plan, texts.kept(plan, body, texts.candidates(question, plan))
    plan = service.best_plan(question)
    return plan, texts.kept(plan, body)


def check_known(wish: Wish, state: State) -> None:
    skus = enumerate(wish.ask.lines)
    errors = {f"lines.{n}.sku": ["Unknown SKU."] for n, sku in skus if sku not in state.goods}
    if errors:
        raise Invalid(errors)
