"""Rows in one parameter arrive as they were sent, on either engine."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, type_coerce

from fulfillment.inventory.models import Movement
from fulfillment.platform import recordsets
from fulfillment.platform.db import db
from fulfillment.platform.ids import new_id

NAMES = ("id", "sku", "quantity", "forced", "reason", "occurred_at")
NOON = datetime(2026, 3, 1, 12, 0, 0, 123, UTC)
TEXTS = ["plain", "", "O'Neil", '"quoted"', "back\\slash", "100 %s", "ß 漢 🙂", "a:b", "{}"]


def sent(rows):
    given = recordsets.given(Movement, NAMES)
    typed = [type_coerce(given.c[name], Movement.__table__.c[name].type) for name in NAMES]
    found = db.session.execute(select(*typed), recordsets.parameter(Movement, rows))
    return [tuple(row) for row in found]


@pytest.mark.parametrize("text", TEXTS)
def test_each_value_comes_back_as_the_column_has_it(app, text):
    row = dict(zip(NAMES, (new_id(), text, -(2**62), True, None, NOON), strict=True))
    other = row | {"forced": False}
    assert sent([row, other]) == [tuple(row.values()), tuple(other.values())]


def test_a_moment_of_another_zone_is_the_same_moment(app):
    there = NOON.astimezone(timezone(timedelta(hours=-8)))
    row = dict(zip(NAMES, (new_id(), "S1", 1, False, "r", there), strict=True))
    assert sent([row])[0][-1] == NOON


def test_no_rows_are_no_rows(app):
    assert sent([]) == []
