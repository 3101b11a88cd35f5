"""What makes no sense is refused by its field, whatever kind of value it is."""

import math
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.rebalancing.instances import draw
from fulfillment.optimization.rebalancing import InvalidProblem, validate


def with_curve(curve):
    problem = draw("tight", 4, 3, 0)
    rows = list(problem.positions)
    rows[5] = replace(rows[5], lost_sales=curve)
    return replace(problem, positions=tuple(rows))


@pytest.mark.parametrize(
    ("curve", "where"),
    [
        ((), "lost_sales"),
        (((1, 5.0),), r"lost_sales\[0\]\[0\]"),
        (((0, 5.0), (0, 4.0)), r"lost_sales\[1\]\[0\]"),
        (((0, 5.0), (3, 6.0)), r"lost_sales\[1\]\[1\]"),
        (((0, 5.0), (3, 4.5), (4, 0.0)), "lost_sales"),
        (((0, -5.0),), r"lost_sales\[0\]\[1\]"),
        (((0, math.nan),), r"lost_sales\[0\]\[1\]"),
        (((0, True),), r"lost_sales\[0\]\[1\]"),
        (((0, "5"),), r"lost_sales\[0\]\[1\]"),
        (((0, 2.0**60),), r"lost_sales\[0\]\[1\]"),
    ],
)
def test_one_wrong_curve_among_many_is_found(curve, where):
    with pytest.raises(InvalidProblem, match=rf"positions\[5\]\.{where}"):
        validate(with_curve(curve))


@pytest.mark.parametrize(
    "curve", [((0, 5),), ((0, np.float64(5)), (np.int64(4), 1.0)), ((0, 5.0), (3, 2.0), (9, 0.0))]
)
def test_curves_of_any_numbers_are_fine(curve):
    validate(with_curve(curve))


@pytest.mark.parametrize("value", [True, "3", None, 2.5, -1, [3]])
def test_a_stock_that_is_no_count_is_found_among_those_that_are(value):
    problem = draw("tight", 4, 3, 0)
    rows = list(problem.positions)
    rows[7] = replace(rows[7], available=value)
    with pytest.raises(InvalidProblem, match=r"positions\[7\]\.available"):
        validate(replace(problem, positions=tuple(rows)))
