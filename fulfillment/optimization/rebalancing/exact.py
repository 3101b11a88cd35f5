"""Small networks to proven optimality: one model of integers, solved by HiGHS.

Packs q of a pair, r of a step that is wanted, s of a step that is offered, y of a lane:

min  sum fixed y + sum cost q + sum loss s - sum value r
     sum q into a position   = sum r        sum q out of it = sum s
     q <= most y             of every pair
     sum pack q <= room y    of every lane; sum y <= max_lanes
     sum pack q <= outbound, inbound
     a position that could both send and receive does one of them

r and s are whole where q is: savings fall and losses rise from pack to pack.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pulp

from fulfillment.optimization import solver
from fulfillment.optimization.rebalancing.curves import Amounts, Indices
from fulfillment.optimization.rebalancing.network import Network

Terms = list[tuple[pulp.LpVariable, float]]


@dataclass(frozen=True, eq=False)
class Model:
    """The model, and its variables by pair, lane and position that could go both ways."""

    model: pulp.LpProblem
    packs: list[pulp.LpVariable]
    lanes: list[pulp.LpVariable]
    sends: dict[int, pulp.LpVariable]


@dataclass(frozen=True, eq=False)
class Found:
    """The best plan found, if any, and a proven lower bound on what any plan costs."""

    packs: Amounts | None
    bound: float
    optimal: bool


def plan(n: Network, seconds: float, gap: float, seed: int) -> Found:
    """Packs of each pair, within `seconds` of wall clock and a relative `gap`."""
    built = build(n)
    outcome = solver.solve(built.model, seconds=seconds, gap=gap, seed=seed)
    packs = np.rint(solver.values(built.packs)) if outcome.has_solution else None
    return Found(packs, outcome.bound, outcome.optimal)


def prices(n: Network, packs: Amounts, seconds: float) -> tuple[Amounts, Amounts, Amounts]:
    """What room for a unit more would save on lanes and docks, with the plan's lanes as given.

    The duals of the linear programme in which no lane and no direction is to be chosen any more;
    0 where it could not be solved.
    """
    built = build(n, linked=False)
    used = set(np.unique(n.pairs.lane[packs > 0]).tolist())
    sending = set(np.unique(n.pairs.sender[packs > 0]).tolist())
    for lane, variable in enumerate(built.lanes):
        variable.bounds(float(lane in used), float(lane in used))
    for position, variable in built.sends.items():
        variable.bounds(float(position in sending), float(position in sending))
    outcome = solver.solve(built.model, seconds=seconds, relaxed=True)
    if not outcome.optimal:
        return np.zeros(n.fixed.size), np.zeros(n.outbound.size), np.zeros(n.inbound.size)
    return (
        duals(built.model, "room", range(n.fixed.size)),
        duals(built.model, "outbound", range(n.outbound.size)),
        duals(built.model, "inbound", range(n.inbound.size)),
    )


def duals(model: pulp.LpProblem, name: str, numbers: Iterable[int]) -> Amounts:
    """What a unit more on each of these rows would save; 0 where there is no such row."""
    rows = [f"{name}_{number}" for number in numbers]
    there = [row for row in rows if model.get_constraint_by_name(row) is not None]
    found = dict(zip(there, solver.duals(model, there), strict=True))
    return np.array([max(0.0, -found.get(row, 0.0)) for row in rows])


def build(n: Network, *, linked: bool = True) -> Model:
    """State the network as a model; limits that are infinite have no row.

    `linked` pairs are bound to their lane one by one, which is tighter; without, all that binds
    them is the room of lanes and docks, which then has all of the price.
    """
    pairs, model = n.pairs, pulp.LpProblem("rebalancing", pulp.LpMinimize)
    most = np.zeros(pairs.lane.size)
    np.maximum.at(most, n.pair, np.minimum(n.offers.total(n.pack.size), np.inf)[n.sender])
    wanted = n.wants.total(n.pack.size)[pairs.receiver]
    most = np.minimum(np.minimum(most, wanted), n.room[pairs.lane] // pairs.pack)
    bounds = [int(units) if linked else None for units in most]
    packs = [model.add_variable(f"q_{i}", 0, m, "Integer") for i, m in enumerate(bounds)]
    lanes = [model.add_variable(f"y_{i}", 0, 1, "Integer") for i in range(n.fixed.size)]
    gets, gives = np.isin(n.wants.owner, pairs.receiver), np.isin(n.offers.owner, pairs.sender)
    saved = steps(model, "r", n.wants.size * gets)
    lost = steps(model, "s", n.offers.size * gives)
    model += (
        solver.weighted_sum(
            [
                *zip(lanes, n.fixed.tolist(), strict=True),
                *zip(packs, pairs.cost.tolist(), strict=True),
                *zip(lost, n.offers.value.tolist(), strict=True),
                *zip(saved, (-n.wants.value).tolist(), strict=True),
            ]
        )
        + n.do_nothing
    )
    balanced(model, "received", packs, pairs.receiver, saved, n.wants.owner)
    balanced(model, "sent", packs, pairs.sender, lost, n.offers.owner)
    for i, lane in enumerate(pairs.lane.tolist() if linked else ()):
        model += packs[i] <= float(most[i]) * lanes[lane], f"open_{i}"
    units = list(zip(packs, pairs.pack.tolist(), strict=True))
    for lane, terms in grouped(units, pairs.lane).items():
        model += (
            solver.weighted_sum([*terms, (lanes[lane], -float(n.room[lane]))]) <= 0,
            f"room_{lane}",
        )
    limited(model, "outbound", units, n.origin[pairs.lane], n.outbound)
    limited(model, "inbound", units, n.destination[pairs.lane], n.inbound)
    if n.max_lanes < n.fixed.size:
        model += pulp.lpSum(lanes) <= n.max_lanes, "max_lanes"
    return Model(model, packs, lanes, one_way(model, n, packs, most))


def steps(model: pulp.LpProblem, name: str, most: Amounts) -> list[pulp.LpVariable]:
    """A variable for each step; what no pair can fill stays empty."""
    return [model.add_variable(f"{name}_{i}", 0, size) for i, size in enumerate(most.tolist())]


def balanced(
    model: pulp.LpProblem,
    name: str,
    packs: list[pulp.LpVariable],
    position: Indices,
    steps: list[pulp.LpVariable],
    owner: Indices,
) -> None:
    """What moves at a position fills its steps."""
    filled = grouped([(step, -1.0) for step in steps], owner)
    for at, terms in grouped([(pack, 1.0) for pack in packs], position).items():
        model += solver.weighted_sum([*terms, *filled.get(at, [])]) == 0, f"{name}_{at}"


def limited(model: pulp.LpProblem, name: str, units: Terms, place: Indices, limit: Amounts) -> None:
    """Docks handle so many units."""
    for at, terms in grouped(units, place).items():
        if np.isfinite(limit[at]):
            model += solver.weighted_sum(terms) <= float(limit[at]), f"{name}_{at}"


def one_way(
    model: pulp.LpProblem, n: Network, packs: list[pulp.LpVariable], most: Amounts
) -> dict[int, pulp.LpVariable]:
    """No position both sends and receives."""
    pairs, sends = n.pairs, {}
    both = np.intersect1d(pairs.sender, pairs.receiver).tolist()
    for at in both:
        sends[at] = model.add_variable(f"z_{at}", 0, 1, "Integer")
    for i, (sender, receiver) in enumerate(zip(pairs.sender, pairs.receiver, strict=True)):
        if sender in sends:
            model += packs[i] <= float(most[i]) * sends[sender], f"sends_{i}"
        if receiver in sends:
            model += packs[i] <= float(most[i]) * (1 - sends[receiver]), f"receives_{i}"
    return sends


def grouped(terms: Terms, key: Indices) -> dict[int, Terms]:
    """The terms by key."""
    found: dict[int, Terms] = {}
    for term, at in zip(terms, key.tolist(), strict=True):
        found.setdefault(at, []).append(term)
    return found
