"""The facilities that may appear in a best plan, after the useless ones are gone."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from fulfillment.optimization.sourcing.problem import Amounts, Problem, Quantities

Indices = NDArray[np.intp]
# Comparing every pair of facilities line by line pays only while it fits the cache.
LARGEST_COMPARISON = 2_000_000


class Candidates(Struct, frozen=True, eq=False):
    """An order's facilities after the useless ones are gone; C of them, L lines, G groups."""

    facility: Indices  # [C] index in the problem
    supply: Quantities  # [C, L] usable units, never above the quantity
    unit_cost: Amounts  # [C, L]
    shipment_cost: Amounts  # [C] of each by itself
    lone_cost: Amounts  # [C] the same, 0 in a group
    groups: tuple[Indices, ...]  # G of several members each
    shared_costs: tuple[Amounts, ...]  # each [C], the shipment costs of a group, 0 outside
    distance_km: Amounts  # [C]
    quantity: Quantities  # [L]
    unfilled_cost: Amounts  # [L]
    ship_complete: bool
    stages: tuple[Quantities | None, ...]  # each [C]; None for the cost


def candidates(problem: Problem) -> Candidates:
    """Keep the facilities that can serve a line; for a single plan, drop dominated ones."""
    supply = _usable(problem)
    keep = np.flatnonzero(supply.any(axis=1))
    one_plan = problem.options == 1 and not problem.stages
    if one_plan and 1 < keep.size**2 * problem.quantity.size <= LARGEST_COMPARISON:
        keep = keep[~_dominated(problem, supply, keep)]
    shipment_cost = problem.shipment_cost[keep]
    groups = _groups(problem.group, keep)
    shared_costs = tuple(_only(shipment_cost, members) for members in groups)
    return Candidates(
        facility=keep,
        supply=supply[keep],
        unit_cost=problem.unit_cost[keep],
        shipment_cost=shipment_cost,
        lone_cost=shipment_cost - sum(shared_costs) if groups else shipment_cost,
        groups=groups,
        shared_costs=shared_costs,
        distance_km=problem.distance_km[keep],
        quantity=problem.quantity,
        unfilled_cost=problem.unfilled_cost,
        ship_complete=problem.ship_complete,
        stages=_with_cost(tuple(None if s is None else s[keep] for s in problem.stages)),
    )


def _groups(group: Quantities | None, keep: Indices) -> tuple[Indices, ...]:
    """The groups of which several facilities are left, each as their places among the kept."""
    if group is None:
        return ()
    numbers, sizes = np.unique(group[keep], return_counts=True)
    return tuple(np.flatnonzero(group[keep] == number) for number in numbers[sizes > 1])


def _only(amounts: Amounts, members: Indices) -> Amounts:
    kept = np.zeros(amounts.size)
    kept[members] = amounts[members]
    return kept


def _with_cost(stages: tuple[Quantities | None, ...]) -> tuple[Quantities | None, ...]:
    return (*stages, None) if stages and all(s is not None for s in stages) else stages


def _usable(problem: Problem) -> Quantities:
    supply = np.minimum(problem.stock, problem.quantity)
    if not problem.split_lines:
        supply = np.where(supply == problem.quantity, supply, 0)
    # By stages a unit ships whatever it costs.
    if not problem.ship_complete and not problem.stages:
        supply = np.where(problem.unit_cost <= problem.unfilled_cost, supply, 0)
    return supply


def _dominated(problem: Problem, supply: Quantities, keep: Indices) -> NDArray[np.bool_]:
    """Which kept facilities another one replaces in every plan at no more cost. [C]"""
    unit, ship = problem.unit_cost[keep], problem.shipment_cost[keep]
    have = supply[keep]
    covers = (have == problem.quantity)[None, :, :] & (unit[None, :, :] <= unit[:, None, :])
    lines = (covers | (have == 0)[:, None, :]).all(axis=2)
    distance = problem.distance_km[keep]
    nearer = distance[None, :] < distance[:, None]
    nearer |= np.tri(keep.size, k=-1, dtype=bool) & (distance[None, :] == distance[:, None])
    # At the same shipment cost the plans may tie: then only the tie rule's choice may stay.
    cheaper = (ship[None, :] < ship[:, None]) | ((ship[None, :] == ship[:, None]) & nearer)
    if problem.group is not None:
        cheaper &= _replaces(problem.group[keep], ship, nearer)
    dominated: NDArray[np.bool_] = (lines & cheaper).any(axis=1)
    return dominated


def _replaces(group: Quantities, ship: Amounts, nearer: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether a facility's shipment may be another's instead at no more cost. [C, C]

    A lone one saves its whole shipment cost. One of a group may save none of it, since another
    member pays: only a member can stand in for it, and if it is also the tie rule's choice.
    """
    same = group[None, :] == group[:, None]
    lone: NDArray[np.bool_] = (same.sum(axis=1) == 1)[:, None]
    strictly = ship[None, :] < ship[:, None]
    in_group: NDArray[np.bool_] = same & (ship[None, :] <= ship[:, None]) & nearer
    return (lone & (strictly | nearer)) | in_group
