"""Reserve a cart by one read and one write; None where the ordinary path must do it."""

import json
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from flask import Request, Response, request

from fulfillment.inventory import holding_postgresql, holding_sqlite
from fulfillment.inventory.holding import Holding, Kept
from fulfillment.platform import access, clock, direct, idempotency, keys
from fulfillment.platform.bodies import parse_json
from fulfillment.platform.context import Actor, Role
from fulfillment.platform.direct import Line
from fulfillment.platform.errors import Refusal
from fulfillment.platform.ids import new_id
from fulfillment.sourcing import carts, service
from fulfillment.sourcing.candidates import Ask, Question, Snapshot, booked_at
from fulfillment.sourcing.checkout import bodies, state, worlds
from fulfillment.sourcing.checkout.choice import plain_choice
from fulfillment.sourcing.checkout.state import Asked, State
from fulfillment.sourcing.checkout.worlds import World
from fulfillment.sourcing.plans import Plan
from fulfillment.sourcing.pricing import prices_for

COMPACT = (",", ":")


def reserve(roles: frozenset[Role]) -> Response | None:
    """Answer the request at hand if it is an ordinary one, of a caller of these roles."""
    digest = keys.digest_of(access.secret_of_caller())
    actor = keys.find_seen(digest)
    body = plain_body(request)
    if actor is None or body is None or not access.may(actor, roles):
        return None
    # What is refused here is refused again by the ordinary path, or passes by then.
    with suppress(Refusal, *direct.errors()):
        return reserved(actor, digest, body)
    return None


def plain_body(asked: Request) -> dict[str, Any] | None:
    if asked.mimetype != "application/json":
        return None
    try:
        return bodies.plain(parse_json(asked.get_data()))
    except Refusal:
        return None


def reserved(actor: Actor, digest: str, body: dict[str, Any]) -> Response | None:
    now, key = clock.now(), idempotency.key_of(request)
    ask = carts.ask_of(body)
    with direct.line() as to:
        found = state.read(to, Asked(digest, actor.name, key, body["cart_ref"], ask.lines), now)
        if not found.is_live or found.unusual or found.goods.keys() != ask.lines.keys():
            return None
        access.admitted(actor)
        engine, world = to.engine, worlds.known(to.engine, found)
        if world and not (found.has_prices or is_limited(world)):
            plan = plain_choice(question_of(ask, found, world, now, Counter()))
            if plan:
                return written(to, held(body, plan, actor, now), plan, key)
    # What takes a search may read more, by the session's connection.
    world = world or worlds.read(engine, found)
    question = question_of(ask, found, world, now, booked_at(world.sites, now))
    question = replace(question, prices=prices_for(question)) if found.has_prices else question
    plan = service.best_plan(question)
    with direct.line() as to:
        return written(to, held(body, plan, actor, now), plan, key)


def is_limited(world: World) -> bool:
    return any(site.daily_order_capacity is not None for site in world.sites)


def question_of(
    ask: Ask, found: State, world: World, now: datetime, booked: Counter[tuple[str, date]]
) -> Question:
    """Return the ask with its state."""
    snapshot = Snapshot(now, world.sites, found.promisable, booked, world.rates)
    return Question(ask, found.goods, snapshot, world.strategy)


def held(body: dict[str, Any], plan: Plan, actor: Actor, now: datetime) -> Holding:
    """Return the hold by which the cart is promised a plan."""
    return Holding(
        id=new_id(),
        cart_ref=body["cart_ref"],
        parts=plan.parts(),
        plan=json.dumps(plan.document() | carts.asked_of(body), separators=COMPACT),
        actor=actor.name,
        created_at=now,
        expires_at=now + carts.time_to_live(body.get("ttl_seconds")),
    )


def written(to: Line, hold: Holding, plan: Plan, key: str | None) -> Response | None:
    """Write the hold and return the answer; None when its stock is gone."""
    headers = {"Content-Type": "application/json", "Location": f"/v1/reservations/{hold.id}"}
    body, kept = rendered(hold, plan), None
    if key:
        fingerprint = idempotency.fingerprint_of(request)
        kept = Kept(key, fingerprint, 201, json.dumps(headers), body)
    write = holding_postgresql.write if to.is_postgresql else holding_sqlite.write
    return Response(body, 201, headers) if write(to, hold, kept) else None


def rendered(hold: Holding, plan: Plan) -> str:
    """Return the answer, as the shape `ReservationOut` has it."""
    own = {
        "id": str(hold.id),
        "cart_ref": hold.cart_ref,
        "status": "live",
        "expires_at": hold.expires_at.isoformat(),
        "created_at": hold.created_at.isoformat(),
    }
    short = replace(plan, explanation=carts.without_candidates(plan.explanation))
    return json.dumps(short.document() | own, separators=COMPACT)
