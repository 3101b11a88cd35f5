import itertools
import math

import numpy as np
import pytest
from msgspec.structs import asdict

from fulfillment.optimization import sourcing
from fulfillment.optimization.sourcing import search
from tests.optimization.carts import (
    best,
    every_assignment,
    grouped_problem,
    place,
    price,
    problem,
    random_problem,
    staged_problem,
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


def test_case_14_sixty_lines_over_forty_facilities_answer_with_a_small_gap():
    rng = np.random.default_rng(0)
    asked = problem(
        rng.integers(1, 5, 60).tolist(),
        rng.integers(0, 8, (40, 60)) * (rng.random((40, 60)) < 0.4),
        unit_cost=rng.random((40, 60)) * 3,
        ship_complete=False,
    )
    solution = sourcing.solve(asked)
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
@pytest.mark.parametrize("kind", [random_problem, grouped_problem, staged_problem])
def test_the_best_plan_is_that_of_trying_everything_ties_included(kind, seed):
    asked = kind(np.random.default_rng(seed))
    places = [place(asked, units) for units in every_assignment(asked)]
    solution = sourcing.solve(asked)
    assert [place(asked, o.shipped) for o in solution.options] == sorted(places)[:1]
    assert [o.cost for o in solution.options] == pytest.approx(
        [price(asked, o.shipped) for o in solution.options]
    )
    assert solution.exact
    assert solution.gap == 0


@pytest.mark.parametrize("seed", range(100))
@pytest.mark.parametrize("kind", [random_problem, grouped_problem, staged_problem])
def test_options_are_the_best_plans_of_distinct_facility_sets(kind, seed):
    asked = kind(np.random.default_rng(seed), options=4, max_shipments=None)
    options = sourcing.solve(asked).options
    assert [place(asked, o.shipped) for o in options] == _best_by_set(asked)[:4]
    for option in options:
        assert option.cost == pytest.approx(price(asked, option.shipped))


def _best_by_set(asked):
    """Each facility set filled from its cheapest member on, if every member then ships."""
    facilities = range(len(asked.stock))
    sets = [
        m for size in range(len(asked.stock) + 1) for m in itertools.combinations(facilities, size)
    ]
    filled = [(members, _fill(asked, members)) for members in sets]
    allowed = [units for m, units in filled if units[list(m)].any(axis=1).all()]
    complete = [u for u in allowed if not asked.ship_complete or u.sum() == asked.quantity.sum()]
    return sorted(place(asked, units) for units in complete)


def _fill(asked, members):
    units = np.zeros(asked.stock.shape, dtype=int)
    for line, quantity in enumerate(asked.quantity):
        for f in sorted(members, key=lambda f: (asked.unit_cost[f, line], f)):
            available = min(asked.stock[f, line], quantity - units[:, line].sum())
            always = asked.ship_complete or asked.stages
            worth_it = always or asked.unit_cost[f, line] <= asked.unfilled_cost[line]
            if worth_it and (asked.split_lines or available == quantity):
                units[f, line] = available
    return units


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("kind", [random_problem, grouped_problem])
def test_the_solver_takes_over_large_orders_at_the_same_cost(kind, seed, monkeypatch):
    asked = kind(np.random.default_rng(seed))
    exact = sourcing.solve(asked)
    monkeypatch.setattr(search, "LARGEST_SIZE", -1)
    solution = sourcing.solve(asked)
    assert [o.cost for o in solution.options] == pytest.approx([o.cost for o in exact.options])
    assert solution.lower_bound == pytest.approx(exact.lower_bound, abs=1e-5)


@pytest.mark.parametrize("seed", range(40))
def test_the_solver_keeps_the_stages_of_large_orders(seed, monkeypatch):
    asked = staged_problem(np.random.default_rng(seed))
    exact = sourcing.solve(asked)
    monkeypatch.setattr(search, "LARGEST_SIZE", -1)
    solution = sourcing.solve(asked, seconds=10.0)
    assert [o.rank for o in solution.options] == [o.rank for o in exact.options]
    assert solution.exact


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
    fields = asdict(asked)
    richer = sourcing.Problem(
        **fields | {"stock": asked.stock + rng.integers(0, 2, asked.stock.shape)}
    )
    assert best(richer).cost <= best(asked).cost + 1e-9


@pytest.mark.parametrize("seed", range(40))
def test_the_order_of_facilities_changes_no_cost(seed):
    rng = np.random.default_rng(seed)
    asked = grouped_problem(rng)
    turn = rng.permutation(len(asked.stock))
    fields = asdict(asked)
    by_facility = ("stock", "shipment_cost", "unit_cost", "distance_km", "group")
    turned = sourcing.Problem(**fields | {name: fields[name][turn] for name in by_facility})
    costs = [[o.cost for o in sourcing.solve(p).options] for p in (asked, turned)]
    assert costs[0] == pytest.approx(costs[1])


def test_case_19_the_same_order_twice_gets_the_same_plan():
    asked = random_problem(np.random.default_rng(5), ship_complete=False)
    assert np.array_equal(best(asked).shipped, best(asked).shipped)


def test_a_group_costs_one_shipment_that_of_its_dearest_member():
    stock = [[2, 0], [0, 1], [0, 1]]
    plan = best(problem([2, 1], stock, shipment_cost=[6, 8, 5], group=[0, 0, 1]))
    assert (used(plan), plan.cost, plan.shipments) == ((0, 1), 8 + 3, 2)


def test_a_group_shares_its_cost_and_counts_each_shipment():
    asked = problem([2], [[1], [1]], group=[0, 0], max_shipments=1)
    assert sourcing.solve(asked).options == ()


def test_a_group_may_open_many_where_a_lone_facility_would_be_too_dear():
    stock = np.eye(6, dtype=int).tolist()
    asked = problem([1] * 6, stock, shipment_cost=[50] * 6, group=[0] * 6, ship_complete=False)
    assert (best(asked).shipments, best(asked).cost) == (6, 56)


@pytest.mark.parametrize(
    ("stages", "expected"),
    [([], (0, 1)), ([[1, 1, 1], None], (2,)), ([[100, 100, 900], [1, 1, 1]], (0, 1))],
)
def test_rules_go_before_weights(stages, expected):
    near_pair_and_far_one = {"stock": [[1], [1], [2]], "shipment_cost": [1, 1, 9]}
    assert used(best(problem([2], **near_pair_and_far_one, stages=stages))) == expected


def test_a_fraction_of_a_cent_does_not_outweigh_the_next_rule():
    asked = problem([1], [[1], [1]], unit_cost=[[1.001], [1.002]], stages=[None, [5, 4]])
    assert used(best(asked)) == (1,)


def test_by_rules_as_many_units_ship_as_there_are():
    asked = problem([3], [[2], [2]], stages=[[1, 1]], ship_complete=False, unfilled_cost=[0])
    assert best(asked).shipped.sum() == 3


@pytest.mark.parametrize("field", ["group", "stages"])
def test_a_group_or_a_stage_of_the_wrong_length_is_refused_by_name(field):
    value = [0] if field == "group" else [[0]]
    with pytest.raises(ValueError, match=field):
        sourcing.solve(problem([1], [1, 1], **{field: value}))


def test_sixty_lines_by_rules_keep_the_first_rule():
    rng = np.random.default_rng(0)
    asked = problem(
        rng.integers(1, 5, 60).tolist(),
        rng.integers(0, 8, (40, 60)) * (rng.random((40, 60)) < 0.4),
        stages=[np.ones(40), rng.integers(100, 4000, 40), None],
        ship_complete=False,
    )
    (plan,) = sourcing.solve(asked).options
    missing, shipments, _, cents = plan.rank
    assert (missing, shipments) == (0, plan.shipments)
    assert cents == round(plan.cost * 100)
    assert shipments <= 6
