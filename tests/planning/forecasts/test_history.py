"""Demand as weeks, which a forecast reads."""

from datetime import date, timedelta

import numpy as np
import pytest

from fulfillment.planning.forecasts.history import weeks_until

MONDAY = date(2025, 3, 3)
SUNDAY = MONDAY + timedelta(days=27)  # of the fourth week


@pytest.fixture
def asked(world):
    """Import days of demand: (SKU, day, units) and whether nobody had any."""
    world.has({"W1": {"S1": 0, "S2": 0}})

    def write(*days, facility="W1"):
        rows = [
            {
                "sku": sku,
                "facility": facility,
                "day": (MONDAY + timedelta(days=day)).isoformat(),
                "quantity": units,
                "stock_out": stock_out,
            }
            for sku, day, units, stock_out in days
        ]
        report = world.post("demand/import", {"demand": rows}).get_json()
        assert report["created"] == len(rows), report

    return write


def told(weeks):
    return {
        (weeks.skus[sku], at): [None if np.isnan(n) else n for n in row.tolist()]
        for sku, at, row in zip(weeks.sku, weeks.facilities, weeks.units, strict=True)
    }


def test_days_are_summed_by_week_up_to_the_last_one(asked):
    asked(("S1", 0, 3, False), ("S1", 6, 4, False), ("S1", 7, 5, False), ("S1", 27, 1, False))
    assert told(weeks_until(SUNDAY, 104)) == {("S1", "W1"): [7, 5, 0, 1]}
    assert told(weeks_until(SUNDAY, 2)) == {("S1", "W1"): [0, 1]}
    assert told(weeks_until(SUNDAY - timedelta(days=1), 104)) == {("S1", "W1"): [9, 0, 0]}


def test_a_week_without_stock_is_not_a_week_without_demand(asked):
    out = [("S1", day, 0, True) for day in (8, 9, 10, 11)]
    asked(("S1", 0, 1, False), ("S1", 7, 2, False), *out, ("S1", 27, 1, False))
    assert told(weeks_until(SUNDAY, 104)) == {("S1", "W1"): [1, None, 0, 1]}


def test_a_week_with_stock_on_most_days_counts_as_a_whole_one(asked):
    asked(("S1", 0, 4, False), ("S1", 1, 0, True), ("S1", 2, 0, True), ("S1", 3, 0, True))
    asked(("S2", 27, 1, False))
    assert told(weeks_until(SUNDAY, 104))["S1", "W1"] == [7, 0, 0, 0]


def test_a_sku_is_not_known_before_it_was_first_asked_for_anywhere(asked, world):
    world.has({"W2": {"S2": 0}})
    asked(("S1", 0, 1, False), ("S2", 14, 1, False))
    asked(("S2", 21, 1, False), facility="W2")
    found = told(weeks_until(SUNDAY, 104))
    assert found["S2", "W1"] == [None, None, 1, 0]
    assert found["S2", "W2"] == [None, None, 0, 1]


def test_without_demand_there_are_no_weeks(asked):
    assert weeks_until(SUNDAY, 104) is None
    asked(("S1", 20, 1, False))
    assert weeks_until(MONDAY, 104) is None
