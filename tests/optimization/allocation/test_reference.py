"""Against what others found: published optima, and HiGHS on a model written out in the tests."""

import gzip
import json

import pytest

from fulfillment.optimization import allocation
from tests.optimization.direct import bracket, opened
from tests.optimization.waves import by_patterns_only, medium_wave
from tests.shared_data import shared

EVERY_TERM = ("priority", "late", "few", "complete", "eligible")
WAVES = {
    "ample": {"stock": 3.0},
    "scarce": {"stock": 0.5},
    "as much stock as demand": {},
    "units": {"stock": 3.0, "units": 11},
    "shipments": {"stock": 3.0, "shipments": 4},
    "late": {"stock": 0.7, "terms": ("late",)},
    "dates": {"terms": ("date",)},
    "priorities": {"stock": 0.5, "terms": ("priority",)},
    "few shipments": {"stock": 0.7, "terms": ("few",)},
    "complete or not at all": {"stock": 0.5, "terms": ("complete",)},
    "whole lines": {"stock": 0.6, "split_lines": False},
    "everything": {"stock": 0.6, "units": 11, "shipments": 5, "terms": EVERY_TERM},
}
PATTERNS_WITHIN = 0.02  # of the best: thirty orders are few for patterns, which are for thousands
UNSERVED = 1e4  # cost of a unit that nobody ships, above all that a unit costs here


@pytest.mark.parametrize(("seed", "fields"), list(enumerate(WAVES.values())), ids=WAVES)
def test_thirty_orders_cost_what_another_model_of_them_proves(fields, seed, monkeypatch):
    problem = medium_wave(seed, **fields)
    lowest, best = bracket(problem)
    by_one_model = allocation.solve(problem)
    by_patterns_only(monkeypatch)
    by_patterns = allocation.solve(problem)
    for solution in (by_one_model, by_patterns):
        evaluation = allocation.evaluate(problem, solution.allocations)
        assert evaluation.violations == ()
        assert solution.objective == pytest.approx(evaluation.objective)
        assert solution.lower_bound <= best + 1e-6
        assert solution.objective >= lowest - 1e-6
        assert solution.status != "optimal" or solution.gap <= 0.001
    assert by_one_model.status == "optimal"
    assert by_patterns.objective <= best * (1 + PATTERNS_WITHIN)


def transported(cost, supply, demand):
    """A transportation problem as a wave: every customer is an order and a zone of its own."""
    sources, customers = range(len(supply)), range(len(demand))
    return allocation.Problem(
        facilities=tuple(allocation.Facility(f"F{i}") for i in sources),
        lanes=tuple(
            allocation.Lane(f"Z{j}", f"F{i}", 0.0, cost[i][j]) for i in sources for j in customers
        ),
        stock=tuple(allocation.Stock(f"F{i}", "X", supply[i]) for i in sources),
        orders=tuple(
            allocation.Order(f"C{j}", f"Z{j}", (allocation.Line("X", demand[j]),), UNSERVED)
            for j in customers
        ),
        options=allocation.Options(gap=0.0),
    )


def dual_value(cost, supply, demand, prices):
    """What all demand costs at these prices of supply, less what the supply is worth at them."""
    sources = range(len(supply))
    cheapest = [min(cost[i][j] + prices[i] for i in sources) for j in range(len(demand))]
    served = sum(n * min(c, UNSERVED) for n, c in zip(demand, cheapest, strict=True))
    return served - sum(n * p for n, p in zip(supply, prices, strict=True))


@pytest.mark.parametrize("case", range(4))
def test_published_transportation_problems_cost_what_was_published(case):
    known = json.loads(shared("reference", "transportation.json"))[case]
    cost, supply, demand = known["cost"], known["supply"], known["demand"]
    solution = allocation.solve(transported(cost, supply, demand))
    assert solution.objective == pytest.approx(known["expected"])
    assert solution.unfilled == ()
    price = {(p.facility, p.sku): p.price for p in solution.stock_prices}
    prices = [price.get((f"F{i}", "X"), 0.0) for i in range(len(supply))]
    value = dual_value(cost, supply, demand, prices)
    assert value == pytest.approx(dual_value(cost, supply, demand, known["supply_duals"]))
    assert value == pytest.approx(known["expected"])


def located(name):
    """Capacity and fixed cost of each facility, demand of each customer, cost from i to j."""
    text = gzip.decompress(shared("orlib_cap", f"{name}.txt.gz")).decode()
    facilities, customers, *numbers = [float(word) for word in text.split()]
    m, n = int(facilities), int(customers)
    rows = [numbers[2 * m + j * (m + 1) :][: m + 1] for j in range(n)]
    demand = [int(row[0]) for row in rows]
    cost = [[row[i + 1] for row in rows] for i in range(m)]
    return numbers[: 2 * m : 2], numbers[1 : 2 * m : 2], demand, cost


def serving(capacity, demand, cost, is_open):
    """Serve all customers from the open facilities; a unit costs its part of the customer's."""
    unit_cost = [[c / n for c, n in zip(row, demand, strict=True)] for row in cost]
    problem = transported(unit_cost, [sum(demand)] * len(capacity), demand)
    facilities = [
        allocation.Facility(f"F{i}", int(capacity[i]) if i in is_open else 0)
        for i in range(len(capacity))
    ]
    return allocation.Problem(
        tuple(facilities), problem.lanes, problem.stock, problem.orders, options=problem.options
    )


CAPACITATED = [f"cap{i}{j}" for i in (4, 6, 8, 10, 12) for j in (1, 2, 3, 4)]


@pytest.mark.parametrize("name", CAPACITATED)
def test_published_locations_cost_what_was_published(name):
    reference = {case["inst"]: case for case in json.loads(shared("reference", "orlib_cap.json"))}
    capacity, fixed_cost, demand, cost = located(name)
    is_open = opened(capacity, demand, fixed_cost, cost)
    solution = allocation.solve(serving(capacity, demand, cost, is_open))
    fixed = sum(fixed_cost[i] for i in is_open)
    assert solution.objective + fixed == pytest.approx(reference[name]["published"], rel=1e-6)
    assert solution.unfilled == ()


@pytest.mark.parametrize("name", CAPACITATED[::4])
def test_with_all_facilities_open_serving_costs_what_was_published(name):
    reference = {case["inst"]: case for case in json.loads(shared("reference", "orlib_cap.json"))}
    capacity, _, demand, cost = located(name)
    solution = allocation.solve(serving(capacity, demand, cost, range(len(capacity))))
    assert solution.objective == pytest.approx(reference[name]["transport_all_open"], rel=1e-6)
    price = {p.facility: p.unit_price for p in solution.capacity_prices}
    prices = [price[f"F{i}"] for i in range(len(capacity))]
    unit_cost = [[c / n for c, n in zip(row, demand, strict=True)] for row in cost]
    value = dual_value(unit_cost, capacity, demand, prices)
    assert value == pytest.approx(solution.objective, rel=1e-5)
