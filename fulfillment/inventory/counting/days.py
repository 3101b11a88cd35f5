"""The day's plan of counts, made by a job: for each facility, as many as it can do in a day."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from msgspec.structs import asdict
from sqlalchemy import select

from fulfillment.inventory.counting import choice, shelves
from fulfillment.inventory.counting.choice import Choice, Ranking
from fulfillment.inventory.counting.models import Count, Status
from fulfillment.inventory.counting.shelves import Values
from fulfillment.inventory.models import Kind, Movement
from fulfillment.network import facilities
from fulfillment.platform import clock, context
from fulfillment.platform.config import Settings
from fulfillment.platform.db import db, insert_for_engine, retried, transaction
from fulfillment.platform.ids import new_id

MEANWHILE = "It was counted otherwise meanwhile."


def plan_day() -> str:
    """Ask each facility that ships for the day's counts, once a day; say how many there are."""
    now, settings = clock.now(), settings_now()
    codes = [facility.code for facility in facilities.active()]
    todo = [code for code in codes if code not in planned_for(now)]
    values: Values = {}
    made = sum(plan_facility(code, now, settings, values) for code in todo)
    return f"{made} counts asked for at {len(todo)} facilities"


def settings_now() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def planned_for(now: datetime) -> set[str]:
    """Return the facilities that have their counts of this day."""
    today = select(Count.facility).where(Count.planned_for == now.date()).distinct()
    return set(db.session.scalars(today))


def plan_facility(code: str, now: datetime, settings: Settings, values: Values) -> int:
    """Ask for a facility's counts of the day; return how many."""
    since = now - timedelta(days=settings.counts_history_days)
    ranking = choice.rank(shelves.read(code, since, now, values), intervals(settings))
    db.session.rollback()
    return write(code, now, ranking, settings.counts_per_day)


def intervals(settings: Settings) -> dict[str, int]:
    """Return the days between two counts, by class."""
    return {"A": settings.counts_a_days, "B": settings.counts_b_days, "C": settings.counts_c_days}


@retried
def write(code: str, now: datetime, ranking: Ranking, most: int) -> int:
    """Write the most urgent counts; routine ones only as far as the open ones leave room."""
    with transaction() as session:
        waiting = still_open(code, now)
        for count in waiting:
            count.abc_class = ranking.class_of(count.sku) or count.abc_class
        chosen = ranking.best({count.sku for count in waiting}, most, most - len(waiting))
        if chosen:
            added = insert_for_engine(Count).on_conflict_do_nothing()
            session.execute(added, [row_of(code, now, one) for one in chosen])
        return len(chosen)


def still_open(code: str, now: datetime) -> Sequence[Count]:
    """Close the facility's open counts that a count in the ledger has done; return the others."""
    theirs = select(Count).where(Count.facility == code, Count.closed_at.is_(None))
    rows = db.session.scalars(theirs.order_by(Count.id).with_for_update()).all()
    done = [count for count in rows if counted_since(count)]
    for count in done:
        count.status, count.note = Status.SKIPPED, MEANWHILE
        count.closed_at, count.closed_by = now, context.actor.get().name
    return [count for count in rows if count not in done]


def counted_since(count: Count) -> bool:
    found = (
        select(Movement.id)
        .where(
            Movement.sku == count.sku,
            Movement.recorded_at > count.created_at,
            Movement.facility == count.facility,
            Movement.kind == Kind.COUNT,
        )
        .limit(1)
    )
    return db.session.scalar(found) is not None


def row_of(code: str, now: datetime, one: Choice) -> dict[str, Any]:
    return {
        "id": new_id(),
        "sku": one.sku,
        "facility": code,
        "status": Status.OPEN,
        "abc_class": one.abc_class,
        "rank": -one.score,
        "reasons": [asdict(reason) for reason in one.reasons],
        "planned_for": now.date(),
        "actor": context.actor.get().name,
        "created_at": now,
    }
