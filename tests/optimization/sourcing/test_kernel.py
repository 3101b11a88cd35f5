import itertools
import math
import time

import numpy as np
import pytest

from fulfillment.optimization import sourcing
from fulfillment.optimization.sourcing import search
from tests.optimization.carts import (
    best,
    every_assignment,
    price,
    problem,
    random_problem,
    used,
)


def test_case_1_an_order_larger_than_any_stock_is_split():
    assert best(problem([5], [3, 3, 3])).shipments == 2


@pytest.mark.parametrize(
    ("stock", "shipments"), [([2, 2, 2], 3), ([1, 1], None), ([2, 3], 2), ([0, 5], 1)]
)
def test_case_2_as_many_shipments_as_the_stock_needs(stock, shipments):
    options = sourcing.solve(problem([5], stock)).options
    assert [option.shipments for option in options] == ([shipments] if shipments else [])


def test_case_3_two_facilities_cover_what_greedy_coverage_needs_three_for():
    p, q, r = [1, 1, 1, 1, 0, 0], [1, 1, 0, 0, 1, 0], [0, 0, 1, 1, 0, 1]
    assert used(best(problem([1] * 6, [p, q, r]))) == (1, 2)


def test_case_4_the_preferred_facility_is_topped_up_by_the_next():
    plan = best(problem([10], [6, 5, 4], shipment_cost=[12, 11, 10], unit_cost=[[1.2], [1.1], [1]]))
    assert plan.shipments == 2
    assert plan.shipped.sum() == 10


@pytest.mark.parametrize(("box", "expected"), [(10, [0, 5]), (1, [2, 3])])
def test_case_5_a_second_box_must_be_worth_its_cost(box, expected):
    asked = problem([5], [2, 5], shipment_cost=[box, box], unit_cost=[[1], [2]])
    assert best(asked).shipped[:, 0].tolist() == expected


@pytest.mark.parametrize(("limit", "shipments"), [(1, []), (2, [2])])
def test_case_6_no_plan_uses_more_facilities_than_allowed(limit, shipments):
    options = sourcing.solve(problem([5], [2, 3], max_shipments=limit)).options
    assert [option.shipments for option in options] == shipments


def test_case_7_a_partial_order_ships_what_there_is_and_a_complete_one_nothing():
    partial = best(problem([5, 1], [[3, 0], [1, 0]], ship_complete=False))
    assert partial.shipped.sum(axis=0).tolist() == [4, 0]
    assert sourcing.solve(problem([5, 1], [[3, 0], [1, 0]])).options == ()


def test_units_dearer_to_ship_than_to_leave_are_left():
    plan = best(problem([5], [5], unfilled_cost=[2], ship_complete=False))
    assert (plan.shipments, plan.cost) == (0, 10)


def test_case_13_equal_plans_resolve_to_the_shorter_distance_then_the_first_facility():
    assert used(best(problem([1], [5, 5, 5]))) == (0,)
    assert used(best(problem([1], [5, 5, 5], distance_km=[9, 4, 4]))) == (1,)
    assert used(best(problem([1], [5, 5, 5], distance_km=[math.inf, math.inf, 4]))) == (2,)


def test_equal_cost_prefers_fewer_shipments():
    free = {"shipment_cost": [0, 0, 0], "unit_cost": [[1], [1], [1]]}
    assert used(best(problem([4], [2, 2, 4], **free))) == (2,)


def test_case_14_sixty_lines_over_forty_facilities_answer_within_a_second_with_a_gap():
    rng = np.random.default_rng(0)
    asked = problem(
        rng.integers(1, 5, 60).tolist(),
        rng.integers(0, 8, (40, 60)) * (rng.random((40, 60)) < 0.4),
        unit_cost=rng.random((40, 60)) * 3,
        ship_complete=False,
    )
    started = time.process_time()
    solution = sourcing.solve(asked)
    assert time.process_time() - started < 1
    assert solution.options[0].cost == pytest.approx(price(asked, solution.options[0].shipped))
    assert 0 < solution.lower_bound <= solution.options[0].cost
    assert solution.gap < 0.2


@pytest.mark.parametrize("quantity", [1_000_000, 1_000_000_000])
def test_case_15_huge_quantities_are_exact(quantity):
    plan = best(problem([quantity, 1], [[quantity - 1, 0], [10**9, 10**9]]))
    assert plan.shipped.tolist() == [[0, 0], [quantity, 1]]
    assert plan.cost == 10 + quantity + 1


def test_case_15_everything_may_be_free():
    free = problem([2], [5, 5], shipment_cost=[0, 0], unit_cost=[[0], [0]])
    assert (best(free).cost, used(best(free))) == (0, (0,))


@pytest.mark.parametrize("field", ["shipment_cost", "unit_cost", "unfilled_cost", "distance_km"])
@pytest.mark.parametrize("value", [-1.0, math.nan])
def test_case_15_a_negative_or_missing_number_is_refused_by_name(field, value):
    shape = {"unit_cost": (2, 1), "unfilled_cost": (1,)}.get(field, (2,))
    with pytest.raises(ValueError, match=field):
        sourcing.solve(problem([1], [1, 1], **{field: np.full(shape, value)}))


@pytest.mark.parametrize("field", ["shipment_cost", "unit_cost", "unfilled_cost"])
def test_an_infinite_cost_is_refused_by_name(field):
    shape = {"unit_cost": (2, 1), "unfilled_cost": (1,)}.get(field, (2,))
    with pytest.raises(ValueError, match=field):
        sourcing.solve(problem([1], [1, 1], **{field: np.full(shape, math.inf)}))


@pytest.mark.parametrize(
    ("field", "value"),
    [("unit_cost", [[1.0]]), ("distance_km", [1.0]), ("max_shipments", -1), ("options", 0)],
)
def test_a_field_of_the_wrong_shape_or_range_is_refused_by_name(field, value):
    with pytest.raises(ValueError, match=field):
        sourcing.solve(problem([1], [1, 1], **{field: value}))


@pytest.mark.parametrize("quantity", [[], [0]])
def test_an_order_of_nothing_is_refused(quantity):
    with pytest.raises(ValueError, match="quantity"):
        sourcing.solve(problem(quantity, [1, 1]))


def test_without_facilities_a_partial_order_goes_unfilled():
    plan = best(problem([2], [], ship_complete=False))
    assert (plan.cost, plan.shipments, plan.shipped.shape) == (2000, 0, (0, 1))


@pytest.mark.parametrize("seed", range(300))
def test_the_best_plan_is_that_of_trying_everything_ties_included(seed):
    asked = random_problem(np.random.default_rng(seed))
    ranks = [_rank(asked, price(asked, units), units) for units in every_assignment(asked)]
    solution = sourcing.solve(asked)
    assert [_rank(asked, o.cost, o.shipped) for o in solution.options] == sorted(ranks)[:1]
    assert solution.exact
    assert solution.gap == 0


def _rank(asked, cost, units):
    members = units.any(axis=1)
    distance = float(asked.distance_km[members].sum())
    return round(cost, 6), int(members.sum()), distance, tuple(np.flatnonzero(members).tolist())


@pytest.mark.parametrize("seed", range(100))
def test_options_are_the_best_plans_of_distinct_facility_sets(seed):
    asked = random_problem(np.random.default_rng(seed), options=4, max_shipments=None)
    options = sourcing.solve(asked).options
    assert [(round(o.cost, 6), used(o)) for o in options] == _best_by_set(asked)[:4]
    for option in options:
        assert option.cost == pytest.approx(price(asked, option.shipped))


def _best_by_set(asked):
    """Each facility set filled from its cheapest member on, if every member then ships."""
    facilities = range(len(asked.stock))
    sets = [
        m for size in range(len(asked.stock) + 1) for m in itertools.combinations(facilities, size)
    ]
    filled = [(members, _fill(asked, members)) for members in sets]
    allowed = [(m, units) for m, units in filled if units[list(m)].any(axis=1).all()]
    complete = [
        (m, u) for m, u in allowed if not asked.ship_complete or u.sum() == asked.quantity.sum()
    ]
    ranks = sorted(_rank(asked, price(asked, units), units) for _, units in complete)
    return [(cost, members) for cost, _, _, members in ranks]


def _fill(asked, members):
    units = np.zeros(asked.stock.shape, dtype=int)
    for line, quantity in enumerate(asked.quantity):
        for f in sorted(members, key=lambda f: (asked.unit_cost[f, line], f)):
            available = min(asked.stock[f, line], quantity - units[:, line].sum())
            worth_it = asked.ship_complete or asked.unit_cost[f, line] <= asked.unfilled_cost[line]
            if worth_it and (asked.split_lines or available == quantity):
                units[f, line] = available
    return units


@pytest.mark.parametrize("seed", range(40))
def test_the_solver_takes_over_large_orders_at_the_same_cost(seed, monkeypatch):
    asked = random_problem(np.random.default_rng(seed))
    exact = sourcing.solve(asked)
    monkeypatch.setattr(search, "LARGEST_SIZE", -1)
    solution = sourcing.solve(asked)
    assert [o.cost for o in solution.options] == pytest.approx([o.cost for o in exact.options])
    assert solution.lower_bound == pytest.approx(exact.lower_bound, abs=1e-5)


def test_more_options_than_there_are_useful_sets_end_the_search():
    asked = problem([1], np.full((40, 1), 5), options=100)
    solution = sourcing.solve(asked)
    assert (len(solution.options), solution.exact) == (40, True)


def test_the_greedy_plan_stands_in_when_the_solver_has_no_time(monkeypatch):
    monkeypatch.setattr(search, "LARGEST_SIZE", -1)
    solution = sourcing.solve(problem([5], [3, 3, 3]), seconds=0.0)
    assert solution.options[0].shipments == 2
    assert solution.lower_bound <= solution.options[0].cost


@pytest.mark.parametrize("seed", range(40))
def test_more_stock_never_costs_more(seed):
    rng = np.random.default_rng(seed)
    asked = random_problem(rng, ship_complete=False, split_lines=True)
    fields = {name: getattr(asked, name) for name in asked.__dataclass_fields__}
    richer = sourcing.Problem(
        **fields | {"stock": asked.stock + rng.integers(0, 2, asked.stock.shape)}
    )
    assert best(richer).cost <= best(asked).cost + 1e-9


@pytest.mark.parametrize("seed", range(40))
def test_the_order_of_facilities_changes_no_cost(seed):
    rng = np.random.default_rng(seed)
    asked = random_problem(rng)
    turn = rng.permutation(len(asked.stock))
    fields = {name: getattr(asked, name) for name in asked.__dataclass_fields__}
    by_facility = ("stock", "shipment_cost", "unit_cost", "distance_km")
    turned = sourcing.Problem(**fields | {name: fields[name][turn] for name in by_facility})
    costs = [[o.cost for o in sourcing.solve(p).options] for p in (asked, turned)]
    assert costs[0] == pytest.approx(costs[1])


def test_case_19_the_same_order_twice_gets_the_same_plan():
    asked = random_problem(np.random.default_rng(5), ship_complete=False)
    assert np.array_equal(best(asked).shipped, best(asked).shipped)
