"""What an entry must say, checked without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from fulfillment.inventory.entries import LARGEST, Entry, check, effect
from fulfillment.inventory.models import Kind
from fulfillment.platform.errors import Invalid

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def wrong_fields(**said):
    entry = Entry(**({"kind": Kind.RECEIPT, "sku": "S1", "facility": "W1", "quantity": 1} | said))
    try:
        check(entry, NOW)
    except Invalid as invalid:
        return set(invalid.errors)
    return set()


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({}, set()),
        ({"quantity": LARGEST}, set()),
        ({"quantity": LARGEST + 1}, {"quantity"}),
        ({"kind": Kind.ADJUSTMENT, "quantity": -LARGEST, "reason": "x"}, set()),
        ({"kind": Kind.ADJUSTMENT, "quantity": -LARGEST - 1, "reason": "x"}, {"quantity"}),
        ({"kind": Kind.COUNT, "quantity": 0}, set()),
        ({"kind": Kind.UNHOLD, "quantity": 0}, {"quantity"}),
        ({"kind": Kind.SCRAP, "quantity": 0}, {"quantity", "reason"}),
        ({"force": True}, {"reason"}),
        ({"occurred_at": NOW + timedelta(hours=24)}, set()),
        ({"occurred_at": NOW + timedelta(hours=25)}, {"occurred_at"}),
        ({"occurred_at": datetime(1999, 12, 31, tzinfo=UTC)}, {"occurred_at"}),
    ],
)
def test_an_entry_names_every_field_that_is_wrong(said, fields):
    assert wrong_fields(**said) == fields


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (Kind.RECEIPT, (3, 0)),
        (Kind.SCRAP, (-3, 0)),
        (Kind.COUNT, (-4, 0)),
        (Kind.HOLD, (0, 3)),
        (Kind.UNHOLD, (0, -3)),
    ],
)
def test_the_kind_gives_the_sign(kind, change):
    assert effect(Entry(kind, "S1", "W1", 3), on_hand=7) == change
