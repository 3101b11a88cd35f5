"""Use cases of counts: ask for one, say what was found, or say why nobody looked."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import current_app
from msgspec import Struct
from msgspec.structs import asdict

from fulfillment.catalog import items
from fulfillment.inventory import balances, ledger
from fulfillment.inventory.counting import queries
from fulfillment.inventory.counting.choice import CLASS_POINTS, POINTS, Reason, Why
from fulfillment.inventory.counting.models import Count, Status
from fulfillment.inventory.entries import Entry
from fulfillment.inventory.gate import Key
from fulfillment.inventory.ledger import Posted, StaleCount
from fulfillment.inventory.models import Kind
from fulfillment.network import facilities
from fulfillment.platform import clock, context
from fulfillment.platform.config import Settings
from fulfillment.platform.db import db, insert_once
from fulfillment.platform.errors import Conflict, Invalid
from fulfillment.platform.ids import new_id

CAUSE = "count"
MISSED = "Units were not found when picking."


class Result(Struct, frozen=True):
    """A count after somebody looked; not posted, it waits for a second person to look."""

    count: Count
    posted: Posted | None


class SameCounter(Conflict):
    """The first of two counters came back as the second."""

    def __init__(self, name: str) -> None:
        detail = f"{name} found something far from the record; somebody else must count again."
        super().__init__("conflict", detail, counted_by=name)


def request(sku: str, facility: str, reason: str) -> tuple[Count, bool]:
    """Ask for a count; tell whether it is new, or one that was open got a reason more."""
    unknown = {"sku": ["Unknown SKU."]} if items.unknown([sku]) else {}
    unknown |= {"facility": ["Unknown facility."]} if facilities.unknown([facility]) else {}
    if unknown:
        raise Invalid(unknown)
    context.require_facility(facility)
    return ask(sku, facility, Reason(Why.REQUESTED, reason, POINTS[Why.REQUESTED]))


def units_missed(news: Mapping[str, Any], _: object) -> None:
    """Ask for a count where a picker did not find what the record promised."""
    ask(news["sku"], news["facility"], Reason(Why.SHORT_PICK, MISSED, POINTS[Why.SHORT_PICK]))


def ask(sku: str, facility: str, reason: Reason) -> tuple[Count, bool]:
    """Open a count, or give the open one a reason more."""
    is_new = insert_once(Count, row_of(sku, facility, reason))
    count = queries.open_at(sku, facility)
    if count is None:
        raise Conflict("conflict", "The count that was open has just been closed; ask again.")
    if not is_new and all(known["kind"] != reason.kind for known in count.reasons):
        count.reasons = [*count.reasons, asdict(reason)]
        count.rank -= reason.points
    return count, is_new


def row_of(sku: str, facility: str, reason: Reason) -> dict[str, Any]:
    abc_class = queries.class_known(sku, facility)
    return {
        "id": new_id(),
        "sku": sku,
        "facility": facility,
        "status": Status.OPEN,
        "abc_class": abc_class,
        "rank": -(reason.points + CLASS_POINTS.get(abc_class, CLASS_POINTS["C"])),
        "reasons": [asdict(reason)],
        "actor": context.actor.get().name,
        "created_at": clock.now(),
    }


def record(
    count_id: UUID,
    quantity: int,
    expected_on_hand: int | None,
    counted_by: str | None,
    note: str | None,
) -> Result:
    """Post what was found; a first result too far off is kept until somebody else has looked.

    Raises:
        StaleCount: the record is not what the counter was told.
        SameCounter: the second result is by whom the first one was.
    """
    count = queries.get_open(count_id)
    counter = counted_by or context.actor.get().name
    if count.first_counted_by == counter:
        raise SameCounter(counter)
    on_hand = book_of(count.key)
    if expected_on_hand is not None and expected_on_hand != on_hand:
        raise StaleCount(expected_on_hand, on_hand)
    count.counted_by, count.note = counter, note
    value = value_of(count.sku)
    if not count.recount and is_far_off(quantity - on_hand, on_hand, value):
        count.first_quantity, count.first_counted_by = quantity, counter
        count.counted_by = None
        return Result(count, None)
    return Result(count, post(count, quantity, on_hand, value))


def book_of(key: Key) -> int:
    """Return what the record says is on hand; nobody changes it before the transaction ends."""
    balances.make([key])
    return balances.lock([key])[key].on_hand


def value_of(sku: str) -> Decimal | None:
    """Return the cost of a unit, or else its price; None where the catalogue knows neither."""
    item = items.get(sku)
    return item.unit_price if item.unit_cost is None else item.unit_cost


def is_far_off(difference: int, on_hand: int, value: Decimal | None) -> bool:
    """Tell whether a difference is so large, in units and in money, that two should see it."""
    settings: Settings = current_app.config["SETTINGS"]
    share = abs(difference) > settings.counts_recount_share * max(0, on_hand)
    return share and abs(difference) * float(value or 0) > settings.counts_recount_value


def post(count: Count, quantity: int, on_hand: int, value: Decimal | None) -> Posted:
    found = Entry(
        Kind.COUNT,
        count.sku,
        count.facility,
        quantity,
        reference=count.note,
        cause=CAUSE,
        cause_id=str(count.id),
    )
    [posted] = ledger.post_all([found])
    count.quantity, count.expected, count.unit_value = quantity, on_hand, value
    close(count, Status.DONE)
    return posted


def skip(count_id: UUID, reason: str) -> Count:
    """Close a count that nobody will do, and say why."""
    count = queries.get_open(count_id)
    count.note = reason
    close(count, Status.SKIPPED)
    return count


def close(count: Count, status: Status) -> None:
    count.status = status
    count.closed_at, count.closed_by = clock.now(), context.actor.get().name
    db.session.flush()
