"""The master problem over known patterns: one pattern for each order, within all limits."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pulp

from fulfillment.optimization import solver
from fulfillment.optimization.allocation.demand import Pattern, Wave
from fulfillment.optimization.allocation.prices import from_duals, limit_name, limits
from fulfillment.optimization.allocation.single import Prices

# Interior-point duals lie inside the optimal face: they swing less from round to round than a
# vertex, and need no basis. Crossover would only cost time.
INTERIOR: dict[str, str | float | bool] = {"solver": "ipm", "run_crossover": "off"}


@dataclass(frozen=True, eq=False)
class Master:
    """The model, its variables in the order of the patterns, and the limits in it by index."""

    model: pulp.LpProblem
    uses: list[pulp.LpVariable]
    limits: list[int]


@dataclass(frozen=True, eq=False)
class Relaxation:
    """The duals of the linear relaxation as prices, and its value."""

    prices: Prices
    value: float


def build(wave: Wave, patterns: Sequence[Pattern], integer: bool) -> Master:
    """State the model. Limits are indexed as in the flat vector of prices."""
    category = "Binary" if integer else "Continuous"
    model = pulp.LpProblem("wave", pulp.LpMinimize)
    uses = [model.add_variable(f"use_{i}", 0, 1, category) for i in range(len(patterns))]

    # The cost of the patterns used.
    model += pulp.lpSum(p.cost * use for p, use in zip(patterns, uses, strict=True))
    # Every order has one pattern.
    by_order = defaultdict(list)
    for pattern, use in zip(patterns, uses, strict=True):
        by_order[pattern.order].append(use)
    for order, own in by_order.items():
        model += pulp.lpSum(own) == 1, f"order_{order}"
    # Stock, units and shipments of a facility are taken no more often than they are there.
    limit = limits(wave)
    by_limit = defaultdict(list)
    for pattern, use in zip(patterns, uses, strict=True):
        for index, quantity in limits_of(wave, pattern):
            by_limit[index].append((use, quantity))
    binding = sorted(i for i, taken in by_limit.items() if _may_bind(limit[i], taken))
    for i in binding:
        taken = pulp.lpSum(quantity * use for use, quantity in by_limit[i])
        model += taken <= int(limit[i]), limit_name(i)
    return Master(model, uses, binding)


def relax(wave: Wave, patterns: Sequence[Pattern], seconds: float) -> Relaxation | None:
    """Solve the linear relaxation; None if that failed or ran out of time."""
    master = build(wave, patterns, integer=False)
    outcome = solver.solve(master.model, seconds=seconds, options=INTERIOR)
    if not outcome.optimal and outcome.status != "TimeLimit":
        # Without crossover the interior point may stop short of a proof: the simplex does not.
        outcome = solver.solve(master.model, seconds=seconds)
    if not outcome.optimal:
        return None
    prices = from_duals(wave, master.model, master.limits)
    return Relaxation(prices, float(pulp.value(master.model.objective)))


def choose(
    wave: Wave, patterns: Sequence[Pattern], seconds: float, gap: float, seed: int
) -> list[Pattern] | None:
    """The best choice of one pattern for each order; None if the solver found none in time."""
    master = build(wave, patterns, integer=True)
    outcome = solver.solve(master.model, seconds=seconds, gap=gap, seed=seed)
    if not outcome.has_solution:
        return None
    values = solver.values(master.uses)
    chosen = [p for p, value in zip(patterns, values, strict=True) if value > 0.5]
    return sorted(chosen, key=lambda pattern: pattern.order)


def limits_of(wave: Wave, pattern: Pattern) -> Iterator[tuple[int, int]]:
    """(index in the flat vector of prices, units) of every limit that the pattern takes from."""
    facilities = len(wave.facilities)
    for sku, facility, quantity in pattern.takes:
        yield sku * facilities + facility, quantity
    for facility in pattern.facilities:
        units = sum(quantity for _, f, quantity in pattern.takes if f == facility)
        yield wave.stock.size + facility, units
        yield wave.stock.size + facilities + facility, 1


def _may_bind(limit: float, taken: list[tuple[pulp.LpVariable, int]]) -> bool:
    # An upper estimate, for an order has several patterns: it only leaves out what never binds.
    return sum(quantity for _, quantity in taken) > limit
