"""Promises at risk: which of them a count or a forced movement has left without stock."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, select, update

from fulfillment.inventory.gate import UNSYNCED, Key
from fulfillment.inventory.models import Owner, Promise
from fulfillment.platform.db import db


def flag(key: Key, units: int) -> None:
    """Flag the youngest open promises that together cover `units`; clear the flag of the others."""
    here = open_at(key)
    db.session.execute(
        update(Promise).where(*here).values(at_risk=False).execution_options(**UNSYNCED)
    )
    ids = [promise.id for promise in endangered(key, units)]
    if ids:
        flagged = update(Promise).where(Promise.id.in_(ids)).values(at_risk=True)
        db.session.execute(flagged.execution_options(**UNSYNCED))


def endangered(key: Key, units: int) -> Sequence[Promise]:
    """Return the youngest open promises of a stock level until they cover `units`."""
    chosen: list[Promise] = []
    youngest_first = select(Promise).where(*open_at(key)).order_by(Promise.id.desc())
    for promise in db.session.scalars(youngest_first):
        if units <= 0:
            break
        chosen.append(promise)
        units -= promise.quantity
    return chosen


def open_at(key: Key) -> tuple[ColumnElement[bool], ...]:
    return (Promise.sku == key[0], Promise.facility == key[1], Promise.closed_at.is_(None))


def order_promises_at_risk() -> Sequence[UUID]:
    """Return the open promises to orders that a count or a forced movement left without stock."""
    flagged = (Promise.at_risk, Promise.closed_at.is_(None), Promise.owner_kind == Owner.ORDER)
    return db.session.scalars(select(Promise.id).where(*flagged).order_by(Promise.id)).all()
