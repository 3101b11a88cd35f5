from dataclasses import replace

import pytest

from fulfillment.optimization import allocation
from tests.optimization.waves import order, wave

PROBLEM = wave(
    ["A", "B"],
    {("A", "X"): 2, ("B", "X"): 5, ("B", "Y"): 1},
    [order("o1", X=3, Y=1), order("o2", X=1)],
    {"A": (10.0, 1.0), "B": (20.0, 2.0)},
)


def plan(*lines):
    return [allocation.Allocation(*line) for line in lines]


def test_a_plan_costs_its_shipments_units_and_missing_units():
    evaluation = allocation.evaluate(PROBLEM, plan(("o1", "A", "X", 2), ("o1", "B", "X", 1)))
    assert evaluation.objective == (10 + 2) + (20 + 2) + 2 * 100
    assert evaluation.shipments == 2
    assert [(u.order, u.sku, u.quantity) for u in evaluation.unfilled] == [
        ("o1", "Y", 1),
        ("o2", "X", 1),
    ]
    assert evaluation.violations == ()


def test_units_cost_their_weight():
    heavy = replace(PROBLEM, items=(allocation.Item("X", 3.0),))
    assert allocation.evaluate(heavy, plan(("o2", "A", "X", 1))).objective == 10 + 3 + 400


@pytest.mark.parametrize(
    ("lines", "violation"),
    [
        ([("o1", "A", "X", 3)], "A has too little X"),
        ([("o2", "B", "X", 2)], "o2 gets more X than it asked for"),
        ([("o3", "B", "X", 1)], "B may not ship o3"),
        ([("o2", "C", "X", 1)], "C may not ship o2"),
    ],
)
def test_a_plan_that_breaks_a_limit_is_named(lines, violation):
    assert violation in allocation.evaluate(PROBLEM, plan(*lines)).violations


@pytest.mark.parametrize(
    ("fields", "violation"),
    [
        ({"max_shipments": 1}, "o1 has too many shipments"),
        ({"ship_complete": True}, "o1 ships incomplete"),
        ({"eligible": frozenset({"A"})}, "B may not ship o1"),
    ],
)
def test_a_plan_that_breaks_an_orders_terms_is_named(fields, violation):
    problem = replace(PROBLEM, orders=(replace(PROBLEM.orders[0], **fields), PROBLEM.orders[1]))
    lines = plan(("o1", "A", "X", 2), ("o1", "B", "X", 1))
    assert allocation.evaluate(problem, lines).violations == (violation,)


@pytest.mark.parametrize(
    ("fields", "violation"),
    [
        ({"capacity_units": 2}, "B is past its units"),
        ({"capacity_shipments": 1}, "B is past its shipments"),
    ],
)
def test_a_facility_past_its_capacity_is_named(fields, violation):
    full = replace(PROBLEM.facilities[1], **fields)
    problem = replace(PROBLEM, facilities=(PROBLEM.facilities[0], full))
    lines = plan(("o1", "B", "X", 2), ("o2", "B", "X", 1))
    assert allocation.evaluate(problem, lines).violations == (violation,)


def test_a_line_in_parts_is_named_where_lines_may_not_split():
    problem = replace(PROBLEM, options=allocation.Options(split_lines=False))
    lines = plan(("o1", "A", "X", 2), ("o1", "B", "X", 1))
    assert allocation.evaluate(problem, lines).violations == ("o1 gets X in parts",)
