"""Stock levels as the ledger changes them: made, locked, read and written by the thousand."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, FromClause, insert, select, update

from fulfillment.inventory.gate import UNSYNCED, Key
from fulfillment.inventory.models import Movement, StockLevel
from fulfillment.platform import recordsets
from fulfillment.platform.db import db, insert_for_engine

KEY = ("sku", "facility")
CHANGED = ("on_hand", "unavailable", "reserved", "at_risk", "entries")
MOVEMENT = tuple(Movement.__table__.columns.keys())


class Balance(Struct):
    """The quantities of a stock level that movements change, in memory until they are written."""

    sku: str
    facility: str
    on_hand: int = 0
    unavailable: int = 0
    reserved: int = 0
    at_risk: int = 0
    entries: int = 0

    @property
    def available(self) -> int:
        return self.on_hand - self.unavailable - self.reserved


def make(keys: Collection[Key]) -> None:
    """Write the stock levels of these keys that are not there yet, with nothing in them."""
    asked = recordsets.given(StockLevel, KEY)
    there = select(StockLevel.sku).where(*same_level(asked)).exists()
    absent = select(asked.c.sku, asked.c.facility).where(~there)
    # In key order: two who make the same levels wait for each other, and never in a ring.
    ordered = absent.order_by(asked.c.sku, asked.c.facility)
    written = insert_for_engine(StockLevel).from_select(list(KEY), ordered).on_conflict_do_nothing()
    db.session.execute(written.execution_options(**recordsets.AS_WRITTEN), parameter_of(keys))


def lock(keys: Collection[Key]) -> dict[Key, Balance]:
    """Return the stock levels of these keys, locked in key order until the transaction ends."""
    asked = recordsets.given(StockLevel, KEY)
    columns = [getattr(StockLevel, name) for name in (*KEY, *CHANGED)]
    ordered = (
        select(*columns)
        .join(asked, same_level(asked)[0] & same_level(asked)[1])
        .order_by(StockLevel.sku, StockLevel.facility)
        .with_for_update(of=StockLevel)
    )
    rows = db.session.execute(ordered, parameter_of(keys))
    return {(row.sku, row.facility): Balance(*row) for row in rows}


def write(balances: Iterable[Balance], movements: Sequence[Mapping[str, Any]]) -> None:
    """Write the stock levels as they stand now, and the movements that led there."""
    now = recordsets.given(StockLevel, (*KEY, *CHANGED))
    values = {name: now.c[name] for name in CHANGED}
    levels = update(StockLevel).where(*same_level(now)).values(values)
    changed = recordsets.parameter(StockLevel, [row_of(one) for one in balances])
    db.session.execute(levels.execution_options(**UNSYNCED), changed)
    lines = recordsets.given(Movement, MOVEMENT)
    entered = insert(Movement).from_select(list(MOVEMENT), select(*lines.c))
    entered = entered.execution_options(**recordsets.AS_WRITTEN)
    db.session.execute(entered, recordsets.parameter(Movement, movements))


def row_of(balance: Balance) -> dict[str, Any]:
    return {name: getattr(balance, name) for name in (*KEY, *CHANGED)}


def same_level(rows: FromClause) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return StockLevel.sku == rows.c.sku, StockLevel.facility == rows.c.facility


def parameter_of(keys: Collection[Key]) -> dict[str, Any]:
    return recordsets.parameter(StockLevel, [dict(zip(KEY, key, strict=True)) for key in keys])
