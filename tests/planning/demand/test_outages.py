"""The days on which a shelf stood empty."""

import numpy as np
import pytest

from fulfillment.planning.demand.outages import outages


def empty(start, *rows, days=4):
    """Return the days on which a stock level was empty: it had so many units, then (day, units)."""
    level = np.zeros(len(rows), dtype=np.int64)
    day, balance = (np.array([row[i] for row in rows], dtype=np.int64) for i in (0, 1))
    return np.flatnonzero(outages(np.array([start]), level, day, balance, days)[0]).tolist()


@pytest.mark.parametrize(
    ("start", "rows", "days"),
    [
        (5, [], []),
        (0, [], [0, 1, 2, 3]),
        (5, [(1, 0)], [1, 2, 3]),
        (5, [(1, 0), (3, 8)], [1, 2, 3]),
        (5, [(1, 0), (1, 8)], [1]),
        (0, [(2, 3)], [0, 1, 2]),
        (5, [(0, 3), (2, 1)], []),
        (-2, [(3, -1)], [0, 1, 2, 3]),
    ],
)
def test_a_day_is_empty_that_began_or_came_to_nothing(start, rows, days):
    assert empty(start, *rows) == days


def test_each_stock_level_has_its_own_days():
    start = np.array([1, 0])
    level, day, balance = np.array([[0, 1], [1, 2], [0, 4]])
    assert outages(start, level, day, balance, 4).tolist() == [
        [False, True, True, True],
        [True, True, True, False],
    ]
