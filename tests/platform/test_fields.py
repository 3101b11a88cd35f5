from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from marshmallow import ValidationError

from fulfillment.platform.fields import day, flag, moment, number
from fulfillment.platform.money import Amount

ARABIC_12 = "\u0661\u0662"


def refuses(field, value):
    with pytest.raises(ValidationError):
        field.deserialize(value)
    return True


@pytest.mark.parametrize("value", ["true", "1", "yes", "on", 1, 0, 1.0, "", [], {}])
def test_a_flag_is_true_or_false_and_nothing_like_it(value):
    assert flag().deserialize(True) is True
    assert flag().deserialize(False) is False
    assert refuses(flag(), value)


@pytest.mark.parametrize(
    "value", ["1", "1e9", "1_0", ARABIC_12, True, float("nan"), float("inf"), 10**400, 90.1, []]
)
def test_a_number_is_a_finite_json_number_within_its_bounds(value):
    assert number(-90, 90).deserialize(90) == 90.0
    assert number(-90, 90).deserialize(-1.5) == -1.5
    assert refuses(number(-90, 90), value)


def test_a_bound_may_be_left_out():
    assert refuses(number(0, 1, least_included=False), 0)


@pytest.mark.parametrize(
    "value",
    [1.5, 1.0, "1e3", "1_000", ARABIC_12, "+1", " 1", "1 ", ".5", "1.", "1.23456", "1,5", "", "-1",
     "NaN", "Infinity", "1000000001", "9" * 5000, True, None, [], "1\n"],
)  # fmt: skip
def test_money_is_a_plain_decimal_string(value):
    assert refuses(Amount(), value)


@pytest.mark.parametrize(
    ("value", "amount"), [("0", "0"), ("12.5", "12.5"), ("-0", "0"), ("0.0001", "0.0001"), (7, "7")]
)
def test_money_is_kept_exactly(value, amount):
    assert Amount().deserialize(value) == Decimal(amount)


@pytest.mark.parametrize(
    "value",
    ["2026-01-31T10:00:00Z", "20260131", "2026-W05-6", "2026-1-31", "2026-02-30", "1999-12-31",
     "2201-01-01", "9999-12-31", "0001-01-01", "\uff12\uff10\uff12\uff16-01-31", 20260131, ""],
)  # fmt: skip
def test_a_day_is_a_date_of_these_centuries(value):
    assert day().deserialize("2026-01-31") == date(2026, 1, 31)
    assert refuses(day(), value)


@pytest.mark.parametrize(
    "value",
    ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "1999-12-31T23:59:59Z",
     "2201-01-01T00:00:00Z", "2026-01-31T10:00:00", "2026-01-31", "now", 7],
)  # fmt: skip
def test_a_moment_is_one_of_these_centuries_with_its_offset(value):
    expected = datetime(2026, 1, 31, 8, tzinfo=UTC)
    assert moment().deserialize("2026-01-31T10:00:00+02:00") == expected
    assert refuses(moment(), value)
