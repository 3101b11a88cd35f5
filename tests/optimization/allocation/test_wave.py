import gzip
import json
from dataclasses import replace

import pytest

from fulfillment.optimization import allocation, solver
from fulfillment.optimization.allocation import wave as wave_module
from tests.optimization.waves import instance, order, random_wave, try_everything, wave

# The first order can also be served by B; the second, far from B, cannot.
SCARCE = wave(
    ["A", "B"],
    {("A", "X"): 1, ("B", "X"): 1},
    [order("flexible", X=1), order("bound", X=1, eligible=frozenset({"A"}))],
    {"A": (5.0, 1.0), "B": (6.0, 1.0)},
)


def served(solution):
    return [(a.order, a.facility, a.quantity) for a in solution.allocations]


def test_case_12_a_scarce_unit_goes_where_there_is_no_alternative():
    solution = allocation.solve(SCARCE)
    assert served(solution) == [("flexible", "B", 1), ("bound", "A", 1)]
    assert solution.objective == 13
    assert solution.greedy == allocation.Greedy(objective=106, shipments=1)


def test_the_price_of_a_scarce_unit_is_what_one_more_would_save():
    spare = wave(
        ["A", "B"],
        {("A", "X"): 1, ("B", "X"): 5},
        [order("o1", X=1), order("o2", X=1)],
        {"A": (5.0, 1.0), "B": (7.0, 1.0)},
    )
    prices = {(p.facility, p.sku): p.price for p in allocation.solve(spare).stock_prices}
    assert prices == {("A", "X"): pytest.approx(2)}


def test_case_13_equal_facilities_are_taken_in_the_order_of_their_codes():
    equal = wave(["B", "A"], {("B", "X"): 5, ("A", "X"): 5}, [order("o1", X=2)])
    assert served(allocation.solve(equal)) == [("o1", "A", 2)]


def test_case_15_huge_quantities_and_free_lanes_are_allocated():
    free = wave(["A"], {("A", "X"): 10**9}, [order("o1", X=1_000_000)], {"A": (0.0, 0.0)})
    solution = allocation.solve(free)
    assert served(solution) == [("o1", "A", 1_000_000)]
    assert (solution.objective, solution.gap) == (0, 0)


def test_case_15_a_negative_cost_is_refused_by_its_path():
    negative = wave(["A"], {("A", "X"): 1}, [order("o1", X=1)], {"A": (-1.0, 0.0)})
    with pytest.raises(ValueError, match=r"lanes\[0\]\.shipment_cost"):
        allocation.solve(negative)


def test_case_16_out_of_time_the_plan_is_greedy_and_says_so():
    solution = allocation.solve(replace(SCARCE, options=allocation.Options(seconds=0.0)))
    assert solution.status == "feasible"
    assert solution.fallback
    assert solution.objective == solution.greedy.objective


def test_case_16_a_failing_solver_leaves_the_best_greedy_plan(monkeypatch):
    failed = solver.Outcome("Failed", has_solution=False, optimal=False, bound=float("-inf"))
    monkeypatch.setattr(solver, "solve", lambda *args, **kwargs: failed)
    problem = random_wave(3)
    solution = allocation.solve(problem)
    assert solution.objective <= solution.greedy.objective
    assert allocation.evaluate(problem, solution.allocations).violations == ()


def test_a_stopped_wave_hands_over_a_feasible_plan():
    solution = allocation.solve(SCARCE, stop=lambda: True)
    assert solution.status == "feasible"
    assert allocation.evaluate(SCARCE, solution.allocations).violations == ()


def test_case_19_the_same_wave_twice_gives_the_same_plan():
    first, second = allocation.solve(random_wave(7)), allocation.solve(random_wave(7))
    assert replace(first, seconds={}) == replace(second, seconds={})


def test_progress_grows_from_nothing_to_all():
    heard = []
    allocation.solve(SCARCE, on_progress=heard.append)
    assert heard == sorted(heard)
    assert (heard[0], heard[-1]) == (0, 1)


def test_an_empty_wave_costs_nothing():
    solution = allocation.solve(wave(["A"], {}, []))
    assert (solution.status, solution.objective, solution.allocations) == ("optimal", 0, ())


def test_a_line_larger_than_any_stock_is_split_only_where_allowed():
    split = wave(["A", "B"], {("A", "X"): 2, ("B", "X"): 2}, [order("o1", X=3)])
    assert allocation.solve(split).shipments == 2
    whole = replace(split, options=replace(split.options, split_lines=False))
    assert allocation.solve(whole).unfilled == (allocation.Unfilled("o1", "X", 3),)


def test_lines_of_the_same_sku_count_as_one():
    lines = (allocation.Line("X", 1), allocation.Line("X", 2))
    twice = wave(["A"], {("A", "X"): 3}, [allocation.Order("o1", "Z", lines, 100.0)])
    assert served(allocation.solve(twice)) == [("o1", "A", 3)]


@pytest.mark.parametrize(("late_cost", "facility"), [(None, "B"), (1.0, "A"), (9.0, "B")])
def test_a_late_lane_is_out_or_costs_its_days(late_cost, facility):
    asked = order("o1", X=1, deliver_within_days=1, late_cost_per_day=late_cost)
    lanes = {"A": (5.0, 1.0, 3), "B": (10.0, 1.0, 1)}
    problem = wave(["A", "B"], {("A", "X"): 1, ("B", "X"): 1}, [asked], lanes)
    assert served(allocation.solve(problem)) == [("o1", facility, 1)]


@pytest.mark.parametrize("limit", ["capacity_units", "capacity_shipments"])
def test_a_full_facility_hands_orders_to_the_next(limit):
    problem = wave(
        ["A", "B"],
        {("A", "X"): 9, ("B", "X"): 9},
        [order("o1", X=1), order("o2", X=1)],
        {"A": (5.0, 1.0), "B": (6.0, 1.0)},
    )
    full = replace(problem.facilities[0], **{limit: 1})
    solution = allocation.solve(replace(problem, facilities=(full, problem.facilities[1])))
    assert sorted(a.facility for a in solution.allocations) == ["A", "B"]


@pytest.mark.parametrize("seed", range(150))
def test_the_plan_is_as_cheap_as_trying_everything(seed):
    problem = random_wave(seed)
    solution = allocation.solve(problem)
    assert solution.objective == pytest.approx(try_everything(problem))
    assert solution.lower_bound <= solution.objective
    assert solution.gap == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("seed", range(150, 200))
def test_columns_alone_keep_the_bound_below_and_the_plan_feasible(seed, monkeypatch):
    monkeypatch.setattr(wave_module, "LARGEST_WHOLE", -1)
    problem = random_wave(seed)
    solution, best = allocation.solve(problem), try_everything(problem)
    evaluation = allocation.evaluate(problem, solution.allocations)
    assert solution.lower_bound <= best + 1e-6
    assert best - 1e-6 <= solution.objective <= solution.greedy.objective
    assert (evaluation.objective, evaluation.violations) == (solution.objective, ())
    assert evaluation.unfilled == solution.unfilled


@pytest.mark.parametrize("seed", range(30))
def test_more_stock_never_costs_more(seed):
    problem = random_wave(seed)
    more = tuple(replace(stock, quantity=stock.quantity + 1) for stock in problem.stock)
    richer = allocation.solve(replace(problem, stock=more))
    assert richer.objective <= allocation.solve(problem).objective + 1e-6


@pytest.mark.parametrize("seed", range(30))
def test_new_names_for_facilities_change_no_cost(seed):
    problem = random_wave(seed)
    renamed = {f.code: f"R{9 - i}" for i, f in enumerate(problem.facilities)}
    other = replace(
        problem,
        facilities=tuple(replace(f, code=renamed[f.code]) for f in problem.facilities),
        lanes=tuple(replace(lane, facility=renamed[lane.facility]) for lane in problem.lanes),
        stock=tuple(replace(s, facility=renamed[s.facility]) for s in problem.stock),
        orders=tuple(
            replace(
                o,
                eligible=o.eligible and frozenset(renamed[code] for code in o.eligible),
                current=tuple(replace(h, facility=renamed[h.facility]) for h in o.current),
            )
            for o in problem.orders
        ),
    )
    assert allocation.solve(other).objective == pytest.approx(allocation.solve(problem).objective)


def test_five_hundred_orders_are_solved_within_a_thousandth():
    problem = _read(instance("orders_00500.json.gz"))
    solution = allocation.solve(problem)
    assert solution.gap <= 0.001
    assert solution.objective < 0.9 * solution.greedy.objective
    assert allocation.evaluate(problem, solution.allocations).violations == ()


def _read(packed):
    document = json.loads(gzip.decompress(packed))
    orders = [
        {**entry, "lines": tuple(allocation.Line(**line) for line in entry["lines"])}
        for entry in document["orders"]
    ]
    return allocation.Problem(
        facilities=tuple(allocation.Facility(**entry) for entry in document["facilities"]),
        lanes=tuple(allocation.Lane(**entry) for entry in document["lanes"]),
        stock=tuple(allocation.Stock(**entry) for entry in document["stock"]),
        orders=tuple(allocation.Order(**entry) for entry in orders),
        items=tuple(allocation.Item(**entry) for entry in document.get("items", ())),
    )
