from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from fulfillment.optimization import allocation
from fulfillment.optimization.allocation import partition
from tests.optimization.regions import regions
from tests.optimization.waves import order, wave


@pytest.fixture(autouse=True)
def _no_batches(monkeypatch):
    """Small clusters stay apart, unless a test packs them."""
    monkeypatch.setattr(partition, "BATCH", 1)


def names(problem):
    return [{o.id for o in part.problem.orders} for part in partition.split(problem)]


def limited(problem, **limits):
    first, *others = problem.facilities
    return replace(problem, facilities=(replace(first, **limits), *others))


def test_orders_that_could_ask_too_much_together_are_one_part():
    scarce = wave(["A", "B"], {("A", "X"): 2, ("B", "X"): 9}, [order("o1", X=1), order("o2", X=2)])
    assert names(scarce) == [{"o1", "o2"}]


def test_orders_that_cannot_ask_too_much_together_are_apart():
    ample = wave(["A", "B"], {("A", "X"): 3, ("B", "X"): 9}, [order("o1", X=1), order("o2", X=2)])
    assert names(ample) == [{"o1"}, {"o2"}]


def test_an_order_between_two_scarce_things_ties_all_three():
    orders = [order("o1", X=1), order("o2", X=1, Y=1), order("o3", Y=1)]
    assert names(wave(["A"], {("A", "X"): 1, ("A", "Y"): 1}, orders)) == [{"o1", "o2", "o3"}]


def test_what_only_one_order_lacks_ties_nobody():
    short = wave(["A"], {("A", "X"): 1, ("A", "Y"): 5}, [order("o1", X=3), order("o2", Y=1)])
    assert names(short) == [{"o1"}, {"o2"}]


@pytest.mark.parametrize(
    "fields",
    [
        {"eligible": frozenset({"B"})},
        {"deliver_within_days": 1},
        {"zone": "elsewhere"},
    ],
)
def test_an_order_that_may_not_ship_from_there_is_not_tied(fields):
    orders = [order("o1", X=1), order("o2", **{"X": 1, **fields})]
    lanes = {"A": (5.0, 1.0, 3), "B": (5.0, 1.0, 1)}
    scarce = wave(["A", "B"], {("A", "X"): 1, ("B", "X"): 2}, orders, lanes)
    assert names(scarce) == [{"o1"}, {"o2"}]


def test_an_order_that_may_come_late_is_tied():
    late = order("o2", X=1, deliver_within_days=1, late_cost_per_day=1.0)
    scarce = wave(["A"], {("A", "X"): 1}, [order("o1", X=1), late], {"A": (5.0, 1.0, 3)})
    assert names(scarce) == [{"o1", "o2"}]


def test_stock_that_an_order_holds_where_it_may_not_ship_from_ties_it():
    held = order("o2", X=1, eligible=frozenset({"B"}), current=(allocation.Held("A", "X", 1),))
    scarce = wave(["A", "B"], {("A", "X"): 1}, [order("o1", X=1), held])
    assert names(scarce) == [{"o1", "o2"}]


def test_a_whole_line_that_does_not_fit_takes_nothing():
    orders = [order("o1", X=1), order("o2", X=2)]
    assert names(wave(["A"], {("A", "X"): 1}, orders)) == [{"o1", "o2"}]
    assert names(wave(["A"], {("A", "X"): 1}, orders, split_lines=False)) == [{"o1"}, {"o2"}]


def test_a_part_of_a_whole_line_ties_the_order_that_holds_it():
    orders = [order("o1", X=1), order("o2", X=2, current=(allocation.Held("A", "X", 1),))]
    assert names(wave(["A"], {("A", "X"): 1}, orders, split_lines=False)) == [{"o1", "o2"}]


@pytest.mark.parametrize(
    ("limit", "tight", "ample"), [("capacity_units", 4, 5), ("capacity_shipments", 1, 2)]
)
def test_a_tight_capacity_ties_all_who_could_use_it(limit, tight, ample):
    orders = [order("o1", X=3), order("o2", Y=2)]
    problem = wave(["A", "B"], {("A", "X"): 9, ("A", "Y"): 9, ("B", "Y"): 9}, orders)
    assert names(limited(problem, **{limit: tight})) == [{"o1", "o2"}]
    assert names(limited(problem, **{limit: ample})) == [{"o1"}, {"o2"}]


def test_a_capacity_that_the_stock_never_fills_ties_nobody():
    orders = [order("o1", X=9), order("o2", Y=9)]
    problem = wave(["A"], {("A", "X"): 2, ("A", "Y"): 2}, orders)
    assert names(limited(problem, capacity_units=4)) == [{"o1"}, {"o2"}]


def test_a_wave_without_anything_scarce_is_one_part(monkeypatch):
    monkeypatch.setattr(partition, "BATCH", 10)
    ample = wave(["A"], {("A", "X"): 9}, [order(f"o{i}", X=1) for i in range(9)])
    (part,) = partition.split(ample)
    assert part.problem is ample


def test_an_empty_wave_is_one_part():
    empty = wave(["A"], {}, [])
    assert [part.problem for part in partition.split(empty)] == [empty]


def test_small_clusters_are_packed_evenly(monkeypatch):
    monkeypatch.setattr(partition, "BATCH", 4)
    ample = wave(["A"], {("A", "X"): 99}, [order(f"o{i}", X=1) for i in range(10)])
    assert [len(part.orders) for part in partition.split(ample)] == [4, 3, 3]


def test_a_large_cluster_stays_alone(monkeypatch):
    monkeypatch.setattr(partition, "BATCH", 6)
    tied = [order(f"tied{i}", X=1) for i in range(3)]
    free = [order(f"free{i}", Y=1) for i in range(5)]
    turns = [o for pair in zip(free, [*tied, *tied], strict=False) for o in pair][:8]
    problem = wave(["A"], {("A", "X"): 2, ("A", "Y"): 9}, dict.fromkeys(turns))
    assert {o.id for o in tied} in names(problem)


def test_a_part_holds_what_its_orders_could_take_and_no_more():
    there = regions(3, 4)
    for part in partition.split(there):
        sides = {o.id[:2] for o in part.problem.orders}
        assert {lane.facility[:2] for lane in part.problem.lanes} <= sides
        assert {stock.facility[:2] for stock in part.problem.stock} <= sides


@pytest.mark.parametrize("seed", range(20))
def test_every_order_is_in_one_part_and_keeps_its_turn(seed):
    problem = regions(seed, seed + 100, seed + 200)
    parts = partition.split(problem)
    for part in parts:
        assert part.problem.orders == tuple(problem.orders[i] for i in part.orders)
        assert list(part.orders) == sorted(part.orders)
        # Regions share nothing, so no part holds orders of two.
        assert len({o.id[:2] for o in part.problem.orders}) == 1
    assert Counter(i for part in parts for i in part.orders) == Counter(range(len(problem.orders)))


@pytest.mark.parametrize("seed", range(20))
def test_components_are_those_of_walking_from_neighbour_to_neighbour(seed):
    rng = np.random.default_rng(seed)
    size, pairs = 40, rng.integers(5, 60)
    member, group = rng.integers(0, size, pairs), rng.integers(0, 30, pairs)
    label = partition.components(size, member, group)
    assert label.tolist() == [min(_walk(i, member, group)) for i in range(size)]


def test_a_long_chain_is_one_component():
    turn = np.random.default_rng(0).permutation(10_000)
    member, group = np.repeat(turn, 2)[1:-1], np.repeat(np.arange(9_999), 2)
    assert not partition.components(10_000, member, group).any()


def _walk(start, member, group):
    met, ahead = set(), {start}
    while ahead:
        met |= ahead
        groups = set(group[np.isin(member, list(met))].tolist())
        ahead = set(member[np.isin(group, list(groups))].tolist()) - met
    return met
