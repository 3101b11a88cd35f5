"""A plan is applied piece by piece; orders that depend on each other are one piece."""

from uuid import UUID

from fulfillment.orders.waves import Share
from fulfillment.planning.waves import chains


def order(n):
    return UUID(int=n)


def lines(*shares):
    return list(enumerate(shares))


def pieces_of(found):
    return [[share.order_id.int for _, share in piece] for piece in found]


def test_orders_that_need_nothing_of_each_other_are_cut_into_pieces():
    shares = [Share(order(n), "A", "S1", 1) for n in range(5)]
    assert pieces_of(chains.pieces(lines(*shares), 2)) == [[0, 1], [2, 3], [4]]


def test_the_lines_of_an_order_stay_together():
    shares = [Share(order(n // 3), "A", f"S{n}", 1) for n in range(6)]
    assert pieces_of(chains.pieces(lines(*shares), 1)) == [[0, 0, 0], [1, 1, 1]]


def test_who_takes_units_is_applied_with_who_gives_them_up():
    shares = [
        Share(order(0), "A", "S1", 1),
        Share(order(1), "C", "S1", 1),
        Share(order(2), "B", "S1", 1, held_at="A"),
        Share(order(3), "A", "S2", 1),
    ]
    assert pieces_of(chains.pieces(lines(*shares), 1)) == [[0, 2], [1], [3]]


def test_a_chain_is_never_cut_however_long_it_is():
    moves = [Share(order(n), f"F{n}", "S1", 1, held_at=f"F{n + 1}") for n in range(200)]
    [piece] = chains.pieces(lines(*moves), 50)
    assert len(piece) == 200


def test_what_an_order_keeps_ties_it_to_nobody():
    shares = [
        Share(order(0), "A", "S1", 1, held_at="A"),
        Share(order(0), "A", "S2", 1, held_at="B"),
        Share(order(1), "A", "S1", 1),
    ]
    assert pieces_of(chains.pieces(lines(*shares), 1)) == [[0, 0], [1]]
