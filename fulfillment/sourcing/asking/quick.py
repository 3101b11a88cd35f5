"""Answer a good question by one read; None where the ordinary path must do it."""

from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime
from typing import Any

from fulfillment.network import destinations
from fulfillment.platform import access, clock, direct, keys
from fulfillment.platform.bodies import parse_json
from fulfillment.platform.context import Role
from fulfillment.platform.direct import Line
from fulfillment.platform.errors import Refusal
from fulfillment.platform.shortcuts import Answer, Call
from fulfillment.sourcing import carts, service
from fulfillment.sourcing.asking import availability, bodies, rendering
from fulfillment.sourcing.checkout import memory, state, worlds
from fulfillment.sourcing.checkout.questions import question_of
from fulfillment.sourcing.checkout.state import Asked, State
from fulfillment.sourcing.checkout.worlds import World

OK, JSON = 200, {"Content-Type": "application/json"}

Body = dict[str, Any]
Read = Callable[[Any], Body | None]
Tell = Callable[[Line, Body, State, World, datetime], str]


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
        if body is None:
            return None
        asked = Asked(digest, actor.name, None, "", skus_of(body))
        with direct.line() as to:
            found = state.read(to, asked, now)
            if not found.is_live or len(found.goods) < len(asked.skus):
                return None
            access.admit(actor, call.environ)
            world = worlds.known(to.engine, found) or worlds.read(to.engine, found)
            return Answer(OK, JSON, tell(to, body, found, world, now))
    return None


def skus_of(body: Body) -> Collection[str]:
    skus: Collection[str] = body.get("skus") or [line["sku"] for line in body["lines"]]
    return dict.fromkeys(skus)


def sourced(to: Line, body: Body, found: State, world: World, now: datetime) -> str:
    """Return the best plans; what was seen is remembered for the cart, which is reserved next."""
    memory.keep(to, found)
    question = question_of(to, carts.ask_of(body), found, world, now)
    return rendering.rendered(service.plans(question, in_full=body["explain"]))


def promised(_: Line, body: Body, found: State, world: World, now: datetime) -> str:
    """Return what can be promised of each SKU."""
    place = destinations.resolve(body["destination"]) if body.get("destination") else None
    places = availability.places_for(place, world.sites, now, world.rates)
    return availability.rendered(availability.promised(body["skus"], found.promisable, places))
