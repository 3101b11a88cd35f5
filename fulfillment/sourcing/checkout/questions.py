"""A cart's question, from what was read of it and what is kept in memory."""

from collections import Counter
from datetime import datetime

from fulfillment.platform.direct import Line
from fulfillment.sourcing.checkout import state
from fulfillment.sourcing.checkout.state import State
from fulfillment.sourcing.checkout.worlds import World
from fulfillment.sourcing.pricing import Published, with_prices
from fulfillment.sourcing.question import Ask, Question, Snapshot


def question_of(to: Line, ask: Ask, found: State, world: World, now: datetime) -> Question:
    """Return an ask with its state; one more read where facilities are limited."""
    booked = state.booked(to, world.limited, now) if world.limited else Counter()
    snapshot = Snapshot(now, world.sites, found.promisable, booked, world.rates)
    question = Question(ask, found.goods, snapshot, ask.strategy or world.strategy)
    return with_prices(question, Published(world.sources, found.outlooks))
