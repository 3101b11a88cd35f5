"""Replay the demand day by day: receive, serve, move, order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.planning.stock import Delivery, Stock
from benchmarks.planning.world import WEEK, World
from fulfillment.optimization import sourcing


@dataclass(frozen=True)
class Move:
    """Units of a SKU from one site to another: what that costs, and the days it takes."""

    sku: int
    origin: int
    destination: int
    units: int
    cost: float
    days: int


Order = Callable[[int, Stock], np.ndarray]
"""From a day and the stock at its end to units to order. [K, F]"""
Rebalance = Callable[[int, Stock], Sequence[Move]]


def stay(day: int, stock: Stock) -> Sequence[Move]:
    """No transfers."""
    return ()


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a policy comes to, by stock level over the measured days. [K, F]"""

    days: int
    asked: np.ndarray  # units
    own: np.ndarray  # units that the nearest site had
    afar: np.ndarray  # units that another site shipped
    asked_days: np.ndarray  # days on which any were asked for
    short_days: np.ndarray  # days on which the nearest site had not all that was asked for
    empty_days: np.ndarray  # days that ended with an empty shelf
    on_hand: np.ndarray  # mean units, those between sites too
    lines: np.ndarray  # order lines
    moved: np.ndarray  # units received by transfer
    outbound: float  # money
    transfers: float  # money


def replay(world: World, opening: np.ndarray, order: Order, rebalance: Rebalance = stay) -> Outcome:
    """Replay all days from the start on; those before the measured ones only to settle in."""
    demand, first = world.demand, world.demand.measured * WEEK
    stock, shape = Stock.of(opening), opening.shape
    own, afar, asked_days, short_days, empty_days, on_hand, lines, moved = np.zeros((8, *shape))
    outbound = transfers = 0.0
    days = demand.units.shape[2]
    for day in range(demand.start * WEEK, days):
        stock.receive(day)
        asked = demand.units[:, :, day]
        served = np.minimum(asked, stock.on_hand)
        stock.on_hand -= served
        others = from_afar(world, asked - served, stock)
        moves = rebalance(day, stock)
        send(moves, day, stock)
        ordered = order(day, stock)
        place(world, ordered, day, stock)
        if day < first:
            continue
        own += served
        afar += others.sum(axis=2)
        asked_days += asked > 0
        short_days += served < asked
        empty_days += stock.on_hand == 0
        on_hand += stock.on_hand + stock.in_transit
        lines += ordered > 0
        outbound += (served * np.diagonal(world.unit_way, axis1=1, axis2=2)).sum()
        # What comes from afar leaves the parcel of its company, which is sent all the same.
        outbound += (others * world.unit_way).sum() + ((others > 0) * world.box).sum()
        transfers += sum(move.cost for move in moves)
        for move in moves:
            moved[move.sku, move.destination] += move.units
    length = days - first
    return Outcome(
        days=length,
        asked=demand.units[:, :, first:].sum(axis=2),
        own=own,
        afar=afar,
        asked_days=asked_days,
        short_days=short_days,
        empty_days=empty_days,
        on_hand=on_hand / length,
        lines=lines,
        moved=moved,
        outbound=float(outbound),
        transfers=transfers,
    )


def from_afar(world: World, short: np.ndarray, stock: Stock) -> np.ndarray:
    """Ship what the nearest site had not from others, as sourcing decides. [K, F zone, F site]

    One order after the other, in the order of SKUs and zones.
    """
    shipped = np.zeros((*short.shape, short.shape[1]), dtype=np.int64)
    wanted = (short > 0) & (stock.on_hand.sum(axis=1) > 0)[:, None]
    for sku, zone in zip(*(index.tolist() for index in wanted.nonzero()), strict=True):
        if not stock.on_hand[sku].any():
            continue
        units = sourced(world, sku, zone, int(short[sku, zone]), stock.on_hand[sku])
        shipped[sku, zone] = units
        stock.on_hand[sku] -= units
    return shipped


def sourced(world: World, sku: int, zone: int, units: int, held: np.ndarray) -> np.ndarray:
    """The units that each site ships of one line to a zone. [F]"""
    problem = sourcing.Problem(
        quantity=np.array([units]),
        stock=held[:, None],
        shipment_cost=world.box,
        unit_cost=world.ship[zone][:, None] * world.demand.weight[sku],
        unfilled_cost=np.array([world.settings.unfilled_cost]),
        distance_km=world.km[:, zone],
    )
    return sourcing.solve(problem).options[0].shipped[:, 0]


def send(moves: Sequence[Move], day: int, stock: Stock) -> None:
    """Take what is moved from the shelves and put it on its way."""
    for move in moves:
        stock.on_hand[move.sku, move.origin] -= move.units
        due = day + move.days
        at = np.array([move.sku]), np.array([move.destination]), np.array([move.units])
        stock.send(Delivery(*at, expected=due, arrives=due, is_transfer=True))
    assert (stock.on_hand >= 0).all()


def place(world: World, ordered: np.ndarray, day: int, stock: Stock) -> None:
    """Place orders; each supplier sends what a site orders on a day together."""
    sku, site = ordered.nonzero()
    supplier = world.supplier[sku]
    takes = world.lead[supplier, site, day]
    expects = world.lead_days[sku]
    for late, soon in sorted({*zip(takes.tolist(), expects.tolist(), strict=True)}):
        those = (takes == late) & (expects == soon)
        at = sku[those], site[those], ordered[sku[those], site[those]]
        stock.send(Delivery(*at, expected=day + soon, arrives=day + late, is_transfer=False))
