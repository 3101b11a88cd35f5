"""Price whole batches of plain orders at once: dynamic programming over subsets of lines."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fulfillment.optimization.allocation.demand import (
    Amounts,
    Demand,
    Indices,
    Quantities,
    Wave,
)
from fulfillment.optimization.allocation.single import Prices

MOST_LINES = 6  # 3^L steps; orders of more lines go one by one
LARGEST_BATCH = 2_000_000  # orders x facilities x subsets: 16 MB of costs


@dataclass(frozen=True, eq=False)
class Batch:
    """B orders of L lines each, which facilities ship whole."""

    order: Indices  # [B]
    sku: Indices  # [B, L]
    quantity: Quantities  # [B, L]
    shipment_cost: Amounts  # [B, F]
    line_cost: Amounts  # [L, B, F], infinite where the facility lacks the line
    unfilled_cost: Amounts  # [B, L] of the whole line
    ship_complete: NDArray[np.bool_]  # [B]


def is_plain(wave: Wave, demand: Demand) -> bool:
    """Whether a plan never gains from splitting a line, so that lines move whole."""
    stock = wave.stock[demand.sku][:, np.isfinite(demand.shipment_cost)]
    partly = (stock > 0) & (stock < demand.quantity[:, None])
    plain = demand.max_shipments is None and not (wave.split_lines and partly.any())
    return plain and demand.quantity.size <= MOST_LINES


def batches(wave: Wave, demands: list[Demand]) -> list[Batch]:
    """Group plain demands by their number of lines, in pieces that fit the cache."""
    by_lines = defaultdict(list)
    for demand in demands:
        by_lines[demand.quantity.size].append(demand)
    result = []
    for lines, same in sorted(by_lines.items()):
        size = max(LARGEST_BATCH // (len(wave.facilities) << lines), 1)
        result += [_batch(wave, same[i : i + size]) for i in range(0, len(same), size)]
    return result


def _batch(wave: Wave, demands: list[Demand]) -> Batch:
    sku = np.array([demand.sku for demand in demands])
    quantity = np.array([demand.quantity for demand in demands])
    weight = quantity * np.array([demand.weight for demand in demands])
    lane = np.array([demand.lane_cost for demand in demands])
    cost = weight.T[:, :, None] * lane
    # Where lines may split, having a part counts as having all: the same for plain orders, and
    # a bound from below for others.
    able = wave.stock[sku.T] >= (1 if wave.split_lines else quantity.T[:, :, None])
    per_unit = np.array([demand.unfilled_cost for demand in demands])
    return Batch(
        order=np.array([demand.order for demand in demands], dtype=np.intp),
        sku=sku,
        quantity=quantity,
        shipment_cost=np.array([demand.shipment_cost for demand in demands]),
        line_cost=np.where(able, cost, np.inf),
        unfilled_cost=quantity * per_unit[:, None],
        ship_complete=np.array([demand.ship_complete for demand in demands]),
    )


def assign(batch: Batch, prices: Prices) -> tuple[Indices, Amounts]:
    """Each order's best facility for each line (-1: unfilled) and its cost with prices.

    [B, L] and [B]. best[S] = min over T in S with S's lowest line of g[T] + best[S - T],
    where g[T] is the cheapest single shipment of all lines in T.
    """
    size, lines = batch.quantity.shape
    ship = batch.shipment_cost + prices.shipments
    stock_price = prices.stock[batch.sku.T] + prices.units
    line = batch.line_cost + batch.quantity.T[:, :, None] * stock_price
    together, facility = _one_shipment(ship, line)
    best, part, by = _partition(together, facility, batch)
    assignment = np.full((size, lines), -1, dtype=np.intp)
    rest, rows = np.full(size, (1 << lines) - 1), np.arange(size)
    for _ in range(lines):
        for i in range(lines):
            mine = (part[rest, rows] >> i & 1).astype(bool)
            assignment[mine, i] = by[rest, rows][mine]
        rest = rest & ~part[rest, rows]
    # An order that must ship complete may also wait.
    waiting = batch.unfilled_cost.sum(axis=1)
    waits = waiting < best[-1]
    assignment[waits] = -1
    return assignment, np.where(waits, waiting, best[-1])


def _one_shipment(ship: Amounts, line: Amounts) -> tuple[Amounts, Indices]:
    """Cost and facility of the cheapest single shipment of each subset of lines. [2^L, B]"""
    lines, size, _ = line.shape
    cost = np.zeros((1 << lines, size))
    facility = np.full((1 << lines, size), -1, dtype=np.intp)
    total = [ship]
    for subset in range(1, 1 << lines):
        lowest = (subset & -subset).bit_length() - 1
        total.append(total[subset & (subset - 1)] + line[lowest])
        facility[subset] = total[subset].argmin(axis=1)
        cost[subset] = np.take_along_axis(total[subset], facility[subset][:, None], axis=1)[:, 0]
    return cost, facility


def _partition(
    together: Amounts, facility: Indices, batch: Batch
) -> tuple[Amounts, Indices, Indices]:
    """Best cost of each subset of lines, its part with the lowest line, and who ships that."""
    best = np.zeros(together.shape)
    part, by = np.zeros(together.shape, dtype=np.intp), np.full(together.shape, -1, dtype=np.intp)
    may_miss = np.where(batch.ship_complete[:, None], np.inf, batch.unfilled_cost).T
    for subset in range(1, len(together)):
        lowest = subset & -subset
        best[subset] = may_miss[lowest.bit_length() - 1] + best[subset ^ lowest]
        part[subset] = lowest
        for first in _parts(subset, lowest):
            cost = together[first] + best[subset ^ first]
            better = cost <= best[subset] if first == subset else cost < best[subset]
            best[subset][better] = cost[better]
            part[subset][better] = first
            by[subset][better] = facility[first][better]
    return best, part, by


def _parts(subset: int, lowest: int) -> list[int]:
    """All parts of a subset that hold its lowest line, the smallest first."""
    rest, parts, part = subset ^ lowest, [], subset ^ lowest
    while True:
        parts.append(part | lowest)
        if not part:
            return sorted(parts)
        part = (part - 1) & rest
