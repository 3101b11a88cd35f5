"""A solved wave in a few figures: its proven quality, what it costs, what binds, what it moves."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from fulfillment.optimization import allocation as wave
from fulfillment.planning.waves.allocation import Stated
from fulfillment.planning.waves.costs import Units, facilities_of, units_by_order
from fulfillment.planning.waves.moves import Move
from fulfillment.sourcing import service

DEAREST = 20


def summary_of(stated: Stated, solution: wave.Solution, moves: Sequence[Move]) -> dict[str, Any]:
    """Describe the plan, its proven quality, and what serving in order of arrival would cost.

    Objective, bound and greedy are weighed by the strategy, and of all orders, with those that
    were looked at again; the other figures are of the orders that waited. Costs and what moving
    saves are real money: what carriers and facilities charge.
    """
    weighed = with_handling(stated, solution)
    return {
        "status": weighed.status,
        "objective": round(weighed.objective, 4),
        "lower_bound": round(weighed.lower_bound, 4),
        "gap": round(weighed.gap, 6),
        "greedy": {
            "objective": round(weighed.greedy.objective, 4),
            "shipments": weighed.greedy.shipments,
        },
        "method": weighed.method,
        "fallback": weighed.fallback,
        "as_of": stated.as_of.isoformat(),
        "network": stated.network,
        "strategy": stated.strategy.label,
        "dearest_unit": round(stated.dearest_unit, 6),
        **served(stated, solution),
        "moves": moving(stated, moves),
        "prices": {
            "stock": [vars(price) for price in dearest(solution.stock_prices)],
            "capacity": [vars(price) for price in solution.capacity_prices],
        },
    }


def with_handling(stated: Stated, solution: wave.Solution) -> wave.Solution:
    """Add the handling of all units asked for, which every plan pays, sent or unfilled."""
    asked = sum(line.quantity for order in stated.problem.orders for line in order.lines)
    handling = stated.handling * asked
    greedy = replace(solution.greedy, objective=solution.greedy.objective + handling)
    return replace(
        solution,
        objective=solution.objective + handling,
        lower_bound=solution.lower_bound + handling,
        greedy=greedy,
    )


def served(stated: Stated, solution: wave.Solution) -> dict[str, Any]:
    """Return what the orders that waited get, and what that costs."""
    names = {order.id for order in stated.problem.orders if not order.current}
    lines = [part for part in solution.allocations if part.order in names]
    missing = [part for part in solution.unfilled if part.order in names]
    shipments = {(part.order, part.facility) for part in lines}
    boxes = Counter(order for order, _ in shipments)
    plan = units_by_order(solution)
    cost = money_of(stated, {name: plan[name] for name in boxes})
    return {
        "orders": len(names),
        "orders_served": len(boxes),
        "split_orders": sum(n > 1 for n in boxes.values()),
        "units": sum(part.quantity for part in lines),
        "unfilled_units": sum(part.quantity for part in missing),
        "unfilled_cost": round(unfilled_cost_of(stated, missing), 4),
        "shipments": len(shipments),
        "cost": round(cost, 4),
        "cost_per_order": round(cost / len(boxes), 4) if boxes else None,
    }


def money_of(stated: Stated, plan: Mapping[str, Units]) -> float:
    """Return what these units of orders will be charged, shipment by shipment."""
    weights = {item.sku: int(item.weight) for item in stated.problem.items}
    zones = {order.id: order.zone for order in stated.problem.orders}
    total = Decimal(0)
    for order, units in plan.items():
        for at, lines in lines_by_facility(units).items():
            way = stated.zones[zones[order]][at]
            total += service.shipment_from(way, lines, weights).cost
    return float(total)


def lines_by_facility(units: Units) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for (facility, sku), n in units.items():
        found[facility][sku] = n
    return found


def unfilled_cost_of(stated: Stated, missing: Sequence[wave.Unfilled]) -> float:
    """Return the part of the objective that weighs units without stock, and is no money spent."""
    per_unit = {order.id: order.unfilled_cost + stated.handling for order in stated.problem.orders}
    return sum((per_unit[part.order] * part.quantity for part in missing), 0.0)


def moving(stated: Stated, moves: Sequence[Move]) -> dict[str, Any]:
    """Return how many orders were looked at again and moved; what moving saves them, in money.

    An order may move at a loss to make room for another: then others gain what it loses.
    """
    before = {move.order.id: move.before for move in moves}
    after = {move.order.id: move.after for move in moves}
    boxes_before = sum(len(facilities_of(units)) for units in before.values())
    boxes_after = sum(len(facilities_of(units)) for units in after.values())
    return {
        "reconsidered": sum(bool(order.current) for order in stated.problem.orders),
        "moved": len(moves),
        "saves": round(money_of(stated, before) - money_of(stated, after), 4),
        "fewer_shipments": boxes_before - boxes_after,
    }


def dearest(prices: Sequence[wave.StockPrice]) -> list[wave.StockPrice]:
    """Return the stock levels where one more unit would save most; all of them are listed apart."""
    return sorted(prices, key=lambda p: (-p.price, p.facility, p.sku))[:DEAREST]
