"""Many carts' holds written at once: from the front, as far as each finds its units.

A few statements for all of them, inside the caller's transaction: the rows of the carts are locked
first, then the stock levels in key order, so that what is counted stays so until it is written.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import and_, func, select, update

from fulfillment.inventory import gate, holding_many_postgresql, holding_many_sqlite
from fulfillment.inventory.balances import KEY, parameter_of, same_level
from fulfillment.inventory.gate import PROMISABLE, UNSYNCED, Key
from fulfillment.inventory.holding import Holding
from fulfillment.inventory.models import Hold, Promise, StockLevel
from fulfillment.inventory.promises import Part, demand_of
from fulfillment.platform import clock, recordsets
from fulfillment.platform.db import db
from fulfillment.platform.errors import Conflict

SQL = {"postgresql": holding_many_postgresql, "sqlite": holding_many_sqlite}


class Earlier(Struct, frozen=True):
    """The hold that a cart has already, dead once its time is over, and what it promises."""

    id: UUID
    created_at: datetime
    is_dead: bool
    parts: Sequence[Part]


class CartsChanged(Conflict):
    """A cart is not what it was when the call looked at it."""

    may_pass = True

    def __init__(self) -> None:
        super().__init__("conflict", "A cart of this call is being changed; try again.")


def earlier_of(
    carts: Sequence[str], moment: datetime, *, locked: bool = False
) -> dict[str, Earlier]:
    """Return what these carts hold, by cart; `locked`, it stays so until the transaction ends."""
    asked = recordsets.given(Hold, ["cart_ref"])
    theirs = (
        select(Hold.cart_ref, Hold.id, Hold.created_at, Hold.expires_at)
        .join(asked, Hold.cart_ref == asked.c.cart_ref)
        .where(Hold.status == "live")
        .order_by(Hold.cart_ref)
    )
    theirs = theirs.with_for_update(of=Hold) if locked else theirs
    given = recordsets.parameter(Hold, [{"cart_ref": cart} for cart in carts])
    rows = db.session.execute(theirs, given).all()
    parts = open_parts([row.id for row in rows]) if rows else {}
    return {
        row.cart_ref: Earlier(
            row.id, row.created_at, row.expires_at <= moment, parts.get(row.id, [])
        )
        for row in rows
    }


def open_parts(owners: Sequence[UUID]) -> dict[UUID, list[Part]]:
    asked = recordsets.given(Promise, ["owner_id"])
    columns = (Promise.owner_id, Promise.sku, Promise.facility, Promise.quantity, Promise.ship_on)
    theirs = select(*columns).join(asked, Promise.owner_id == asked.c.owner_id)
    ordered = theirs.where(Promise.closed_at.is_(None)).order_by(Promise.sku, Promise.facility)
    given = recordsets.parameter(Promise, [{"owner_id": owner} for owner in owners])
    found: dict[UUID, list[Part]] = {}
    for row in db.session.execute(ordered, given):
        part = Part(row.sku, row.facility, row.quantity, row.ship_on)
        found.setdefault(row.owner_id, []).append(part)
    return found


def dead_units(moment: datetime) -> Counter[Key]:
    """Count what stock levels still call reserved for carts whose time is over."""
    over = (Promise.closed_at.is_(None), Promise.expires_at <= moment)
    total = func.sum(Promise.quantity)
    rows = db.session.execute(
        select(Promise.sku, Promise.facility, total)
        .where(*over)
        .group_by(Promise.sku, Promise.facility)
    )
    return Counter({(sku, facility): int(units) for sku, facility, units in rows})


def write(holds: Sequence[Holding], earlier: Mapping[str, Earlier]) -> int:
    """Write the holds from the front, in place of the earlier ones; return how many that are.

    The first that is not written finds fewer units than it asks for; so it stays, since all the
    stock levels asked for are locked.

    Raises:
        CartsChanged: what the carts held is not what they hold now.
    """
    moment = clock.now()
    if earlier_of([hold.cart_ref for hold in holds], moment, locked=True) != earlier:
        raise CartsChanged
    wanted = demand_of(part for hold in holds for part in hold.parts)
    theirs = demand_of(part for hold in earlier.values() for part in hold.parts)
    count = fitting(holds, earlier, locked_units(wanted, theirs, moment))
    if count:
        written = holds[:count]
        end([earlier[hold.cart_ref] for hold in written if hold.cart_ref in earlier], moment)
        take(demand_of(part for hold in written for part in hold.parts))
        record(written, earlier)
    return count


def locked_units(
    wanted: Mapping[Key, int], theirs: Mapping[Key, int], moment: datetime
) -> Counter[Key]:
    """Lock the stock levels of both in key order; return what is promisable there.

    Dead holds end where what is wanted is short without their units.
    """
    asked = recordsets.given(StockLevel, KEY)
    ordered = (
        select(StockLevel.sku, StockLevel.facility, PROMISABLE)
        .join(asked, and_(*same_level(asked)))
        .order_by(StockLevel.sku, StockLevel.facility)
        .with_for_update(of=StockLevel)
    )
    rows = db.session.execute(ordered, parameter_of(wanted.keys() | theirs.keys()))
    units = Counter({(sku, facility): promisable for sku, facility, promisable in rows})
    if short := {key for key, asked_for in wanted.items() if units[key] < asked_for}:
        units.update(gate.expire(short, moment))
    return units


def fitting(holds: Sequence[Holding], earlier: Mapping[str, Earlier], units: Counter[Key]) -> int:
    """Count the holds from the front that find their units, each after those before it."""
    for number, hold in enumerate(holds):
        before = earlier.get(hold.cart_ref)
        if before and not before.is_dead:
            units.update(demand_of(before.parts))
        units.subtract(demand_of(hold.parts))
        if any(units[part.key] < 0 for part in hold.parts):
            return number
    return len(holds)


def end(replaced: Sequence[Earlier], moment: datetime) -> None:
    """Give back what the carts held; of dead holds nothing but a record is left."""
    dead = [hold.id for hold in replaced if hold.is_dead]
    live = [hold.id for hold in replaced if not hold.is_dead]
    if live:
        gate.close([Promise.owner_id.in_(live)], "released", moment)
    if dead:
        gate.close([Promise.owner_id.in_(dead)], "expired", moment)
        over = update(Hold).where(Hold.id.in_(dead)).values(status="expired")
        db.session.execute(over.execution_options(**UNSYNCED))


def take(wanted: Mapping[Key, int]) -> None:
    """Promise these units; the caller has seen that they are there, and holds the locks."""
    asked = recordsets.given(StockLevel, (*KEY, "reserved"))
    taken = (
        update(StockLevel)
        .where(*same_level(asked), asked.c.reserved <= PROMISABLE)
        .values(reserved=StockLevel.reserved + asked.c.reserved)
    )
    rows = [{"sku": key[0], "facility": key[1], "reserved": n} for key, n in wanted.items()]
    given = recordsets.parameter(StockLevel, rows)
    result: Any = db.session.execute(taken.execution_options(**UNSYNCED), given)
    # A rival whose clock is ahead may have ended the promises of a cart before we locked them.
    if result.rowcount != len(rows):
        raise CartsChanged


def record(holds: Sequence[Holding], earlier: Mapping[str, Earlier]) -> None:
    kept = {ref for ref, hold in earlier.items() if not hold.is_dead}
    fresh = [hold for hold in holds if hold.cart_ref not in kept]
    replaced = [hold for hold in holds if hold.cart_ref in kept]
    engine = SQL[db.engine.dialect.name]
    # A rival that has given one of these carts a hold is waited for, and seen by the next look.
    if fresh and engine.insert_holds(fresh) != len(fresh):
        raise CartsChanged
    if replaced:
        engine.replace_holds(replaced)
    engine.insert_promises(holds)
