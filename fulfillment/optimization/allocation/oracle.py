"""Every order's best pattern at given prices, and the lower bound that this proves."""

from dataclasses import dataclass, replace

import numpy as np

from fulfillment.optimization.allocation.batches import Assignment, Batch, assign, batches
from fulfillment.optimization.allocation.demand import Amounts, Demand, Wave, kept, unmoved
from fulfillment.optimization.allocation.patterns import (
    Patterns,
    in_order,
    joined,
    priced,
    rows,
    select,
    sparse,
)
from fulfillment.optimization.allocation.single import best, shaped


@dataclass(frozen=True, eq=False)
class Oracle:
    """The wave's orders, in batches or one by one, and the plans that orders hold already."""

    wave: Wave
    batches: tuple[Batch, ...]
    singles: tuple[Demand, ...]
    current: Patterns


@dataclass(frozen=True, eq=False)
class Answer:
    """Each order's best pattern, its cost with prices, and the bound."""

    patterns: Patterns
    cost: Amounts  # [orders]
    lower_bound: float


def oracle(wave: Wave) -> Oracle:
    """Small orders in batches, the others one by one."""
    held = [pattern for demand in wave.demands if (pattern := kept(wave, demand))]
    # Facilities that ship as one make a shipment of several: only the kernel knows those.
    if wave.has_groups or not wave.facilities:
        return Oracle(wave, (), wave.demands, rows(wave, held))
    together, singles = batches(wave, list(wave.demands))
    return Oracle(wave, tuple(together), tuple(singles), rows(wave, held))


def ask(oracle: Oracle, prices: Amounts) -> Answer:
    """Price every order.

    Lagrangian bound: any prices of the limits give sum of the orders' best costs with prices,
    minus what the limits are worth (Geoffrion 1974, section 2).
    """
    wave, shape = oracle.wave, shaped(oracle.wave, prices)
    cost, parts, slack = np.zeros(len(wave.demands)), [rows(wave, [])], 0.0
    alone = list(oracle.singles)
    for batch in oracle.batches:
        found = assign(batch, shape)
        cost[batch.order] = found.cost
        parts.append(select(_rows(wave, batch, found), found.fits))
        alone += [wave.demands[order] for order in batch.order[~found.fits].tolist()]
    for demand in alone:
        choice = best(wave, demand, wave.stock[demand.sku], shape)
        cost[demand.order] = choice.cost
        slack += choice.cost - choice.lower_bound
        parts.append(rows(wave, [unmoved(wave, demand, choice.units)]))
    patterns = in_order(joined(parts))
    patterns, cost = _with_current(oracle, patterns, cost, prices)
    worth = float(prices[prices > 0] @ wave.limits[prices > 0])
    return Answer(patterns, cost, float(cost.sum()) - slack - worth)


def _with_current(
    oracle: Oracle, patterns: Patterns, cost: Amounts, prices: Amounts
) -> tuple[Patterns, Amounts]:
    """Where an order holds a plan already, a new one must gain what moving costs."""
    demands, held = oracle.wave.demands, oracle.current
    move = np.array([0.0 if d.current is None else d.move_cost for d in demands])
    if not move.any():
        return patterns, cost
    move[held.order[patterns.key[held.order] == held.key]] = 0.0
    stay = np.full(cost.size, np.inf)
    stay[held.order] = priced(held, prices)
    moved = replace(patterns, cost=patterns.cost + move)
    chosen = np.concatenate([stay >= cost + move, (stay < cost + move)[held.order]])
    return in_order(select(joined([moved, held]), chosen)), np.minimum(cost + move, stay)


def _rows(wave: Wave, batch: Batch, found: Assignment) -> Patterns:
    """A batch's assignment as patterns, with what they cost without prices."""
    pieces, size = found.facility.shape
    number = np.arange(size)
    served = found.facility >= 0
    # A facility's shipment counts with the first piece in it.
    opens = served.copy()
    for i in range(1, pieces):
        opens[i] &= (found.facility[:i] != found.facility[i]).all(axis=0)
    unit = batch.piece_cost[np.arange(pieces)[:, None], number, found.facility]
    cost = np.where(served, unit, batch.unfilled_cost)
    cost += np.where(opens, batch.shipment_cost[number, found.facility], 0.0)
    places = len(wave.facilities)
    row, at = np.broadcast_to(number, served.shape)[served], found.facility[served]
    box, ships = np.broadcast_to(number, served.shape)[opens], found.facility[opens]
    units = batch.units[served]
    return sparse(
        wave,
        batch.order,
        cost.sum(axis=0),
        np.concatenate([row, row, box]),
        np.concatenate(
            [
                batch.sku[served] * places + at,
                wave.stock.size + at,
                wave.stock.size + places + ships,
            ]
        ),
        np.concatenate([units, units, np.ones(box.size, dtype=np.int64)]),
    )
