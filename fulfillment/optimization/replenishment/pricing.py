"""Prices of shared limits for a problem too large for one model, and the bound that they prove.

At a price for each limit every line decides alone. The cost of those decisions, with what the
limits are worth at the prices, is never above that of any plan (Lagrangian relaxation: Geoffrion,
"Lagrangean relaxation for integer programming", 1974). Orders with a minimum value decide as a
whole, packs of theirs that only top up as fractions.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fulfillment.optimization.replenishment.model import COLUMNS, SLACK, Numbers, Places, Steps

Flags = NDArray[np.bool_]

TINY = 1e-12
SWEEPS = 12


@dataclass(frozen=True, eq=False)
class Response:
    """What the lines do at prices, and what they save by it, net of what they pay.

    `free` are steps that may still change; those of orders that decide as a whole may not.
    """

    taken: Numbers
    saved: float
    free: Flags


def reduced(steps: Steps, prices: Numbers) -> Numbers:
    """What a step saves, less what it pays for the limits."""
    return np.asarray(steps.value - (steps.uses * prices[steps.rows]).sum(axis=1))


def first_prices(steps: Steps) -> Numbers:
    """Prices by turns: each row's is where its lines want just what there is, others staying."""
    prices = np.zeros(steps.capacity.size)
    for _ in range(SWEEPS):
        before = prices.copy()
        for column in sorted(set(COLUMNS.values())):
            _clear(steps, prices, column, np.ones(prices.size, dtype=np.bool_))
        if np.allclose(before, prices, rtol=1e-6):
            break
    return prices


def clear_local(steps: Steps, prices: Numbers) -> None:
    """Reprice what only one SKU shares, others staying."""
    _clear(steps, prices, COLUMNS["stock"], steps.local)


def _clear(steps: Steps, prices: Numbers, column: int, which: Flags) -> None:
    """Reprice some rows of one column; none shares a step with another."""
    rows, uses = steps.rows[:, column], steps.uses[:, column]
    net = reduced(steps, prices) + uses * prices[rows]
    prices[np.unique(rows[which[rows]])] = 0.0
    some = np.flatnonzero((uses > 0) & (net > 0) & which[rows])
    if not some.size:
        return
    each = net[some] / uses[some]
    sequence = some[np.lexsort((-each, rows[some]))]
    ordered, amounts = rows[sequence], (uses * steps.count)[sequence]
    total = np.cumsum(amounts)
    starts = np.searchsorted(ordered, np.arange(steps.capacity.size))
    before = np.concatenate([[0.0], total])[starts]
    beyond = np.flatnonzero(total - before[ordered] > steps.capacity[ordered] * (1 + SLACK))
    # The first step of each row that does not fit whole: what it saves there is the price.
    marginal, place = np.unique(ordered[beyond], return_index=True)
    step = sequence[beyond[place]]
    prices[marginal] = net[step] / uses[step]


def respond(steps: Steps, prices: Numbers) -> Response:
    """What every line does at these prices."""
    net = reduced(steps, prices)
    taken = np.where(net > 0, steps.count, 0).astype(np.float64)
    spent, free = steps.spent(taken), np.ones(steps.size, dtype=np.bool_)
    small = np.flatnonzero(spent < steps.minimum)
    within = np.flatnonzero(np.isin(steps.orders, small))
    by_order = within[np.argsort(steps.orders[within], kind="stable")]
    ends = np.searchsorted(steps.orders[by_order], small, side="right")
    begin = 0
    for order, end in zip(small.tolist(), ends.tolist(), strict=True):
        members = by_order[begin:end]
        begin = end
        free[members] = False
        _decide(steps, net, taken, members, float(steps.minimum[order] - spent[order]))
    return Response(taken, float(net @ taken), free)


def _decide(steps: Steps, net: Numbers, taken: Numbers, members: Places, missing: float) -> None:
    """Top an order up by the steps that lose least for their money, or drop it."""
    others = members[(taken[members] == 0) & (steps.cost[members] > 0)]
    loss = -net[others] / steps.cost[others]
    others = others[np.argsort(loss, kind="stable")]
    for j in others.tolist():
        if missing <= 0:
            break
        taken[j] = min(missing / steps.cost[j], float(steps.count[j]))
        missing -= taken[j] * steps.cost[j]
    if missing > TINY or net[members] @ taken[members] <= 0:
        taken[members] = 0.0


def saved_at_most(steps: Steps, prices: Numbers, response: Response) -> float:
    """What no plan saves more than."""
    worth = prices[:-1] @ steps.capacity[:-1]
    return response.saved + float(worth)
