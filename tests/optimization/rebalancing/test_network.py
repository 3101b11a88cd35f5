"""What could move: only whole packs that fit, and only where that pays."""

from dataclasses import replace

import pytest

from benchmarks.rebalancing.instances import draw
from fulfillment.optimization.rebalancing import Facility, Item
from fulfillment.optimization.rebalancing.network import read


def moves(problem):
    return read(problem).pairs.lane.size


@pytest.mark.parametrize(("room", "fits"), [(3, False), (4, True), (None, True)])
def test_a_pack_that_fits_on_no_lane_does_not_move(room, fits):
    problem = draw("free", 10, 4, 0)
    packs = tuple(Item(item.sku, 4) for item in problem.items)
    lanes = tuple(replace(lane, capacity_units=room) for lane in problem.lanes)
    assert bool(moves(replace(problem, items=packs, lanes=lanes))) == fits


@pytest.mark.parametrize("dock", ["outbound_units", "inbound_units"])
def test_a_pack_that_no_dock_can_handle_does_not_move(dock):
    problem = draw("free", 10, 4, 0)
    packs = tuple(Item(item.sku, 4) for item in problem.items)
    docks = tuple(Facility(place.code, **{dock: 3}) for place in problem.facilities)
    assert moves(replace(problem, items=packs, facilities=docks)) == 0


def test_what_costs_more_than_it_saves_is_left_out():
    problem = draw("free", 10, 4, 0)
    dear = tuple(replace(lane, unit_cost=1e6) for lane in problem.lanes)
    assert 0 == moves(replace(problem, lanes=dear)) < moves(problem)
