"""What prices mean: worth something only where a limit is used up, and proof of the lower bound."""

import random
from collections import Counter
from dataclasses import replace

import pytest

from fulfillment.optimization import allocation
from tests.optimization.waves import by_patterns_only, medium_wave, plans_of, random_wave

SMALL = 1e-4  # prices are told to six digits


def priced(solution):
    """Prices of stock by (facility, SKU), of units and of shipments by facility."""
    return (
        Counter({(p.facility, p.sku): p.price for p in solution.stock_prices}),
        Counter({p.facility: p.unit_price for p in solution.capacity_prices}),
        Counter({p.facility: p.shipment_price for p in solution.capacity_prices}),
    )


def worth(problem, prices):
    """What all limits together are worth."""
    stock, units, shipments = prices
    return (
        sum(stock[s.facility, s.sku] * s.quantity for s in problem.stock)
        + sum(units[f.code] * (f.capacity_units or 0) for f in problem.facilities)
        + sum(shipments[f.code] * (f.capacity_shipments or 0) for f in problem.facilities)
    )


def charged(lines, prices):
    """What an order's plan pays for the limits it uses."""
    stock, units, shipments = prices
    return sum((stock[a.facility, a.sku] + units[a.facility]) * a.quantity for a in lines) + sum(
        shipments[facility] for facility in {a.facility for a in lines}
    )


def proven(problem, prices):
    """The bound that any prices prove: every order's cheapest plan at them, less their worth."""
    cheapest = (
        min(cost + charged(lines, prices) for lines, cost in plans_of(problem, order))
        for order in problem.orders
    )
    return sum(cheapest) - worth(problem, prices)


def flowing(seed):
    """A wave without costs of shipments: a network flow, whose best plan is that of its LP."""
    problem = medium_wave(seed, stock=0.8, units=11)
    free = tuple(replace(lane, shipment_cost=0.0) for lane in problem.lanes)
    rng = random.Random(seed)
    orders = tuple(replace(o, unfilled_cost=rng.choice([0.5, 2.0, 9.0])) for o in problem.orders)
    return replace(problem, lanes=free, orders=orders, options=allocation.Options(gap=0.0))


def flowing_bound(problem, prices):
    """The dual value of a network flow: every line takes its cheapest ways at the prices."""
    stock, units, _ = prices
    weight = {item.sku: item.weight for item in problem.items}
    there = {(s.facility, s.sku): s.quantity for s in problem.stock}
    total = 0.0
    for order in problem.orders:
        lanes = [lane for lane in problem.lanes if lane.zone == order.zone]
        for line in order.lines:
            ways = [(order.unfilled_cost, line.quantity)] + [
                (
                    lane.unit_cost * weight[line.sku]
                    + stock[lane.facility, line.sku]
                    + units[lane.facility],
                    there.get((lane.facility, line.sku), 0),
                )
                for lane in lanes
            ]
            left = line.quantity
            for cost, most in sorted(ways):
                total += cost * min(most, left)
                left -= min(most, left)
    return total - worth(problem, prices)


@pytest.mark.parametrize("seed", range(6))
def test_prices_of_a_network_flow_are_worth_all_that_its_plan_costs(seed):
    problem = flowing(seed)
    solution = allocation.solve(problem)
    assert solution.status == "optimal"
    bound = flowing_bound(problem, priced(solution))
    assert bound == pytest.approx(solution.objective, rel=1e-5)


@pytest.mark.parametrize("seed", range(6))
def test_a_price_above_zero_is_that_of_a_limit_used_up(seed):
    problem = flowing(seed)
    solution = allocation.solve(problem)
    stock, units, shipments = priced(solution)
    taken, used = Counter(), Counter()
    for line in solution.allocations:
        taken[line.facility, line.sku] += line.quantity
        used[line.facility] += line.quantity
    left = {(s.facility, s.sku): s.quantity - taken[s.facility, s.sku] for s in problem.stock}
    assert [place for place, price in stock.items() if price > SMALL and left[place]] == []
    limit = {f.code: f.capacity_units for f in problem.facilities}
    assert [f for f, price in units.items() if price > SMALL and used[f] < limit[f]] == []
    assert set(shipments.values()) <= {0}
    assert any(price > SMALL for price in stock.values())
    assert any(price > SMALL for price in units.values())


@pytest.mark.parametrize("by_patterns", [False, True], ids=["one model", "patterns"])
@pytest.mark.parametrize("seed", range(60))
def test_prices_are_never_negative_and_prove_a_bound_below_the_plan(seed, by_patterns, monkeypatch):
    if by_patterns:
        by_patterns_only(monkeypatch)
    problem = random_wave(seed)
    solution = allocation.solve(problem)
    prices = priced(solution)
    assert min((price for of in prices for price in of.values()), default=0) >= 0
    assert proven(problem, prices) <= solution.objective + 1e-6


@pytest.mark.parametrize("seed", range(20))
def test_a_limit_without_end_has_no_price(seed):
    problem = random_wave(seed)
    solution = allocation.solve(problem)
    _, units, shipments = priced(solution)
    facilities = {facility.code: facility for facility in problem.facilities}
    assert all(not p or facilities[f].capacity_units is not None for f, p in units.items())
    assert all(not p or facilities[f].capacity_shipments is not None for f, p in shipments.items())
