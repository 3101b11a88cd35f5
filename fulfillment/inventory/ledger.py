"""The ledger: the only writer of on hand and unavailable units, in rows that are never changed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select

from fulfillment.catalog import items
from fulfillment.inventory import availability, balances, entries, gate, risk
from fulfillment.inventory.balances import Balance
from fulfillment.inventory.entries import Entry
from fulfillment.inventory.gate import InsufficientStock, Key
from fulfillment.inventory.models import Kind, Movement, Promise
from fulfillment.network import facilities
from fulfillment.platform import clock, context
from fulfillment.platform.db import db
from fulfillment.platform.errors import Conflict, Invalid, Refusal
from fulfillment.platform.ids import new_id


class Posted(Struct, frozen=True):
    """A movement that was written (or would be), and the promises that a count put at risk."""

    movement: dict[str, Any]
    at_risk: Sequence[Promise] = ()


Outcome = Posted | Refusal


class StaleCount(Conflict):
    """The stock is not what the counter saw."""

    def __init__(self, expected: int, present: int) -> None:
        detail = f"{expected} on hand were expected, {present} are."
        super().__init__("stale-count", detail, on_hand=present, expected_on_hand=expected)


def post(asked: Sequence[Entry], *, dry_run: bool = False) -> list[Outcome]:
    """Write the entries that are in order, and return an outcome for each, in their order.

    Refused ones change nothing; `post_all` is for callers that want all or nothing. With
    `dry_run` the outcomes are the same and nothing is written.
    """
    moment = clock.now()
    checked = check_all(asked, moment)
    in_order = [entry for entry in checked if isinstance(entry, Entry)]
    levels = open_levels({entry.key for entry in in_order}, dry_run)
    risks = {key: level.at_risk for key, level in levels.items()}
    reversible = reversible_movements([e.reverses for e in in_order if e.reverses])
    outcomes = [
        entry if isinstance(entry, Refusal) else enter(entry, levels, reversible, moment)
        for entry in checked
    ]
    posted = [outcome.movement for outcome in outcomes if isinstance(outcome, Posted)]
    if posted and not dry_run:
        changed = {(movement["sku"], movement["facility"]) for movement in posted}
        balances.write([levels[key] for key in sorted(changed)], posted)
        for key in (key for key in levels if levels[key].at_risk != risks[key]):
            risk.flag(key, levels[key].at_risk)
    return [with_risks(outcome, levels) for outcome in outcomes]


def post_all(asked: Sequence[Entry]) -> list[Posted]:
    """Write all entries or, by raising the first refusal, none."""
    outcomes = post(asked)
    for outcome in outcomes:
        if isinstance(outcome, Refusal):
            raise outcome
    return [outcome for outcome in outcomes if isinstance(outcome, Posted)]


def check_all(asked: Sequence[Entry], moment: datetime) -> list[Entry | Refusal]:
    """Check each entry by itself, and the names it uses against catalogue and network."""
    no_item = set(items.unknown({entry.sku for entry in asked}))
    no_facility = set(facilities.unknown({entry.facility for entry in asked}))
    return [checked(entry, no_item, no_facility, moment) for entry in asked]


def checked(
    entry: Entry, no_item: Collection[str], no_facility: Collection[str], moment: datetime
) -> Entry | Refusal:
    unknown = {"sku": ["Unknown SKU."]} if entry.sku in no_item else {}
    unknown |= {"facility": ["Unknown facility."]} if entry.facility in no_facility else {}
    try:
        if unknown:
            raise Invalid(unknown)
        context.require_facility(entry.facility)
        if entry.force:
            context.require_supervisor("force a movement")
        entries.check(entry, moment)
    except Refusal as refusal:
        return refusal
    return entry


def open_levels(keys: Collection[Key], dry_run: bool) -> dict[Key, Balance]:
    """Lock the stock levels, making those that are new; a dry run only pretends to."""
    if not dry_run:
        balances.make(keys)
    levels = balances.lock(keys)
    # A hold is dead from the second it expires: it stands in nobody's way until the sweep.
    if any(level.reserved for level in levels.values()):
        levels = pretended(levels) if dry_run else without_dead(levels)
    return {key: levels.get(key) or Balance(*key) for key in sorted(keys)}


def without_dead(levels: dict[Key, Balance]) -> dict[Key, Balance]:
    """End the holds at these locked levels that are past their time; return the levels anew."""
    return balances.lock(levels) if gate.expire(levels, clock.now()) else levels


def pretended(levels: dict[Key, Balance]) -> dict[Key, Balance]:
    """Return the levels as they would be without the dead holds."""
    for key, units in availability.dead_or_own(sorted({sku for sku, _ in levels}), None).items():
        if key in levels:
            levels[key].reserved -= units
    return levels


def reversible_movements(ids: Collection[UUID]) -> dict[UUID, Movement]:
    """Return the movements named to be reversed that are not reversed yet."""
    if not ids:
        return {}
    done = db.session.scalars(select(Movement.reverses).where(Movement.reverses.in_(ids)))
    open_ids = set(ids) - set(done)
    rows = db.session.scalars(select(Movement).where(Movement.id.in_(open_ids)))
    return {movement.id: movement for movement in rows}


def enter(
    entry: Entry,
    levels: Mapping[Key, Balance],
    reversible: dict[UUID, Movement],
    moment: datetime,
) -> Outcome:
    try:
        if entry.reverses:
            movement = reversible.pop(entry.reverses, None)
            if movement is None:
                raise Invalid({"reverses": ["No such movement, or it is reversed already."]})
            entry = entries.reversal_of(movement, entry)
        return Posted(apply(entry, levels[entry.key], moment))
    except Refusal as refusal:
        return refusal


def apply(entry: Entry, level: Balance, moment: datetime) -> dict[str, Any]:
    """Change the stock level as the entry says and return the ledger's row.

    Raises:
        StaleCount: the stock is not what the caller expected.
        InsufficientStock: units would leave that are promised, unavailable or not there.
    """
    if entry.expected_on_hand is not None and entry.expected_on_hand != level.on_hand:
        raise StaleCount(entry.expected_on_hand, level.on_hand)
    quantity, unavailable = entries.effect(entry, level.on_hand)
    overrides = entry.kind is Kind.COUNT or entry.force or entry.just_come
    if not overrides:
        refuse_shortage(entry, level, quantity, unavailable)
    level.on_hand += quantity
    level.unavailable += unavailable
    level.reserved -= entry.releases
    level.entries += 1
    excess = max(0, -level.available)
    level.at_risk = excess if overrides else min(level.at_risk, excess)
    return row_of(entry, level, quantity, unavailable, moment)


def refuse_shortage(entry: Entry, level: Balance, quantity: int, unavailable: int) -> None:
    # An allocation ships from its own promise: nobody else's units count against it.
    takes = max(0, -quantity - entry.releases) + max(0, unavailable)
    if takes > max(0, level.available):
        raise InsufficientStock([(entry.sku, takes, level.available)])
    if -quantity > max(0, level.on_hand):
        raise InsufficientStock([(entry.sku, -quantity, level.on_hand)])
    if -unavailable > level.unavailable:
        raise InsufficientStock([(entry.sku, -unavailable, level.unavailable)])


def row_of(
    entry: Entry, level: Balance, quantity: int, unavailable: int, moment: datetime
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "sku": entry.sku,
        "facility": entry.facility,
        "entry": level.entries,
        "kind": str(entry.kind),
        "quantity": quantity,
        "unavailable": unavailable,
        "balance_after": level.on_hand,
        "actor": context.actor.get().name,
        "cause": entry.cause,
        "cause_id": entry.cause_id,
        "reason": entry.reason,
        "reference": entry.reference,
        "forced": entry.force,
        "reverses": entry.reverses,
        "occurred_at": entry.occurred_at or moment,
        "recorded_at": moment,
    }


def with_risks(outcome: Outcome, levels: Mapping[Key, Balance]) -> Outcome:
    """Add to a count the promises that it leaves without stock."""
    if isinstance(outcome, Refusal) or outcome.movement["kind"] != Kind.COUNT:
        return outcome
    key = outcome.movement["sku"], outcome.movement["facility"]
    if not levels[key].at_risk:
        return outcome
    return replace(outcome, at_risk=risk.endangered(key, levels[key].at_risk))
