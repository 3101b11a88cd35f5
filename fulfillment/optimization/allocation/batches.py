"""Price whole batches of orders at once: dynamic programming over subsets of their pieces.

A line of which some facility holds only a part is cut into its units, any other stays whole: the
plans that move pieces are all that an order could want.
"""

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

MOST_PIECES = 7  # 3^L steps; orders of more pieces go one by one
LARGEST_BATCH = 2_000_000  # orders x facilities x subsets: 16 MB of costs


@dataclass(frozen=True, eq=False)
class Batch:
    """B orders of L pieces each, cut alike: piece i belongs to line `line[i]`."""

    order: Indices  # [B]
    line: tuple[int, ...]  # [L] ascending
    sku: Indices  # [L, B]
    units: Quantities  # [L, B] of the piece
    stock: Quantities  # [L, B, F] of its SKU
    shipment_cost: Amounts  # [B, F], infinite where the facility may not ship
    piece_cost: Amounts  # [L, B, F], infinite where the facility lacks the piece
    unfilled_cost: Amounts  # [L, B]
    ship_complete: NDArray[np.bool_]  # [B]
    shipments: int | None  # at most; None where pieces limit them anyway


@dataclass(frozen=True, eq=False)
class Assignment:
    """Who ships each piece (-1: nobody), the cost with prices, and which orders it fits.

    Two shipments of one facility may take more of a line than it has: such an order does not fit.
    """

    facility: Indices  # [L, B]
    cost: Amounts  # [B]
    fits: NDArray[np.bool_]  # [B]


def pieces(wave: Wave, demand: Demand) -> tuple[int, ...]:
    """Into how many pieces each line is cut: one, or its units."""
    if not wave.split_lines:
        return (1,) * demand.quantity.size
    stock = wave.stock[demand.sku][:, np.isfinite(demand.shipment_cost)]
    partly = ((stock > 0) & (stock < demand.quantity[:, None])).any(axis=1)
    return tuple(np.where(partly, demand.quantity, 1).tolist())


def batches(wave: Wave, demands: list[Demand]) -> tuple[list[Batch], list[Demand]]:
    """Group orders that are cut alike, in pieces that fit the cache; the rest is too large."""
    alike: dict[tuple[tuple[int, ...], int | None], list[tuple[Demand, Indices]]]
    alike, rest = defaultdict(list), []
    for demand in demands:
        cut = pieces(wave, demand)
        if sum(cut) > MOST_PIECES:
            rest.append(demand)
            continue
        turn = np.argsort(cut, kind="stable")
        most = demand.max_shipments
        limit = most if most is not None and most < sum(cut) else None
        alike[tuple(sorted(cut)), limit].append((demand, turn))
    result = []
    for (cut, limit), same in alike.items():
        size = max(LARGEST_BATCH // (len(wave.facilities) << sum(cut)), 1)
        chunks = [same[i : i + size] for i in range(0, len(same), size)]
        result += [_batch(wave, cut, limit, chunk) for chunk in chunks]
    return result, rest


def _batch(
    wave: Wave, cut: tuple[int, ...], limit: int | None, same: list[tuple[Demand, Indices]]
) -> Batch:
    line = np.repeat(np.arange(len(cut)), cut)
    sku = np.array([demand.sku[turn] for demand, turn in same]).T[line]
    quantity = np.array([demand.quantity[turn] for demand, turn in same]).T[line]
    units = np.where(np.array(cut)[line, None] > 1, 1, quantity)
    weight = np.array([demand.weight[turn] for demand, turn in same]).T[line]
    lane = np.array([demand.lane_cost for demand, _ in same])
    stock = wave.stock[sku]
    cost = (units * weight)[:, :, None] * lane
    return Batch(
        order=np.array([demand.order for demand, _ in same], dtype=np.intp),
        line=tuple(line.tolist()),
        sku=sku,
        units=units,
        stock=stock,
        shipment_cost=np.array([demand.shipment_cost for demand, _ in same]),
        piece_cost=np.where(stock >= units[:, :, None], cost, np.inf),
        unfilled_cost=units * np.array([demand.unfilled_cost for demand, _ in same]),
        ship_complete=np.array([demand.ship_complete for demand, _ in same]),
        shipments=limit,
    )


def assign(batch: Batch, prices: Prices) -> Assignment:
    """Each order's best facility for each piece, and its cost with prices.

    best[S] = min over T in S with S's lowest piece of g[T] + best[S - T], where g[T] is the
    cheapest single shipment of all pieces in T; with a limit on shipments one table for each.
    """
    ship = batch.shipment_cost + prices.shipments
    price = prices.stock[batch.sku] + prices.units
    together, by = _one_shipment(batch, ship, batch.piece_cost + batch.units[:, :, None] * price)
    tables = _partition(batch, together)
    facility, cost = _trace(batch, tables, by), tables[-1][0][-1]
    # An order that must ship complete may also wait.
    waiting = batch.unfilled_cost.sum(axis=0)
    facility[:, waiting < cost] = -1
    return Assignment(facility, np.minimum(cost, waiting), _fits(batch, facility))


def _one_shipment(batch: Batch, ship: Amounts, piece: Amounts) -> tuple[Amounts, Indices]:
    """Cost and facility of the cheapest single shipment of each subset of pieces. [2^L, B]"""
    pieces, size, _ = piece.shape
    cost = np.zeros((1 << pieces, size))
    facility = np.full((1 << pieces, size), -1, dtype=np.intp)
    total = [ship]
    for subset in range(1, 1 << pieces):
        lowest = (subset & -subset).bit_length() - 1
        both = total[subset & (subset - 1)] + piece[lowest]
        alike = sum(batch.line[i] == batch.line[lowest] for i in range(pieces) if subset >> i & 1)
        if alike > 1:
            both[batch.stock[lowest] < alike] = np.inf
        total.append(both)
        facility[subset] = both.argmin(axis=1)
        cost[subset] = np.take_along_axis(both, facility[subset][:, None], axis=1)[:, 0]
    return cost, facility


Table = tuple[Amounts, Indices]  # best cost of each subset and its part shipped first: [2^L, B]


def _partition(batch: Batch, together: Amounts) -> list[Table]:
    """Tables by the number of shipments allowed; one that refers to itself without a limit."""
    if batch.shipments is None:
        return [_table(batch, together, None)]
    tables = [_table(batch, np.full_like(together, np.inf), None)]
    for _ in range(batch.shipments):
        tables.append(_table(batch, together, tables[-1][0]))
    return tables


def _table(batch: Batch, together: Amounts, before: Amounts | None) -> Table:
    """Best cost of each subset; what is left after a shipment costs what `before` says."""
    best = np.zeros(together.shape)
    part = np.zeros(together.shape, dtype=np.intp)
    rest = best if before is None else before
    may_miss = np.where(batch.ship_complete, np.inf, batch.unfilled_cost)
    for subset in range(1, len(together)):
        lowest = subset & -subset
        # Part 0 stands for the lowest piece that is missing.
        best[subset] = may_miss[lowest.bit_length() - 1] + best[subset ^ lowest]
        for first in _parts(subset, lowest):
            cost = together[first] + rest[subset ^ first]
            better = cost <= best[subset] if first == subset else cost < best[subset]
            best[subset][better] = cost[better]
            part[subset][better] = first
    return best, part


def _trace(batch: Batch, tables: list[Table], by: Indices) -> Indices:
    """Walk back through the tables: who ships each piece. [L, B]"""
    pieces, size = batch.units.shape
    facility = np.full((pieces, size), -1, dtype=np.intp)
    rest, rows = np.full(size, (1 << pieces) - 1), np.arange(size)
    parts = np.array([part for _, part in tables])
    level = np.full(size, len(tables) - 1)
    for _ in range(pieces):
        first = parts[level, rest, rows]
        ships = by[first, rows]
        for i in range(pieces):
            mine = (first >> i & 1).astype(bool)
            facility[i, mine] = ships[mine]
        rest = np.where(first > 0, rest & ~first, rest & (rest - 1))
        level -= (first > 0) & (len(tables) > 1)
    return facility


def _fits(batch: Batch, facility: Indices) -> NDArray[np.bool_]:
    """Whether no facility ships more pieces of a line than it has. [B]"""
    fits = np.ones(batch.order.size, dtype=bool)
    rows = np.arange(batch.order.size)
    for i, line in enumerate(batch.line):
        alike = [j for j, other in enumerate(batch.line) if other == line]
        if len(alike) > 1:
            taken = sum((facility[j] == facility[i]).astype(np.int64) for j in alike)
            fits &= (facility[i] < 0) | (taken <= batch.stock[i, rows, facility[i]])
    return fits


def _parts(subset: int, lowest: int) -> list[int]:
    """All parts of a subset that hold its lowest piece, the smallest first."""
    rest, parts, part = subset ^ lowest, [], subset ^ lowest
    while True:
        parts.append(part | lowest)
        if not part:
            return sorted(parts)
        part = (part - 1) & rest
