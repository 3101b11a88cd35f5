"""The levels of a policy: as given, or worked out from demand and a service."""

from dataclasses import dataclass, replace

import numpy as np

from fulfillment.optimization.policies import (
    Demand,
    Outlook,
    Target,
    base_stock,
    reorder_quantity,
    reorder_up_to,
)
from fulfillment.optimization.replenishment.problem import Policy, Position, Problem
from fulfillment.optimization.replenishment.shortage import distribution
from fulfillment.optimization.validity import InvalidProblem

NEVER = -1  # the reorder point of what nobody wants
TIE = 1e-9  # relative; a loss this close to what is allowed is allowed


@dataclass(frozen=True)
class Levels:
    """Order at or below `reorder_point`, up to `order_up_to` or in lots of `quantity`."""

    reorder_point: int
    order_up_to: int
    quantity: int | None = None

    def need(self, position: int) -> int:
        """The units to order at a stock position."""
        if position > self.reorder_point:
            return 0
        if self.quantity is not None:
            return ((self.reorder_point - position) // self.quantity + 1) * self.quantity
        return self.order_up_to - position


def settled(problem: Problem) -> Problem:
    """The problem with levels where policies had a service only.

    Raises InvalidProblem for demand that has none.
    """
    positions = tuple(
        _settled(f"positions[{i}]", position) if _is_open(position.policy) else position
        for i, position in enumerate(problem.positions)
    )
    return replace(problem, positions=positions)


def levels(policy: Policy) -> Levels | None:
    """What a settled policy orders by; None where nothing is ever ordered."""
    point, most, lot = policy.reorder_point, policy.order_up_to, policy.quantity
    if policy.kind == "R_Q" and point is not None and lot is not None:
        return Levels(point, point + lot, lot)
    if policy.kind == "base_stock" and most is not None:
        return Levels(most - 1, most)
    if policy.kind in ("s_S", "min_max") and point is not None and most is not None:
        return Levels(point, most)
    return None


def _is_open(policy: Policy) -> bool:
    return policy.kind != "none" and levels(policy) is None


def _settled(path: str, position: Position) -> Position:
    try:
        return replace(position, policy=_worked_out(position))
    except ValueError as error:
        raise InvalidProblem(f"{path}.policy", f"has no levels: {error}") from error


def _worked_out(position: Position) -> Policy:
    assert position.demand is not None
    demand, policy = distribution(position.demand), position.policy
    if position.lead_demand is None:
        point = _point(demand, policy)
    else:
        point = _exact_point(Outlook(distribution(position.lead_demand), demand), policy)
    if policy.kind == "base_stock":
        return replace(policy, order_up_to=point)
    if policy.kind == "R_Q":
        return replace(policy, reorder_point=point)
    most = point + (policy.quantity or 0)
    return replace(policy, reorder_point=point, order_up_to=most, quantity=None)


def _point(demand: Demand, policy: Policy) -> int:
    """The least level that lasts over lead time and review, by the one distribution of both.

    Cycle service: within it in so many cases. Fill rate: no more expected units short than the
    share of a lot (or, without lots, of the mean) that the service leaves out (Silver, Pyke and
    Peterson 1998, section 7.5).
    """
    if demand.most == 0:
        return 0 if policy.kind == "base_stock" else NEVER
    if policy.cycle_service is not None:
        return demand.quantile(policy.cycle_service)
    assert policy.fill_rate is not None
    levels = np.arange(NEVER, demand.most + 1)
    allowed = (1 - policy.fill_rate) * (policy.quantity or demand.mean) * (1 + TIE)
    return int(levels[np.argmax(demand.short(levels) <= allowed)])


def _exact_point(outlook: Outlook, policy: Policy) -> int:
    """The same where demand of the lead time and of the review are known apart."""
    if policy.cycle_service is not None:
        target = Target("cycle_service", policy.cycle_service)
    else:
        assert policy.fill_rate is not None
        target = Target("fill_rate", policy.fill_rate)
    if policy.kind == "base_stock":
        found = base_stock(outlook, target)
        return found.reorder_point + 1
    assert policy.quantity is not None
    build = reorder_quantity if policy.kind == "R_Q" else reorder_up_to
    return build(outlook, target, policy.quantity).reorder_point
