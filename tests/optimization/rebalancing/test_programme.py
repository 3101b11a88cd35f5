"""The linear programme of some SKUs: room is kept, bought and sold."""

import numpy as np
import pytest

from benchmarks.rebalancing.instances import draw
from fulfillment.optimization.rebalancing import Facility, Item, Lane, Position, Problem
from fulfillment.optimization.rebalancing.network import read
from fulfillment.optimization.rebalancing.programme import Limits, solve, used


def one_lane(pack=1, room=None):
    needs = ((0, 10.0), (5, 4.0), (10, 1.0), (15, 0.0))
    return read(
        Problem(
            facilities=(Facility("A"), Facility("B")),
            lanes=(Lane("A", "B", 0.1, 0.0, room),),
            positions=(
                Position("A", "X", 30, 0, 2.0, ((0, 0.0),)),
                Position("B", "X", 0, 0, 2.0, needs),
            ),
            items=(Item("X", pack),),
        )
    )


def limits(n, left=np.inf, target=0.0, price=0.0, spread=0.0):
    size = n.fixed.size + 2 * n.outbound.size
    lanes = np.arange(size) < n.fixed.size
    of_lanes = (np.where(lanes, x, y) for x, y in ((left, np.inf), (target, 0.0), (price, 0.0)))
    return Limits(*of_lanes, spread)


def moved(n, **chosen):
    whole = chosen.pop("whole", False)
    return solve(n, np.arange(n.sender.size), limits(n, **chosen), 10, whole=whole)


def test_without_limits_all_moves_that_pays():
    # A unit saves 2.4, 1.2, then 0.4; each costs 0.1.
    assert moved(one_lane()).packs.sum() == pytest.approx(15)


def test_room_that_is_left_is_not_passed():
    assert moved(one_lane(), left=7.0, target=7.0).packs.sum() == pytest.approx(7)


@pytest.mark.parametrize(("price", "units"), [(0.2, 15), (0.5, 10), (1.5, 5), (3.0, 0)])
def test_without_a_spread_a_unit_moves_if_it_pays_for_its_room(price, units):
    found = moved(one_lane(), left=20.0, target=3.0, price=price)
    assert found.packs.sum() == pytest.approx(units)


def test_a_spread_holds_the_plan_to_its_target():
    # The units after the tenth save 0.3 net: no more than room costs to buy, or brings if sold.
    for target in (11.0, 14.0):
        found = moved(one_lane(), left=20.0, target=target, price=0.3, spread=0.1)
        assert found.packs.sum() == pytest.approx(target)


def test_whole_packs_stay_below_what_parts_would_use():
    n = one_lane(pack=4)
    divided = moved(n, left=10.0, target=10.0, spread=1.0).packs.sum()
    whole = moved(n, left=10.0, target=10.0, spread=1.0, whole=True).packs.sum()
    assert (divided, whole) == (pytest.approx(2.5), pytest.approx(2))


def test_a_step_is_worth_what_one_more_of_it_would_save():
    found = moved(one_lane())
    assert sorted(found.step_price) == pytest.approx([0.3, 1.1, 2.3])
    assert found.sender_price == pytest.approx([0.0])


def test_no_time_no_answer():
    n = read(draw("tight", 300, 12, 0))
    assert solve(n, np.arange(n.sender.size), limits(n), 0) is None


def test_each_unit_counts_against_its_lane_and_both_docks():
    n = read(draw("tight", 10, 4, 0))
    arcs = np.arange(n.sender.size)
    taken = used(n, arcs, np.ones(arcs.size))
    lanes, places = n.fixed.size, n.outbound.size
    units = n.pack[n.sender].sum()
    ends = taken[:lanes], taken[lanes : lanes + places], taken[lanes + places :]
    assert [part.sum() for part in ends] == [units, units, units]
