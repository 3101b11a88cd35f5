"""Reserve a cart by one read and one write; None where the ordinary path must do it."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fulfillment.inventory import holding_postgresql, holding_sqlite
from fulfillment.inventory.holding import Holding, Kept
from fulfillment.platform import access, clock, direct, keys
from fulfillment.platform.bodies import parse_json
from fulfillment.platform.context import Actor, Role
from fulfillment.platform.direct import Line
from fulfillment.platform.errors import Refusal
from fulfillment.platform.fast_json import encoded
from fulfillment.platform.ids import new_id
from fulfillment.platform.shortcuts import Answer, Call
from fulfillment.sourcing import carts, service
from fulfillment.sourcing.checkout import bodies, state, texts, worlds
from fulfillment.sourcing.checkout.choice import plain_choice
from fulfillment.sourcing.checkout.questions import question_of
from fulfillment.sourcing.checkout.state import Asked
from fulfillment.sourcing.plans import Plan

CREATED = 201

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A plan for a cart; `candidates` is JSON, "" where the plan's explanation has them."""

    body: Body
    plan: Plan
    candidates: str
    actor: Actor
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
    with direct.line() as to:
        found = state.read(to, asked, now)
        if not found.is_live or found.unusual or found.goods.keys() != ask.lines.keys():
            return None
        access.admit(actor, call.environ)
        world = worlds.known(to.engine, found) or worlds.read(to.engine, found)
        question = question_of(to, ask, found, world, now)
        plan = plain_choice(question)
        told = texts.candidates(question, plan) if plan else ""
        chosen = Chosen(body, plan or service.best_plan(question), told, actor, now)
        return written(to, call, chosen)


def written(to: Line, call: Call, chosen: Chosen) -> Answer | None:
    """Hold what was chosen and return the answer; None when its stock is gone."""
    document = chosen.plan.document()
    hold = held(chosen, texts.kept_of(document, chosen.body, chosen.candidates))
    headers = {"Content-Type": "application/json", "Location": f"/v1/reservations/{hold.id}"}
    body, key = texts.told(document, hold), call.key
    kept = Kept(key, call.fingerprint, CREATED, encoded(headers), body) if key else None
    write = holding_postgresql.write if to.is_postgresql else holding_sqlite.write
    return Answer(CREATED, headers, body) if write(to, hold, kept) else None


def held(chosen: Chosen, kept: str) -> Holding:
    return Holding(
        id=new_id(),
        cart_ref=chosen.body["cart_ref"],
        parts=chosen.plan.parts(),
        plan=kept,
        actor=chosen.actor.name,
        created_at=chosen.at,
        expires_at=chosen.at + carts.time_to_live(chosen.body.get("ttl_seconds")),
    )
