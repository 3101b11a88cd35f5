"""Answer a good question by one read; None where the ordinary path must do it."""

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from fulfillment.network import destinations
from fulfillment.platform import access, clock, direct, keys
from fulfillment.platform.bodies import parse_json
from fulfillment.platform.context import Role
from fulfillment.platform.db import db
from fulfillment.platform.errors import Refusal
from fulfillment.platform.shortcuts import Answer, Call
from fulfillment.sourcing import carts, service
from fulfillment.sourcing.asking import availability, bodies, rendering
from fulfillment.sourcing.candidates import Question, Snapshot, booked_at
from fulfillment.sourcing.checkout import state, worlds
from fulfillment.sourcing.checkout.state import Asked, State
from fulfillment.sourcing.checkout.worlds import World
from fulfillment.sourcing.pricing import prices_for

OK, JSON = 200, {"Content-Type": "application/json"}

Body = dict[str, Any]
Read = Callable[[Any], Body | None]
Tell = Callable[[Body, State, World, datetime], str]


def source(call: Call, roles: frozenset[Role]) -> Answer | None:
    """Answer where an order would ship from."""
    return answered(call, roles, bodies.sourcing, sourced)


def promise(call: Call, roles: frozenset[Role]) -> Answer | None:
    """Answer what can be promised."""
    return answered(call, roles, bodies.availability, promised)


def answered(call: Call, roles: frozenset[Role], read: Read, tell: Tell) -> Answer | None:
    """Answer a good question of a caller of these roles."""
    # What is refused here is refused again by the ordinary path, or passes by then.
    with suppress(Refusal, *direct.errors()):
        digest, now = keys.digest_of(call.secret), clock.now()
        actor = keys.find_seen(digest)
        if actor is None or not access.may(actor, roles):
            return None
        body = read(parse_json(call.body))
        seen = body and seen_by(Asked(digest, actor.name, None, "", skus_of(body)), now)
        if body and seen:
            access.admit(actor, call.environ)
            return Answer(OK, JSON, tell(body, *seen, now))
    return None


def skus_of(body: Body) -> Collection[str]:
    skus: Collection[str] = body.get("skus") or [line["sku"] for line in body["lines"]]
    return dict.fromkeys(skus)


def seen_by(asked: Asked, now: datetime) -> tuple[State, World] | None:
    """Return the state of these SKUs; None if one is unknown, or if the key is not live."""
    with direct.line() as to:
        found = state.read(to, asked, now)
        world = worlds.known(to.engine, found)
    if not found.is_live or len(found.goods) < len(asked.skus):
        return None
    return found, world or worlds.read(db.engine, found)


def sourced(body: Body, found: State, world: World, now: datetime) -> str:
    """Return the best plans."""
    ask, booked = carts.ask_of(body), booked_at(world.sites, now)
    snapshot = Snapshot(now, world.sites, found.promisable, booked, world.rates)
    question = Question(ask, found.goods, snapshot, ask.strategy or world.strategy)
    question = replace(question, prices=prices_for(question)) if found.has_prices else question
    return rendering.rendered(service.plans(question, in_full=body["explain"]))


def promised(body: Body, found: State, world: World, now: datetime) -> str:
    """Return what can be promised of each SKU."""
    place = destinations.resolve(body["destination"]) if body.get("destination") else None
    places = availability.places_for(place, world.sites, now, world.rates)
    return availability.rendered(availability.promised(body["skus"], found.promisable, places))
