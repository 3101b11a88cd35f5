"""Reserve a cart by one statement, or one read and one; None where the ordinary path must do it."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from msgspec import Struct

from fulfillment.inventory import holding_postgresql, holding_sqlite
from fulfillment.inventory.holding import Condition, Holding, Kept
from fulfillment.platform import access, clock, direct, keys
from fulfillment.platform.bodies import parse_json
from fulfillment.platform.context import Actor, Role
from fulfillment.platform.convoys import Convoys
from fulfillment.platform.db import db
from fulfillment.platform.direct import Line
from fulfillment.platform.errors import Refusal
from fulfillment.platform.fast_json import encoded
from fulfillment.platform.ids import new_id
from fulfillment.platform.shortcuts import Answer, Call
from fulfillment.sourcing import carts
from fulfillment.sourcing.checkout import bodies, memory, state, texts, worlds
from fulfillment.sourcing.checkout.choice import Chosen, choose, plain_choice
from fulfillment.sourcing.checkout.questions import question_of
from fulfillment.sourcing.checkout.state import Asked
from fulfillment.sourcing.plans import Plan
from fulfillment.sourcing.question import Ask, Question

CREATED = 201

Body = dict[str, Any]
Choice = Callable[[Question], Chosen | None]

# SQLite has one writer at a time: those who wait for it share a transaction, and the wait for the
# disk. Nobody searches meanwhile.
company = Convoys()


class Cart(Struct, frozen=True):
    """A cart to be reserved, and by whom."""

    call: Call
    body: Body
    actor: Actor
    asked: Asked
    ask: Ask
    at: datetime


def reserve(call: Call, roles: frozenset[Role]) -> Answer | None:
    """Answer a call if it is an ordinary one, of a caller of these roles."""
    # What is refused here is refused again by the ordinary path, or passes by then.
    with suppress(Refusal, *direct.errors()):
        digest = keys.digest_of(call.secret)
        actor = keys.find_seen(digest)
        if actor is None or not access.may(actor, roles):
            return None
        body = bodies.plain(parse_json(call.body))
        return reserved(call, actor, digest, body) if body else None
    return None


def reserved(call: Call, actor: Actor, digest: str, body: Body) -> Answer | None:
    now, ask = clock.now(), carts.ask_of(body)
    asked = Asked(digest, actor.name, call.key, body["cart_ref"], ask.lines)
    cart = Cart(call, body, actor, asked, ask, now)
    answer = in_company(cart) or alone(cart)
    if answer:
        access.admit(actor, call.environ)
    return answer


def in_company(cart: Cart) -> Answer | None:
    """Reserve with the others that wait for SQLite's one writer."""
    if db.engine.dialect.name != direct.SQLITE:
        return None
    answer: Answer | None = company.travel(db.engine, cart, together)
    return answer


def together(them: Sequence[Cart]) -> list[Answer | None]:
    """Reserve carts in one transaction of SQLite, as far as their choices are quick."""
    with direct.line() as to, direct.all_or_nothing(to):
        return [by_a_quick_look(to, cart) for cart in them]


def by_a_quick_look(to: Line, cart: Cart) -> Answer | None:
    with suppress(Refusal):
        return by_a_look(to, cart, plain_choice)
    return None


def alone(cart: Cart) -> Answer | None:
    with direct.line() as to:
        return by_memory(to, cart) or by_a_look(to, cart, choose)


def by_memory(to: Line, cart: Cart) -> Answer | None:
    """Choose by what was seen last, if the statement that writes the hold finds it unchanged."""
    known = memory.recall(to, cart.ask.lines)
    if known is None:
        return None
    chosen = plain_choice(question_of(to, cart.ask, known.state, known.world, cart.at))
    condition = memory.unchanged(known.state, cart.asked, cart.ask.lines, cart.at)
    return written(to, cart, chosen, condition) if chosen else None


def by_a_look(to: Line, cart: Cart, choice: Choice) -> Answer | None:
    """Choose by the state of this moment."""
    found = state.read(to, cart.asked, cart.at)
    if not found.is_live or found.unusual or found.goods.keys() != cart.ask.lines.keys():
        return None
    world = worlds.known(to.engine, found) or worlds.read(to.engine, found)
    memory.keep(to, found)
    chosen = choice(question_of(to, cart.ask, found, world, cart.at))
    return written(to, cart, chosen) if chosen else None


def written(
    to: Line, cart: Cart, chosen: Chosen, condition: Condition | None = None
) -> Answer | None:
    """Hold what was chosen and return the answer; None when its stock is gone."""
    access.count(cart.actor, cart.call.environ)  # maybe for another thread, with its own log
    document = chosen.plan.document()
    hold = held(cart, chosen.plan, texts.kept(document, cart.body, chosen.candidates))
    headers = {"Content-Type": "application/json", "Location": f"/v1/reservations/{hold.id}"}
    body, key = texts.told(document, hold), cart.call.key
    kept = Kept(key, cart.call.fingerprint, CREATED, encoded(headers), body) if key else None
    if to.is_postgresql:
        done = holding_postgresql.write(to, hold, kept, condition)
    else:
        done = holding_sqlite.write(to, hold, kept)
    if not done:
        return None
    memory.take(to, hold.parts)
    return Answer(CREATED, headers, body)


def held(cart: Cart, plan: Plan, kept: str) -> Holding:
    return Holding(
        id=new_id(),
        cart_ref=cart.body["cart_ref"],
        parts=plan.parts(),
        plan=kept,
        actor=cart.actor.name,
        created_at=cart.at,
        expires_at=cart.at + carts.time_to_live(cart.body.get("ttl_seconds")),
    )
