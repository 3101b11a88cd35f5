"""What some SKUs move over open lanes: a linear programme in which room is bought and sold.

In packs x of an arc, packs s of an offer, units o over and u under the target of a limit:

min  sum (cost - value) x + sum loss s + sum price ((1 + spread) o - (1 - spread) u)
     sum x <= size                   of every step that is wanted
     sum x <= sum s                  of every sender; s <= size of its offer
     sum pack x - o + u = target     of every limit; o <= left - target, u <= target

Limits are the lanes', then the docks' out, then the docks' in, as one vector [L + 2 F]. With
prices that are right, and a small spread, one programme after another for some of the SKUs comes
near to one programme for all, which takes far longer.
"""

from dataclasses import dataclass

import highspy
import numpy as np

from fulfillment.optimization.rebalancing.curves import Amounts, Indices, summed
from fulfillment.optimization.rebalancing.network import Network

GAP, NODES = 1e-4, 100  # where packs are to be whole
INTERIOR = 1_000  # arcs from which on the interior point method is quicker than the simplex


@dataclass(frozen=True, eq=False)
class Limits:
    """Of lanes and docks: what is left, what these SKUs should take of it, and what that costs."""

    left: Amounts
    target: Amounts
    price: Amounts
    spread: float


@dataclass(frozen=True, eq=False)
class Moved:
    """Packs on each arc, and what a pack more would save of each step, and at each sender."""

    packs: Amounts
    steps: Indices
    step_price: Amounts
    senders: Indices
    sender_price: Amounts


def uses(n: Network, arcs: Indices) -> Indices:
    """The three limits that each arc's units count against. [3, A]"""
    lane, lanes, places = n.lane[arcs], n.fixed.size, n.outbound.size
    return np.stack([lane, lanes + n.origin[lane], lanes + places + n.destination[lane]])


def used(n: Network, arcs: Indices, packs: Amounts) -> Amounts:
    """Units that packs on these arcs count against each limit. [L + 2 F]"""
    units = packs * n.pack[n.sender[arcs]]
    size = n.fixed.size + 2 * n.outbound.size
    return summed(uses(n, arcs).ravel(), np.tile(units, 3), size)


def solve(
    n: Network, arcs: Indices, limits: Limits, seconds: float, *, whole: bool = False
) -> Moved | None:
    """Packs on each of these arcs, some of them divided; None if that took too long.

    `whole` packs are the best that some nodes of a search find, and have no prices.
    """
    model, steps, senders = _model(n, arcs, limits)
    if whole:
        kinds = [highspy.HighsVarType.kInteger] * arcs.size
        kinds += [highspy.HighsVarType.kContinuous] * (model.num_col_ - arcs.size)
        model.integrality_ = kinds
    highs = _solver(seconds, "ipm" if arcs.size > INTERIOR and not whole else "simplex")
    highs.passModel(model)
    highs.run()
    feasible = highspy.SolutionStatus.kSolutionStatusFeasible
    found = highs.getInfo().primal_solution_status == feasible
    if not found or not (whole or highs.getModelStatus() == highspy.HighsModelStatus.kOptimal):
        return None
    answer = highs.getSolution()
    packs, duals = np.asarray(answer.col_value)[: arcs.size], -np.asarray(answer.row_dual)
    last = steps.size + senders.size
    prices = np.maximum(duals[:last] if duals.size else np.zeros(last), 0.0)
    return Moved(packs, steps, prices[: steps.size], senders, prices[steps.size :])


def _solver(seconds: float, method: str) -> highspy.Highs:
    """HiGHS on one thread, silent."""
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    options: dict[str, bool | int | float | str] = {
        "output_flag": False,
        "threads": 1,
        "time_limit": max(seconds, 0.01),
        "solver": method,
        "mip_rel_gap": GAP,
        "mip_max_nodes": NODES,
    }
    for option, value in options.items():
        highs.setOptionValue(option, value)
    return highs


def _model(n: Network, arcs: Indices, limits: Limits) -> tuple[highspy.HighsLp, Indices, Indices]:
    """The programme, its steps and its senders.

    Columns are x, s, o and u; rows are the steps, the senders and the limits.
    """
    steps, step = np.unique(n.step[arcs], return_inverse=True)
    senders, sender = np.unique(n.sender[arcs], return_inverse=True)
    number = np.full(n.pack.size, -1)
    number[senders] = np.arange(senders.size)
    offers = _offers(n, arcs)
    rows, limit = np.unique(uses(n, arcs).ravel(), return_inverse=True)
    bounded = np.isfinite(limits.left[rows])
    left, price = (np.where(bounded, x[rows], 0.0) for x in (limits.left, limits.price))
    target = np.where(bounded, limits.target[rows], 0.0)
    first, second = steps.size, steps.size + senders.size
    moved, offered = np.arange(arcs.size), arcs.size + np.arange(offers.size)
    over = arcs.size + offers.size + np.arange(rows.size)
    units = np.tile(n.pack[n.sender[arcs]], 3)
    ones = np.ones(arcs.size)
    entries = (
        (step, moved, ones),
        (first + sender, moved, ones),
        (first + number[n.offers.owner[offers]], offered, -np.ones(offers.size)),
        (second + limit, np.tile(moved, 3), units),
        (second + np.arange(rows.size), over, -np.ones(rows.size)),
        (second + np.arange(rows.size), over + rows.size, np.ones(rows.size)),
    )
    lp = highspy.HighsLp()
    lp.num_row_ = second + rows.size
    lp.num_col_ = arcs.size + offers.size + 2 * rows.size
    lp.col_cost_ = np.concatenate(
        [
            n.cost[arcs] - n.wants.value[n.step[arcs]],
            n.offers.value[offers],
            price * (1 + limits.spread),
            price * (limits.spread - 1),
        ]
    )
    lp.col_lower_ = np.zeros(lp.num_col_)
    above = np.where(bounded, left - target, np.inf)
    most = np.full(arcs.size, np.inf), n.offers.size[offers], above, target
    lp.col_upper_ = np.concatenate(most)
    lp.row_lower_ = np.concatenate([np.full(second, -np.inf), target])
    lp.row_upper_ = np.concatenate([n.wants.size[steps], np.zeros(senders.size), target])
    _fill(lp, entries)
    return lp, steps, senders


def _offers(n: Network, arcs: Indices) -> Indices:
    """The offers of these arcs' senders: what their steps could take, and what comes next."""
    wanted = summed(n.sender[arcs], n.wants.size[n.step[arcs]], n.pack.size)
    total = np.cumsum(n.offers.size)
    before = total - n.offers.size
    first = np.searchsorted(n.offers.owner, n.offers.owner)
    own = wanted[n.offers.owner]
    found: Indices = np.flatnonzero((own > 0) & (before - before[first] <= own))
    return found


def _fill(lp: highspy.HighsLp, entries: tuple[tuple[Indices, Indices, Amounts], ...]) -> None:
    """The matrix, column by column."""
    row, column, value = (np.concatenate(part) for part in zip(*entries, strict=True))
    order = np.argsort(column, kind="stable")
    count = np.bincount(column, minlength=lp.num_col_)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum(count)])
    lp.a_matrix_.index_ = row[order]
    lp.a_matrix_.value_ = value[order]
