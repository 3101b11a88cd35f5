"""Waves in which something is missing, free, equal, huge or impossible."""

from dataclasses import replace

import pytest

from fulfillment.optimization import allocation
from tests.optimization.waves import by_patterns_only, order, random_wave, wave

ONE = wave(["A"], {("A", "X"): 9}, [order("o1", X=2)])
HUGE = 2**53


def with_facility(**fields):
    return replace(ONE, facilities=(replace(ONE.facilities[0], **fields),))


def with_order(**fields):
    return replace(ONE, orders=(replace(ONE.orders[0], **fields),))


def with_lane(**fields):
    return replace(ONE, lanes=(replace(ONE.lanes[0], **fields),))


def wide(lines, facilities):
    """One order of many lines, each held by a third of the facilities, at its own cost."""
    codes, skus = [f"F{i:02}" for i in range(facilities)], [f"S{i:02}" for i in range(lines)]
    stock = {(f, s): 1 for i, f in enumerate(codes) for j, s in enumerate(skus) if (i + j) % 3 == 0}
    lanes = {f: (5.0 + i % 7, 1.0 + i % 5) for i, f in enumerate(codes)}
    return wave(codes, stock, [order("o1", **dict.fromkeys(skus, 1))], lanes, seconds=5, gap=0.01)


NO_ORDERS = replace(ONE, orders=())
NOTHING = allocation.Problem((), (), (), ())
EQUAL = wave(
    list("CAB"),
    {(f, s): 2 for f in "CAB" for s in "XY"},
    [order(f"o{i}", X=1, Y=1) for i in range(8)],
    dict.fromkeys("CAB", (1.0, 1.0)),
)

# A wave and what its best plan costs.
CASES = {
    "nothing at all": (NOTHING, 0),
    "no orders": (NO_ORDERS, 0),
    "no facilities": (replace(NOTHING, orders=ONE.orders), 200),
    "no stock": (replace(ONE, stock=()), 200),
    "stock of zero": (wave(["A"], {("A", "X"): 0}, [order("o1", X=2)]), 200),
    "no lanes": (replace(ONE, lanes=()), 200),
    "one facility": (ONE, 12),
    "a zone without lanes": (with_order(zone="Y"), 200),
    "a SKU that nobody stocks": (wave(["A"], {("A", "X"): 1}, [order("o1", Y=3)]), 300),
    "a huge quantity": (wave(["A"], {("A", "X"): 10**9}, [order("o1", X=10**6)]), 10 + 10**6),
    "free lanes": (with_lane(shipment_cost=0.0, unit_cost=0.0), 0),
    "weightless goods": (replace(ONE, items=(allocation.Item("X", 0.0),)), 10),
    "nothing costs anything": (
        replace(with_lane(shipment_cost=0.0, unit_cost=0.0), orders=(order("o1", "Z", 0.0, X=2),)),
        0,
    ),
    "equal costs": (EQUAL, 6 * 3 + 2 * 200),
    "a date that no lane keeps": (
        replace(with_lane(days=3), orders=(order("o1", X=2, deliver_within_days=1),)),
        200,
    ),
    "a date of today": (
        replace(with_lane(days=0), orders=(order("o1", X=2, deliver_within_days=0),)),
        12,
    ),
    "lateness dearer than waiting": (
        replace(
            with_lane(days=3),
            orders=(order("o1", X=2, deliver_within_days=0, late_cost_per_day=1e6),),
        ),
        200,
    ),
    "no capacity in units": (with_facility(capacity_units=0), 200),
    "no capacity in shipments": (with_facility(capacity_shipments=0), 200),
    "less capacity than an order": (with_facility(capacity_units=1), 10 + 1 + 100),
    "unfilled for free": (with_order(unfilled_cost=0.0), 0),
    "unfilled cheaper than shipped": (with_order(unfilled_cost=5.9), 11.8),
    "complete, but too little": (
        wave(["A"], {("A", "X"): 1, ("A", "Y"): 1}, [order("o1", X=2, Y=1, ship_complete=True)]),
        300,
    ),
    "complete, but one SKU unknown": (
        wave(["A"], {("A", "X"): 1}, [order("o1", X=1, Y=1, ship_complete=True)]),
        200,
    ),
    "complete, but two shipments": (
        wave(
            ["A", "B"],
            {("A", "X"): 1, ("B", "Y"): 1},
            [order("o1", X=1, Y=1, ship_complete=True, max_shipments=1)],
        ),
        200,
    ),
    "eligible nowhere": (with_order(eligible=frozenset()), 200),
    "no shipments allowed": (with_order(max_shipments=0), 200),
    "more shipments allowed than facilities": (with_order(max_shipments=HUGE), 12),
    "limits beyond all demand": (with_facility(capacity_units=HUGE, capacity_shipments=HUGE), 12),
    "stock beyond all demand": (wave(["A"], {("A", "X"): HUGE}, [order("o1", X=2)]), 12),
    "a penalty beyond all cost": (with_order(unfilled_cost=float(HUGE)), 12),
    "lines of one SKU": (
        with_order(lines=tuple(allocation.Line("X", 1) for _ in range(30))),
        10 + 9 + 21 * 100,
    ),
}


@pytest.mark.parametrize("by_patterns", [False, True], ids=["one model", "patterns"])
@pytest.mark.parametrize(("problem", "cost"), CASES.values(), ids=CASES)
def test_an_odd_wave_gets_its_best_plan(problem, cost, by_patterns, monkeypatch):
    if by_patterns:
        by_patterns_only(monkeypatch)
    solution = allocation.solve(problem)
    evaluation = allocation.evaluate(problem, solution.allocations)
    assert evaluation.violations == ()
    assert solution.objective == pytest.approx(evaluation.objective)
    assert solution.objective == pytest.approx(cost)
    assert solution.lower_bound <= solution.objective
    assert by_patterns or solution.status == "optimal"


@pytest.mark.parametrize("by_patterns", [False, True], ids=["one model", "patterns"])
def test_case_14_one_order_of_sixty_lines_over_forty_facilities(by_patterns, monkeypatch):
    if by_patterns:
        by_patterns_only(monkeypatch)
    problem = wide(60, 40)
    solution = allocation.solve(problem)
    evaluation = allocation.evaluate(problem, solution.allocations)
    assert evaluation.violations == ()
    assert evaluation.unfilled == ()
    assert solution.gap <= 0.01


@pytest.mark.parametrize("cost", [1e9, 1e12, float(HUGE)])
def test_costs_of_any_size_break_nothing(cost):
    problem = random_wave(5)
    lanes = tuple(replace(lane, shipment_cost=cost, unit_cost=cost) for lane in problem.lanes)
    orders = tuple(replace(order, unfilled_cost=cost) for order in problem.orders)
    huge = replace(problem, lanes=lanes, orders=orders)
    solution = allocation.solve(huge)
    assert allocation.evaluate(huge, solution.allocations).violations == ()
    assert 0 <= solution.lower_bound <= solution.objective <= solution.greedy.objective


def test_tiny_costs_are_told_apart():
    problem = wave(
        ["A", "B"],
        {("A", "X"): 1, ("B", "X"): 1},
        [order("o1", unfilled_cost=1e-3, X=1)],
        {"A": (2e-7, 0.0), "B": (1e-7, 0.0)},
    )
    [line] = allocation.solve(problem).allocations
    assert line.facility == "B"


@pytest.mark.parametrize("seed", range(20))
def test_no_time_at_all_still_gives_a_feasible_plan(seed):
    problem = random_wave(seed)
    hurried = replace(problem, options=replace(problem.options, seconds=0.0))
    solution = allocation.solve(hurried)
    assert allocation.evaluate(hurried, solution.allocations).violations == ()
    assert 0 <= solution.lower_bound <= solution.objective
