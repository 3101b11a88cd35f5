from dataclasses import replace

import pytest

from fulfillment.optimization import replenishment as r
from fulfillment.optimization.replenishment import replenish
from fulfillment.optimization.replenishment.evaluate import evaluate
from tests.optimization.replenishment.shelves import (
    bought,
    cheapest_by_trial,
    problem,
    random_problem,
    sent,
    shelf,
)

SCARCE = (
    shelf("X", 0, shortage_cost=9.0),
    shelf("Y", 5, shortage_cost=5.0),
    shelf("Z", 8, shortage_cost=2.0),
)


def test_a_position_at_its_reorder_point_orders_and_one_above_does_not():
    assert bought(r.solve(problem(shelf(on_hand=10)))) == {("A", "X"): 20}
    assert bought(r.solve(problem(shelf(on_hand=11)))) == {}


def test_reserved_and_backordered_units_are_not_there():
    low = shelf(on_hand=20, reserved=6, backordered=4)
    (line,) = r.solve(problem(low)).orders[0].lines
    assert (line.position, line.quantity) == (10, 20)
    assert (line.reorder_point, line.order_up_to, line.wanted) == (10, 30, 20)


@pytest.mark.parametrize(("day", "expected"), [(7, {}), (8, {("A", "X"): 25})])
def test_goods_due_after_the_horizon_are_not_incoming(day, expected):
    due = shelf(on_hand=5, incoming=((day, 10),))
    assert bought(r.solve(problem(due, horizon_days=7))) == expected


def test_a_position_may_look_farther_ahead_than_the_others():
    due = shelf(on_hand=5, incoming=((40, 10),), horizon_days=40)
    assert bought(r.solve(problem(due, horizon_days=7))) == {}


@pytest.mark.parametrize(
    ("policy", "quantity"),
    [
        (r.Policy("R_Q", reorder_point=10, quantity=4), 12),
        (r.Policy("base_stock", order_up_to=11), 9),
        (r.Policy("min_max", 2, 7), 5),
        (r.Policy("none"), 0),
    ],
)
def test_each_kind_of_policy_orders_in_its_own_way(policy, quantity):
    found = bought(r.solve(problem(shelf(on_hand=2, policy=policy))))
    assert found.get(("A", "X"), 0) == quantity


def test_a_service_and_demand_stand_for_levels():
    policy = r.Policy("base_stock", cycle_service=0.9)
    demand = r.Forecast(pmf=((0, 0.5), (4, 0.4), (9, 0.1)))
    assert bought(r.solve(problem(shelf(policy=policy, demand=demand)))) == {("A", "X"): 4}


def test_orders_are_whole_packs_and_no_less_than_the_supplier_sells():
    packs = (r.Terms("ACME", "X", 1.0, 6), r.Terms("ACME", "Y", 2.0, 6, minimum_units=40))
    (order,) = r.solve(problem(shelf("X", 10), shelf("Y", 10), terms=packs)).orders
    assert [(line.quantity, line.packs) for line in order.lines] == [(24, 4), (42, 7)]
    assert order.cost == 24 + 84


def test_where_nothing_binds_every_line_is_as_it_would_be_alone():
    together = r.solve(problem(*SCARCE))
    alone = [bought(r.solve(problem(one))) for one in SCARCE]
    assert bought(together) == alone[0] | alone[1] | alone[2]
    assert (together.method, together.gap, together.shorts) == ("each by itself", 0.0, ())


def test_nothing_is_ordered_on_a_day_that_is_no_order_day():
    solution = r.solve(problem(shelf(), acme={"orders_today": False}))
    assert solution.orders == ()
    assert solution.shorts == (r.Short("A", "X", 30, 0, "no order day"),)
    assert solution.objective == solution.do_nothing


def test_a_small_order_is_topped_up_with_what_will_be_wanted_soonest():
    soon, late = shelf("Y", 12, holding_cost=0.01), shelf("Z", 28, holding_cost=0.01)
    solution = r.solve(problem(shelf("X", 10), soon, late, minimum=30.0))
    assert bought(solution) == {("A", "X"): 20, ("A", "Y"): 10}


def test_a_small_order_waits_where_topping_up_costs_more_than_it_saves():
    rest = shelf("Y", 12, holding_cost=50.0)
    solution = r.solve(problem(shelf("X", 10), rest, minimum=30.0))
    assert solution.orders == ()
    assert [short.reason for short in solution.shorts] == ["minimum value of the order"]


def test_the_need_of_a_shop_is_demand_on_its_resupplier():
    shop = shelf("X", 4, "SHOP", resupplier="DC")
    solution = r.solve(problem(shop, shelf("X", 35, "DC")))
    assert sent(solution) == {("DC", "SHOP", "X"): 26}
    # 35 - 26 = 9, which is at or below 10.
    assert bought(solution) == {("DC", "X"): 21}


def test_what_a_resupplier_does_not_have_is_short_and_ordered_there():
    shops = (
        shelf("X", 0, "S1", resupplier="DC", shortage_cost=9.0),
        shelf("X", 8, "S2", resupplier="DC", shortage_cost=1.0),
    )
    warehouse = shelf("X", 25, "DC", reserved=2)
    solution = r.solve(problem(*shops, warehouse, items=[r.Item("X", pack_size=5)]))
    # 23 units are 4 packs. All go where a customer without goods costs most.
    assert sent(solution) == {("DC", "S1", "X"): 20}
    assert {short.facility: short.wanted - short.given for short in solution.shorts} == {
        "S1": 10,
        "S2": 25,
    }
    assert {short.reason for short in solution.shorts} == {"stock of the resupplier"}
    assert bought(solution) == {("DC", "X"): 30 - (23 - 30 - 25)}
    assert solution.method == "each by itself"


def test_three_echelons_pass_their_needs_on():
    kiosk = shelf("X", 0, "KIOSK", resupplier="SHOP")
    solution = r.solve(
        problem(kiosk, shelf("X", 20, "SHOP", resupplier="DC"), shelf("X", 100, "DC"))
    )
    # The shop sends its 20, and has 20 - 30 = -10: it asks for 40.
    assert sent(solution) == {("SHOP", "KIOSK", "X"): 20, ("DC", "SHOP", "X"): 40}


@pytest.mark.parametrize("seed", range(100))
def test_no_plan_of_a_small_problem_costs_less(seed):
    given = random_problem(seed)
    solution = r.solve(given)
    plan = evaluate(given, solution.orders, solution.transfers)
    assert plan.violations == ()
    assert plan.objective == pytest.approx(solution.objective, abs=1e-6)
    assert solution.objective == pytest.approx(cheapest_by_trial(given), abs=1e-6)
    assert solution.lower_bound <= solution.objective + 1e-9
    assert solution.greedy >= solution.objective - 1e-9
    assert solution.do_nothing >= solution.objective - 1e-9


@pytest.mark.parametrize("seed", range(20))
def test_prices_alone_give_a_valid_plan_and_a_true_bound(monkeypatch, seed):
    given = random_problem(seed)
    best = r.solve(given)
    monkeypatch.setattr(replenish, "MOST_IN_ONE_MODEL", 0)
    solution = r.solve(given)
    plan = evaluate(given, solution.orders, solution.transfers)
    assert plan.violations == ()
    assert plan.objective == pytest.approx(solution.objective, abs=1e-6)
    assert solution.lower_bound <= best.objective + 1e-6
    assert best.objective <= solution.objective + 1e-6


def test_a_budget_goes_where_it_saves_most():
    solution = r.solve(problem(*SCARCE, budget=20.0))
    assert sum(order.cost for order in solution.orders) <= 20.0
    given = bought(solution)
    assert given["A", "X"] > given.get(("A", "Y"), 0) > given.get(("A", "Z"), 0)
    assert {short.reason for short in solution.shorts} == {"budget"}


def test_the_price_of_the_budget_is_what_one_more_unit_saves():
    before = r.solve(problem(*SCARCE, budget=31.0))
    after = r.solve(problem(*SCARCE, budget=32.0))
    assert before.prices.budget == pytest.approx(before.objective - after.objective, rel=1e-5)
    assert before.prices.budget > 0


@pytest.mark.parametrize("budget", [5.0, 31.0, 60.0, 61.0, 500.0])
def test_a_budget_that_is_not_spent_has_no_price(budget):
    solution = r.solve(problem(*SCARCE, budget=budget))
    left = budget - sum(order.cost for order in solution.orders)
    assert solution.prices.budget * left == pytest.approx(0.0, abs=1e-6)


def test_room_and_docks_have_prices_by_facility_and_day():
    tight = problem(*SCARCE, storage={"A": 33.0}, receiving={"A": 15})
    solution = r.solve(tight)
    assert sum(bought(solution).values()) == 15
    assert (solution.prices.storage, set(solution.prices.receiving)) == ({}, {("A", 2)})
    roomy = r.solve(problem(*SCARCE, storage={"A": 33.0}, receiving={"A": 80}))
    assert sum(bought(roomy).values()) == 20
    assert set(roomy.prices.storage) == {"A"}


def test_goods_that_are_incoming_already_take_room_at_the_docks():
    due = replace(SCARCE[2], on_hand=0, incoming=((2, 10),))
    solution = r.solve(problem(SCARCE[0], due, receiving={"A": 15}))
    assert sum(bought(solution).values()) == 5


@pytest.mark.parametrize("seed", range(12))
def test_more_of_a_limit_is_never_worse(seed):
    costs = [
        r.solve(replace(given, options=replace(given.options, budget=budget))).objective
        for given in [random_problem(seed)]
        for budget in (0.0, 6.0, 11.0, 17.0, 40.0)
    ]
    assert costs == sorted(costs, reverse=True)


def test_the_same_problem_gives_the_same_plan():
    given = random_problem(3)
    first, second = r.solve(given), r.solve(given)
    assert replace(first, seconds={}) == replace(second, seconds={})


def test_names_and_places_in_the_file_change_no_cost():
    given = random_problem(5)
    turned = replace(given, positions=given.positions[::-1], terms=given.terms[::-1])
    assert r.solve(turned).objective == pytest.approx(r.solve(given).objective)


def test_stopped_at_once_it_hands_over_what_greedy_gives():
    given = problem(*SCARCE, budget=20.0, minimum=3.0)
    solution = r.solve(given, stop=lambda: True)
    assert evaluate(given, solution.orders, solution.transfers).violations == ()
    assert solution.objective == solution.greedy
    assert solution.lower_bound <= r.solve(given).objective + 1e-9


def test_progress_ends_at_the_whole():
    heard = []
    r.solve(problem(*SCARCE, budget=20.0), tell=heard.append)
    assert heard[-1] == 1.0


@pytest.mark.parametrize(
    "given",
    [
        problem(),
        problem(shelf(), budget=0.0),
        problem(shelf(), storage={"A": 0.0}, receiving={"A": 0}),
        problem(shelf(s=-1, top=0)),
        problem(shelf(s=10**6, top=10**7), budget=10.0**6),
        problem(shelf(), minimum=10.0**9),
    ],
)
def test_odd_problems_have_plans(given):
    solution = r.solve(given)
    assert evaluate(given, solution.orders, solution.transfers).violations == ()
    assert solution.status == "optimal"
