"""The master problem over known patterns: one pattern for each order, within all limits."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pulp

from fulfillment.optimization import solver
from fulfillment.optimization.allocation.demand import Amounts, Indices
from fulfillment.optimization.allocation.patterns import Patterns


@dataclass(frozen=True, eq=False)
class Master:
    """The model, its variables in the order of the patterns, and the limits in it by index."""

    model: pulp.LpProblem
    uses: list[pulp.LpVariable]
    limits: list[int]


@dataclass(frozen=True, eq=False)
class Relaxation:
    """The value of the linear relaxation, and its duals as prices."""

    value: float
    prices: Amounts


def build(patterns: Patterns, limits: Amounts) -> Master:
    """State the model: every order of the patterns gets one of them, within `limits`."""
    model = pulp.LpProblem("wave", pulp.LpMinimize)
    uses = [model.add_variable(f"use_{i}", cat="Binary") for i in range(patterns.order.size)]

    # The cost of the patterns used.
    model += solver.weighted_sum(list(zip(uses, patterns.cost.tolist(), strict=True)))
    # Every order has one pattern.
    by_order = defaultdict(list)
    for order, use in zip(patterns.order.tolist(), uses, strict=True):
        by_order[order].append((use, 1))
    for order, own in by_order.items():
        model += solver.weighted_sum(own) == 1, f"order_{order}"
    # Stock, units and shipments of a facility are taken no more often than they are there.
    binding = list(_by_limit(patterns, limits))
    for limit, taken in binding:
        total = solver.weighted_sum([(uses[p], n) for p, n in taken.items()])
        model += total <= int(limits[limit]), f"limit_{limit}"
    return Master(model, uses, [limit for limit, _ in binding])


def relax(patterns: Patterns, limits: Amounts, seconds: float) -> Relaxation | None:
    """Solve the linear relaxation; None if that failed or ran out of time."""
    master = build(patterns, limits)
    outcome = solver.solve(master.model, seconds=seconds, relaxed=True)
    if not outcome.optimal:
        return None
    prices = prices_of(master.model, master.limits, limits.size)
    return Relaxation(float(pulp.value(master.model.objective)), prices)


def choose(
    patterns: Patterns, limits: Amounts, seconds: float, gap: float, seed: int
) -> Indices | None:
    """The best choice of one pattern for each order; None if the solver found none in time."""
    master = build(patterns, limits)
    outcome = solver.solve(master.model, seconds=seconds, gap=gap, seed=seed)
    if not outcome.has_solution:
        return None
    return np.flatnonzero(np.array(solver.values(master.uses)) > 0.5)


def prices_of(model: pulp.LpProblem, rows: list[int], size: int) -> Amounts:
    """What one unit more of each limit would save, by the duals of a solved linear programme."""
    prices = np.zeros(size)
    duals = solver.duals(model, [f"limit_{i}" for i in rows])
    prices[rows] = np.maximum(-np.array(duals), 0.0)
    return prices


def _by_limit(patterns: Patterns, limits: Amounts) -> Iterator[tuple[int, dict[int, int]]]:
    """Units of each limit by pattern, for the limits that the patterns could exceed."""
    asked = np.bincount(patterns.limit, patterns.units, limits.size)
    # An upper estimate, for an order has several patterns: it only leaves out what never binds.
    scarce = (asked > limits)[patterns.limit]
    by_limit: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for limit, pattern, units in zip(
        patterns.limit[scarce].tolist(),
        patterns.pattern[scarce].tolist(),
        patterns.units[scarce].tolist(),
        strict=True,
    ):
        by_limit[limit][pattern] += units
    yield from sorted(by_limit.items())
