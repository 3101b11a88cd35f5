"""Pieces of a plan that are applied at once: whole orders, and whole chains of moves."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from fulfillment.inventory.gate import Key
from fulfillment.orders.waves import Share

Line = tuple[int, Share]
"""A line's number in its plan, and what it says."""


def pieces(lines: Sequence[Line], orders_at_once: int) -> list[list[Line]]:
    """Cut the lines into pieces of about so many orders.

    Orders that take what others give up are never cut apart, however many they are: neither
    could be changed without the other.
    """
    by_order: dict[UUID, list[Line]] = defaultdict(list)
    for line in lines:
        by_order[line[1].order_id].append(line)
    found: list[list[Line]] = []
    room = 0
    for chain in chains(by_order):
        if room < len(chain):
            found.append([])
            room = orders_at_once
        found[-1] += [line for order_id in chain for line in by_order[order_id]]
        room -= len(chain)
    return found


def chains(by_order: dict[UUID, list[Line]]) -> Iterator[list[UUID]]:
    """Yield the orders that depend on each other's units, each of the others alone."""
    given_up = {(s.sku, str(s.held_at)) for lines in by_order.values() for _, s in lines if s.moves}
    at: dict[Key, list[UUID]] = defaultdict(list)
    touches: dict[UUID, set[Key]] = {}
    for order_id, lines in by_order.items():
        touches[order_id] = keys_of(share for _, share in lines) & given_up
        for key in touches[order_id]:
            at[key].append(order_id)
    seen: set[UUID] = set()
    for first in by_order:
        if first not in seen:
            yield chain_of(first, touches, at, seen)


def keys_of(shares: Iterable[Share]) -> set[Key]:
    return {(s.sku, at) for s in shares for at in (s.facility, s.held_at) if at}


def chain_of(
    first: UUID, touches: dict[UUID, set[Key]], at: dict[Key, list[UUID]], seen: set[UUID]
) -> list[UUID]:
    """Return every order that is reached from `first` over units given up, and note it as seen."""
    chain, ahead = [], [first]
    seen.add(first)
    while ahead:
        order_id = ahead.pop()
        chain.append(order_id)
        for key in touches[order_id]:
            # Taken out, so that each stock level is looked at once.
            found = [other for other in at.pop(key, []) if other not in seen]
            seen.update(found)
            ahead += found
    return chain
