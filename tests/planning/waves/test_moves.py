"""Which orders move by a solution, what that saves, and which moves are taken back."""

from collections import Counter
from dataclasses import replace

import pytest

from fulfillment.optimization import allocation as wave
from fulfillment.planning.waves import moves

ONE = "00000000-0000-7000-8000-000000000001"
TWO = "00000000-0000-7000-8000-000000000002"


def standing(order_id, at, *, move_cost=1.0, sku="X", quantity=1):
    return wave.Order(
        order_id,
        "Z",
        (wave.Line(sku, quantity),),
        unfilled_cost=100.0,
        current=(wave.Held(at, sku, quantity),),
        move_cost=move_cost,
    )


def problem(*orders, stock=(), capacity=None, costs=(("A", 5.0), ("B", 5.5), ("C", 9.0))):
    return wave.Problem(
        facilities=tuple(wave.Facility(code, capacity_shipments=capacity) for code, _ in costs),
        lanes=tuple(wave.Lane("Z", code, cost, 0.0, 1) for code, cost in costs),
        stock=tuple(wave.Stock(at, "X", n) for at, n in stock),
        orders=orders,
    )


def solution(asked, *taken):
    """Return a solution that gives these facilities to the orders, in their turn."""
    parts = tuple(
        wave.Allocation(order.id, at, "X", order.lines[0].quantity)
        for order, at in zip(asked.orders, taken, strict=True)
        if at
    )
    found = wave.evaluate(asked, parts)
    return wave.Solution(
        "feasible",
        found.objective,
        0.0,
        parts,
        found.unfilled,
        (),
        (),
        wave.Greedy(0.0, 0),
        found.shipments,
        "by hand",
        None,
        {},
    )


def places(found):
    return {part.order: part.facility for part in found.allocations}


def test_a_move_saves_the_difference_of_what_the_order_costs():
    asked = problem(standing(ONE, "C"), stock=[("A", 1), ("C", 1)])
    [move] = moves.moves_of(asked, solution(asked, "A"))
    assert (move.saves, move.pays) == (pytest.approx(4.0), True)
    [share] = move.shares()
    assert (share.held_at, share.facility, share.quantity) == ("C", "A", 1)


def test_an_order_that_would_lose_units_does_not_move():
    asked = problem(standing(ONE, "C", quantity=2), stock=[("C", 2)])
    some = replace(solution(asked, "C"), allocations=(wave.Allocation(ONE, "C", "X", 1),))
    assert moves.moves_of(asked, some) == []
    assert moves.moves_of(asked, solution(asked, None)) == []


def test_a_move_that_saves_too_little_is_taken_back():
    asked = problem(standing(ONE, "B"), stock=[("A", 1), ("B", 1)])
    settled = moves.settle(asked, solution(asked, "A"))
    assert places(settled) == {ONE: "B"}
    assert settled.objective == pytest.approx(5.5)


def test_a_move_that_makes_room_for_another_stands_though_it_costs_more():
    waiting = wave.Order(TWO, "Z", (wave.Line("X", 1),), 100.0, eligible=frozenset({"A"}))
    asked = problem(standing(ONE, "A"), waiting, stock=[("A", 1), ("B", 1)])
    settled = moves.settle(asked, solution(asked, "B", "A"))
    assert places(settled) == {ONE: "B", TWO: "A"}


def test_taking_one_move_back_makes_room_for_taking_back_another():
    """The first left A for B's unit and the second took A's, each to save next to nothing."""
    asked = problem(
        standing(ONE, "A"),
        standing(TWO, "B"),
        stock=[("A", 1), ("B", 1), ("C", 1)],
        costs=(("A", 5.0), ("B", 5.0), ("C", 5.0)),
    )
    settled = moves.settle(asked, solution(asked, "C", "A"))
    assert places(settled) == {ONE: "A", TWO: "B"}


def test_nothing_is_taken_back_beyond_a_facility_s_capacity():
    waiting = wave.Order(TWO, "Z", (wave.Line("X", 1),), 100.0, eligible=frozenset({"A"}))
    asked = problem(standing(ONE, "A"), waiting, stock=[("A", 2), ("B", 1)], capacity=1)
    settled = moves.settle(asked, solution(asked, "B", "A"))
    assert places(settled) == {ONE: "B", TWO: "A"}


def test_units_that_can_stay_stay():
    before = Counter({("A", "X"): 3, ("B", "X"): 2, ("B", "Y"): 9})
    after = Counter({("A", "X"): 1, ("C", "X"): 4, ("B", "Y"): 9})
    assert dict(moves.carried(before, after, "X")) == {
        ("A", "A"): 1,
        ("A", "C"): 2,
        ("B", "C"): 2,
    }
