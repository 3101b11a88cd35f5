"""Waves of regions that know nothing of each other."""

from dataclasses import replace

from fulfillment.optimization import allocation
from tests.optimization.waves import random_wave


def regions(*seeds):
    """One wave of several random ones; each has its own zones and facilities, all the same SKUs.

    The orders of all regions take turns.
    """
    parts = [_region(f"R{i}", random_wave(seed)) for i, seed in enumerate(seeds)]
    most = max(len(part.orders) for part in parts)
    return allocation.Problem(
        facilities=tuple(facility for part in parts for facility in part.facilities),
        lanes=tuple(lane for part in parts for lane in part.lanes),
        stock=tuple(stock for part in parts for stock in part.stock),
        orders=tuple(o for i in range(most) for part in parts for o in part.orders[i : i + 1]),
        items=(allocation.Item("S0", 1.0), allocation.Item("S1", 2.0)),
        options=allocation.Options(seconds=60.0, gap=0.0),
    )


def _region(name, problem):
    return replace(
        problem,
        facilities=tuple(
            replace(f, code=name + f.code, group=f.group and name + f.group)
            for f in problem.facilities
        ),
        lanes=tuple(
            replace(lane, zone=name + lane.zone, facility=name + lane.facility)
            for lane in problem.lanes
        ),
        stock=tuple(replace(stock, facility=name + stock.facility) for stock in problem.stock),
        orders=tuple(_order(name, order) for order in problem.orders),
    )


def _order(name, order):
    return replace(
        order,
        id=name + order.id,
        zone=name + order.zone,
        eligible=order.eligible and frozenset(name + code for code in order.eligible),
        current=tuple(replace(held, facility=name + held.facility) for held in order.current),
    )
