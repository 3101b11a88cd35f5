"""Rebalancing plans: held to every limit, to brute force, and to what must not get worse."""

import itertools
from dataclasses import replace

import pytest

from benchmarks.rebalancing.instances import KINDS, draw
from fulfillment.optimization.rebalancing import (
    Facility,
    InvalidProblem,
    Item,
    Lane,
    Options,
    Position,
    Problem,
    Transfer,
    evaluate,
    solve,
)
from fulfillment.optimization.rebalancing import plan as planning

NEEDS = ((0, 10.0), (5, 4.0), (10, 1.0), (15, 0.0))
NOTHING = ((0, 0.0),)


def two(stock=12, keep=2, fixed=3.0, unit=0.1, **options):
    """A has units to spare, B is short of them."""
    return Problem(
        facilities=(Facility("A"), Facility("B")),
        lanes=(Lane("A", "B", unit, fixed), Lane("B", "A", unit, fixed)),
        positions=(
            Position("A", "X", stock, keep, 2.0, NOTHING),
            Position("B", "X", 0, 0, 2.0, NEEDS),
        ),
        options=Options(**options),
    )


def brute_force(problem):
    """The least cost of any whole units on the lane from A to B."""
    most = max(0, problem.positions[0].available - problem.positions[0].keep)
    pack = problem.items[0].pack_size if problem.items else 1
    plans = [[Transfer("A", "B", "X", n, 0, 0)] if n else [] for n in range(0, most + 1, pack)]
    told = [evaluate(problem, one) for one in plans]
    return min(one.objective for one in told if not one.violations)


@pytest.mark.parametrize("stock", [0, 2, 3, 7, 40])
@pytest.mark.parametrize("fixed", [0.0, 3.0, 30.0])
@pytest.mark.parametrize("pack", [1, 4])
@pytest.mark.parametrize("room", [None, 0, 5])
def test_two_places_do_what_brute_force_finds(stock, fixed, pack, room):
    problem = replace(two(stock, fixed=fixed), items=(Item("X", pack),))
    lanes = tuple(replace(lane, capacity_units=room) for lane in problem.lanes)
    problem = replace(problem, lanes=lanes)
    found = solve(problem)
    assert found.objective == pytest.approx(brute_force(problem), abs=1e-6)
    assert found.status == "optimal"


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("seed", [1, 2])
def test_a_plan_costs_what_it_says_and_keeps_every_limit(kind, seed):
    problem = draw(kind, 12, 4, seed)
    found = solve(problem)
    told = evaluate(problem, found.transfers)
    assert told.violations == ()
    assert told.objective == pytest.approx(found.objective)
    assert found.lower_bound <= found.objective + 1e-6
    assert found.objective <= min(found.greedy, found.do_nothing) + 1e-6
    assert found.gap <= problem.options.gap + 1e-9
    gains = sum(one.saves - one.costs for one in found.transfers)
    assert gains == pytest.approx(found.do_nothing - found.objective, abs=1e-3)


def by_prices(problem, monkeypatch):
    """The plan that large problems get, for one that is small."""
    monkeypatch.setattr(planning, "TINY", 0)
    monkeypatch.setattr(planning, "SMALL", 0)
    return solve(problem)


@pytest.mark.parametrize("kind", ["tight", "sparse", "dear", "free"])
def test_by_prices_the_bound_holds_and_the_plan_can_be_carried_out(kind, monkeypatch):
    problem = draw(kind, 20, 5, 3)
    exact = solve(problem)
    found = by_prices(problem, monkeypatch)
    assert evaluate(problem, found.transfers).violations == ()
    assert found.lower_bound <= exact.objective + 1e-6
    assert exact.objective <= found.objective + 1e-6
    assert found.objective <= found.greedy + 1e-6


@pytest.mark.parametrize(("skus", "places"), [(20, 5), (200, 20)])
def test_the_same_problem_gives_the_same_plan(skus, places):
    problem = draw("tight", skus, places, 4)
    assert solve(problem).transfers == solve(problem).transfers


@pytest.mark.parametrize(
    ("kind", "most"), [("full", 0.01), ("free", 1e-6), ("sparse", 0.015), ("tight", 0.03)]
)
def test_where_everything_binds_the_plan_is_near_the_bound(kind, most):
    problem = replace(draw(kind, 200, 20, 0), options=Options(gap=most))
    found = solve(problem)
    assert evaluate(problem, found.transfers).violations == ()
    assert found.gap <= most + 1e-9


def test_few_lanes_at_most_are_used_well():
    problem = draw("tight", 150, 20, 1)
    few = solve(replace(problem, options=Options(max_lanes=20)))
    assert evaluate(problem, few.transfers).lanes <= 20
    assert few.method == "prices"
    assert solve(problem).objective < few.objective < few.greedy


def test_a_time_limit_that_is_short_leaves_a_plan_and_a_bound():
    problem = replace(draw("tight", 400, 20, 1), options=Options(seconds=0.3))
    found = solve(problem)
    assert evaluate(problem, found.transfers).violations == ()
    assert found.lower_bound <= found.objective <= found.greedy


def test_twice_the_money_twice_the_cost(monkeypatch):
    problem = draw("dear", 60, 8, 2)
    cost = by_prices(problem, monkeypatch).objective
    lanes = [
        replace(lane, unit_cost=2 * lane.unit_cost, fixed_cost=2 * lane.fixed_cost)
        for lane in problem.lanes
    ]
    rows = [replace(row, shortage_cost=2 * row.shortage_cost) for row in problem.positions]
    twice = replace(problem, lanes=tuple(lanes), positions=tuple(rows))
    assert by_prices(twice, monkeypatch).objective == pytest.approx(2 * cost, rel=1e-3)


def test_more_room_and_a_cheaper_lane_never_cost_more():
    problem = draw("tight", 12, 4, 5)
    cost = solve(problem).objective
    roomy = [replace(lane, capacity_units=None) for lane in problem.lanes]
    cheap = [replace(lane, unit_cost=lane.unit_cost / 2) for lane in problem.lanes]
    for lanes in (roomy, cheap):
        other = solve(replace(problem, lanes=tuple(lanes))).objective
        assert other <= cost * (1 + problem.options.gap)


def test_no_more_lanes_are_used_than_allowed():
    problem = draw("roomy", 20, 5, 6)
    for most in (0, 1, 3):
        limited = replace(problem, options=replace(problem.options, max_lanes=most))
        ways = {(one.origin, one.destination) for one in solve(limited).transfers}
        assert len(ways) <= most


def test_what_is_stopped_at_once_is_a_plan_all_the_same():
    problem = draw("tight", 20, 5, 7)
    found = solve(problem, stop=lambda: True)
    assert evaluate(problem, found.transfers).violations == ()
    assert found.lower_bound <= found.objective <= found.do_nothing


def test_a_limit_that_binds_has_a_price():
    lanes = tuple(replace(lane, capacity_units=3) for lane in two().lanes)
    found = solve(replace(two(fixed=0.0, unit=0.0), lanes=lanes))
    (price,) = [p.price for p in found.lane_prices if (p.origin, p.destination) == ("A", "B")]
    assert price == pytest.approx(2 * (10 - 4) / 5 - 0.1, abs=0.11)


@pytest.mark.parametrize(
    "problem",
    [
        Problem((), (), (), ()),
        Problem((Facility("A"),), (), (Position("A", "X", 5, 0, 1.0, NEEDS),)),
        two(stock=0),
        replace(two(), items=(Item("X", 100),)),
        replace(two(), lanes=()),
        two(stock=10**6, keep=10**6),
    ],
)
def test_where_nothing_can_move_doing_nothing_is_optimal(problem):
    found = solve(problem)
    assert (found.transfers, found.status) == ((), "optimal")
    assert found.objective == found.do_nothing == found.lower_bound


def test_a_curve_that_is_not_convex_is_refused_by_its_position():
    bent = Position("B", "X", 0, 0, 1.0, ((0, 10.0), (5, 9.0), (10, 0.0)))
    with pytest.raises(InvalidProblem, match=r"positions\[1\]"):
        solve(replace(two(), positions=(two().positions[0], bent)))


def test_of_two_skus_each_goes_where_it_is_short():
    places = [f"F{i}" for i in range(3)]
    lanes = [Lane(a, b, 0.01, 1.0) for a, b in itertools.permutations(places, 2)]
    rows = [
        Position("F0", "X", 30, 0, 5.0, NOTHING),
        Position("F1", "X", 0, 0, 5.0, NEEDS),
        Position("F1", "Y", 30, 0, 5.0, NOTHING),
        Position("F2", "Y", 0, 0, 5.0, NEEDS),
    ]
    found = solve(Problem(tuple(map(Facility, places)), tuple(lanes), tuple(rows)))
    ways = {(one.sku, one.origin, one.destination) for one in found.transfers}
    assert ways == {("X", "F0", "F1"), ("Y", "F1", "F2")}
