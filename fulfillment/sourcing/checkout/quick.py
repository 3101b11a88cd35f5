"""Reserve a cart by a look and a write, or by the write alone; None goes the ordinary path."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from msgspec import Struct

from fulfillment.inventory import holding_postgresql, holding_sqlite
from fulfillment.inventory.holding import Condition, Holding, Kept, Work
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
# disk. Nobody waits for another's search.
company = Convoys()


class Cart(Struct, frozen=True):
    """A cart to be reserved, and by whom."""

    call: Call
    body: Body
    actor: Actor
    asked: Asked
    ask: Ask
    at: datetime


class Draft(NamedTuple):
    """A hold that only has to be written, and what its caller is told then."""

    work: Work
    answer: Answer


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
        # It is counted by now, maybe in another thread; that has a log of its own.
        access.admit(actor, call.environ)
    return answer


def in_company(cart: Cart) -> Answer | None:
    """Reserve with the others that wait for SQLite's one writer."""
    if db.engine.dialect.name != direct.SQLITE:
        return None
    answer: Answer | None = company.travel(db.engine, cart, reserve_all)
    return answer


def reserve_all(them: Sequence[Cart]) -> list[Answer | None]:
    """Reserve carts in one transaction of SQLite, as far as they are quickly chosen for."""
    with direct.line() as to:
        drafts = [draft_by_a_quick_look(to, cart) for cart in them]
        work = [draft.work for draft in drafts if draft]
        done = iter(holding_sqlite.write(to, work) if work else ())
        return [draft.answer if draft and next(done) else None for draft in drafts]


def draft_by_a_quick_look(to: Line, cart: Cart) -> Draft | None:
    # What fails here fails again alone, and is told of in its own log.
    with suppress(Exception):
        return draft_by_a_look(to, cart, plain_choice)
    return None


def alone(cart: Cart) -> Answer | None:
    with direct.line() as to:
        return by_memory(to, cart) or by_a_look(to, cart)


def by_memory(to: Line, cart: Cart) -> Answer | None:
    """Choose by what was seen last, if the statement that writes the hold finds it unchanged."""
    known = memory.recall(to, cart.ask.lines)
    if known is None:
        return None
    chosen = plain_choice(question_of(to, cart.ask, known.state, known.world, cart.at))
    if chosen is None:
        return None
    access.count(cart.actor, cart.call.environ)
    condition = memory.unchanged(known.state, cart.asked, cart.ask.lines, cart.at)
    return written(to, drafted(cart, chosen), condition)


def by_a_look(to: Line, cart: Cart) -> Answer | None:
    draft = draft_by_a_look(to, cart, choose)
    return written(to, draft) if draft else None


def draft_by_a_look(to: Line, cart: Cart, choice: Choice) -> Draft | None:
    """Choose by the state of this moment."""
    found = state.read(to, cart.asked, cart.at)
    if not found.is_live or found.unusual or found.goods.keys() != cart.ask.lines.keys():
        return None
    access.count(cart.actor, cart.call.environ)
    world = worlds.known(to.engine, found) or worlds.read(to.engine, found)
    memory.keep(to, found)
    chosen = choice(question_of(to, cart.ask, found, world, cart.at))
    return drafted(cart, chosen) if chosen else None


def drafted(cart: Cart, chosen: Chosen) -> Draft:
    document = chosen.plan.document()
    hold = held(cart, chosen.plan, texts.kept(document, cart.body, chosen.candidates))
    headers = {"Content-Type": "application/json", "Location": f"/v1/reservations/{hold.id}"}
    body, key = texts.told(document, hold), cart.call.key
    kept = Kept(key, cart.call.fingerprint, CREATED, encoded(headers), body) if key else None
    return Draft((hold, kept), Answer(CREATED, headers, body))


def written(to: Line, draft: Draft, condition: Condition | None = None) -> Answer | None:
    """Hold what was chosen and return the answer; None when its stock is gone."""
    if to.is_postgresql:
        done = holding_postgresql.write(to, *draft.work, condition)
    else:
        (done,) = holding_sqlite.write(to, [draft.work])
    if not done:
        return None
    hold, _ = draft.work
    memory.take(to, hold.parts)
    return draft.answer


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
