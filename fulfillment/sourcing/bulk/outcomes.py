"""Outcomes: what becomes of each of many carts, in turn, by one look at the state."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from fulfillment.inventory.holding import Holding
from fulfillment.inventory.holding_many import Earlier
from fulfillment.platform import clock, context
from fulfillment.platform.errors import Refusal
from fulfillment.platform.ids import new_id
from fulfillment.sourcing import carts
from fulfillment.sourcing.bulk import choice, state
from fulfillment.sourcing.bulk.choice import Choice
from fulfillment.sourcing.bulk.state import State
from fulfillment.sourcing.bulk.wishes import Asked, Wish


class Held(Struct, frozen=True):
    """A cart that gets what it asks for, in place of what it held before."""

    told: Mapping[str, Any]  # its plan
    hold: Holding
    earlier: Earlier | None


Outcome = Held | Refusal


def outcomes_of(asked: Sequence[Asked]) -> list[Outcome]:
    """Choose for each cart in turn from what those before it leave; nothing is written."""
    wishes = [wish for wish in asked if isinstance(wish, Wish)]
    if not wishes:
        return [one for one in asked if isinstance(one, Refusal)]
    skus = {sku for wish in wishes for sku in wish.ask.lines}
    now = state.read([wish.cart_ref for wish in wishes], skus, clock.now())
    return [one if isinstance(one, Refusal) else outcome_of(one, now) for one in asked]


def outcome_of(wish: Wish, now: State) -> Outcome:
    """Choose for a cart, to which its own units are free, and take them off the shelves."""
    earlier = now.earlier.get(wish.cart_ref)
    lives = earlier is not None and not earlier.is_dead
    own = earlier.parts if earlier and lives else ()
    now.shelves.give(own)
    try:
        best = choice.chosen(wish, now)
        held = Held(best.document, hold_of(wish, best, now), earlier)
    except Refusal as refusal:
        now.shelves.take(own)
        return refusal
    now.shelves.take(held.hold.parts)
    return in_place(held) if lives else held


def hold_of(wish: Wish, best: Choice, now: State) -> Holding:
    """Return the hold by which a cart is promised what was chosen."""
    return Holding(
        id=new_id(),
        cart_ref=wish.cart_ref,
        parts=best.plan.parts(),
        plan=best.kept,
        actor=context.actor.get().name,
        created_at=now.moment,
        expires_at=now.moment + carts.time_to_live(wish.body.get("ttl_seconds")),
    )


def in_place(held: Held) -> Held:
    """Return it as the hold that the cart has already, which keeps its name and its age."""
    hold, earlier = held.hold, held.earlier
    assert earlier is not None
    # When it was sourced, since that is not when the hold was made.
    kept = f'{{"sourced_at":"{hold.created_at.isoformat()}",{hold.plan[1:]}'
    return replace(held, hold=replace(hold, id=earlier.id, plan=kept))
