"""Holds: units promised to a cart for a limited time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from fulfillment.inventory import gate, promises
from fulfillment.inventory.gate import Key
from fulfillment.inventory.models import Hold, Owner, Promise
from fulfillment.inventory.promises import Part
from fulfillment.platform import clock, context, rows
from fulfillment.platform.db import db, insert_for_engine, retrying, transaction
from fulfillment.platform.errors import Conflict
from fulfillment.platform.ids import new_id

SWEEP_BATCH = 200


class ReservationEnded(Conflict):
    """The hold was released, placed or has expired."""

    def __init__(self, hold: Hold, moment: datetime) -> None:
        status = hold.status_at(moment)
        super().__init__("reservation-ended", f"The reservation {hold.id} is {status}.")


def reserve(cart_ref: str, parts: Sequence[Part], plan: dict[str, Any], ttl: timedelta) -> Hold:
    """Hold these parts for a cart, in place of what it held before; all or nothing.

    Raises:
        InsufficientStock: some units are not promisable; the cart keeps what it held before.
    """
    moment = clock.now()
    hold = live_hold_of(cart_ref, moment) or claim_cart(cart_ref, moment, plan, ttl)
    replace_parts(hold, parts, moment, moment + ttl)
    hold.plan = plan
    hold.expires_at = moment + ttl
    db.session.flush()
    return hold


def live_hold_of(cart_ref: str, moment: datetime) -> Hold | None:
    """Return the cart's live hold, locked; one that has expired is ended here and now."""
    theirs = select(Hold).where(Hold.cart_ref == cart_ref, Hold.status == "live")
    hold = db.session.scalar(theirs.with_for_update().execution_options(populate_existing=True))
    if hold is not None and hold.expires_at <= moment:
        end(hold, "expired", moment)
        return None
    return hold


def find_live(cart_ref: str) -> Hold | None:
    """Return the cart's live hold without locking it, to source the cart anew."""
    theirs = (Hold.cart_ref == cart_ref, Hold.status == "live", Hold.expires_at > clock.now())
    return db.session.scalar(select(Hold).where(*theirs))


def claim_cart(cart_ref: str, moment: datetime, plan: dict[str, Any], ttl: timedelta) -> Hold:
    """Insert the cart's one live hold, or wait for the twin request that is inserting it."""
    row = {
        "id": new_id(),
        "cart_ref": cart_ref,
        "status": "live",
        "expires_at": moment + ttl,
        "plan": plan,
        "actor": context.actor.get().name,
        "created_at": moment,
    }
    db.session.execute(insert_for_engine(Hold).values(row).on_conflict_do_nothing())
    hold = live_hold_of(cart_ref, moment)
    if hold is None:
        raise Conflict("conflict", f"The cart {cart_ref} is being changed; try again.")
    return hold


def replace_parts(hold: Hold, parts: Sequence[Part], moment: datetime, until: datetime) -> None:
    # One pass in key order over old and new levels together: no two carts can wait in a ring.
    held = promises.open_of(hold.id)
    if held:
        gate.lock({(p.sku, p.facility) for p in held} | {part.key for part in parts})
        gate.close([Promise.owner_id == hold.id], "released", moment)
    promises.make(Owner.HOLD, hold.id, hold.cart_ref, parts, expires_at=until, hold_id=hold.id)


def get(hold_id: UUID, *, locked: bool = False) -> Hold:
    """Return a hold."""
    return rows.get(Hold, hold_id, "reservation", locked=locked)


def get_live(hold_id: UUID) -> Hold:
    """Return a hold, locked, if it still promises anything.

    Raises:
        ReservationEnded: it was released, placed or has expired.
    """
    hold = get(hold_id, locked=True)
    if hold.status_at(clock.now()) != "live" or lost_units(hold):
        raise ReservationEnded(hold, clock.now())
    return hold


def lost_units(hold: Hold) -> bool:
    """Tell whether another cart's gate, its clock a little ahead, has expired units of it."""
    theirs = select(Promise.sku, Promise.facility).where(Promise.owner_id == hold.id)
    gate.lock({(sku, facility) for sku, facility in db.session.execute(theirs)})
    # What expired before the cart held anew had an earlier end than what it holds now.
    lost = theirs.where(Promise.outcome == "expired", Promise.expires_at >= hold.expires_at)
    return bool(db.session.scalar(lost.limit(1)))


def place(hold: Hold, order_id: UUID, reference: str) -> dict[Key, UUID]:
    """Make a live hold's promises the order's, by stock level; the hold ends as placed."""
    hold.status = "placed"
    return promises.hand_to_order(hold.id, order_id, reference)


def extend(hold_id: UUID, ttl: timedelta) -> Hold:
    """Let a live hold end `ttl` from now."""
    hold = get_live(hold_id)
    hold.expires_at = clock.now() + ttl
    for promise in promises.open_of(hold_id):
        promise.expires_at = hold.expires_at
    db.session.flush()
    return hold


def release(hold_id: UUID) -> None:
    """End a hold and give its units back; releasing it twice is no error."""
    hold = get(hold_id, locked=True)
    if hold.status == "placed":
        raise ReservationEnded(hold, clock.now())
    if hold.status == "live":
        end(hold, "released", clock.now())


def end(hold: Hold, outcome: str, moment: datetime) -> None:
    gate.lock({(p.sku, p.facility) for p in promises.open_of(hold.id)})
    gate.close([Promise.owner_id == hold.id], outcome, moment)
    hold.status = outcome
    db.session.flush()


def sweep_expired() -> int:
    """End the holds that are past their time; return how many. A job: it opens transactions."""
    swept = 0
    while batch := retrying(sweep_batch):
        swept += batch
    return swept


def sweep_batch() -> int:
    moment = clock.now()
    dead = select(Hold).where(Hold.status == "live", Hold.expires_at <= moment)
    with transaction() as session:
        locked = dead.order_by(Hold.expires_at).limit(SWEEP_BATCH).with_for_update(skip_locked=True)
        holds = {hold.id: hold for hold in session.scalars(locked)}
        theirs = Promise.owner_id.in_(holds)
        keys = session.execute(select(Promise.sku, Promise.facility).where(theirs).distinct())
        gate.lock({(sku, facility) for sku, facility in keys})
        gate.close([theirs], "expired", moment)
        for hold in holds.values():
            hold.status = "expired"
    return len(holds)
