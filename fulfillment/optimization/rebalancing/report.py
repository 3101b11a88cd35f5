"""From packs and prices back to the words of the problem."""

import math

import numpy as np

from fulfillment.optimization.rebalancing.curves import Amounts
from fulfillment.optimization.rebalancing.network import Network
from fulfillment.optimization.rebalancing.plans import state
from fulfillment.optimization.rebalancing.problem import DockPrice, LanePrice, Problem, Transfer


def transfers(problem: Problem, n: Network, packs: Amounts) -> tuple[Transfer, ...]:
    """What moves, in the order of the lanes.

    What a position saves or loses by all its packs is shared out by packs, and the fixed cost of a
    lane by units.
    """
    at, everywhere = state(n, packs), np.arange(n.pack.size)
    saved = n.saved.at(everywhere, at.received) / np.maximum(at.received, 1)
    lost = n.lost.at(everywhere, at.sent) / np.maximum(at.sent, 1)
    used = np.flatnonzero(packs)
    used = used[np.lexsort((n.pairs.receiver[used], n.pairs.lane[used]))]
    pairs = n.pairs
    lane, moved = pairs.lane[used], packs[used]
    saves = moved * (saved[pairs.receiver[used]] - lost[pairs.sender[used]])
    units = moved * pairs.pack[used]
    costs = moved * pairs.cost[used] + n.fixed[lane] * units / at.flow[lane]
    rows = (pairs.sender[used], lane, units.astype(np.int64), saves, costs)
    return tuple(
        Transfer(
            problem.lanes[lane].origin,
            problem.lanes[lane].destination,
            problem.positions[sender].sku,
            quantity,
            round(save, 6),
            round(cost, 6),
        )
        for sender, lane, quantity, save, cost in zip(*(r.tolist() for r in rows), strict=True)
    )


def lane_prices(problem: Problem, prices: Amounts) -> tuple[LanePrice, ...]:
    """The price of each lane that has a limit."""
    return tuple(
        LanePrice(lane.origin, lane.destination, round(price, 6))
        for lane, price in zip(problem.lanes, prices.tolist(), strict=True)
        if lane.capacity_units is not None
    )


def dock_prices(
    problem: Problem, n: Network, outbound: Amounts, inbound: Amounts
) -> tuple[DockPrice, ...]:
    """The prices of each facility whose docks have a limit."""
    return tuple(
        DockPrice(place.code, round(float(outbound[f]), 6), round(float(inbound[f]), 6))
        for f, place in enumerate(problem.facilities)
        if math.isfinite(n.outbound[f]) or math.isfinite(n.inbound[f])
    )
