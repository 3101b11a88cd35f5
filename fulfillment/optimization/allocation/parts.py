"""Cut a wave into parts: orders that want the same scarce stock are chosen for together."""

from collections import defaultdict, deque
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fulfillment.optimization.allocation.demand import Indices, Wave
from fulfillment.optimization.allocation.patterns import Patterns, priced, select
from fulfillment.optimization.allocation.shake import Pool

REGRET = 1e-6  # of cost above an order's best: below, it has what it wants


def parts(
    wave: Wave, plan: Patterns, pool: Pool, most: int, rng: np.random.Generator
) -> Iterator[NDArray[np.bool_]]:
    """Cut the orders with something to gain or to give into parts; masks.

    An order gains by a pattern that is better at the prices than the one it has; those who hold
    the stock that this takes have something to give. Parts grow from one to the other, those
    with most regret first.
    """
    patterns = pool.patterns
    if patterns.order.size <= most:
        yield np.ones(plan.order.size, dtype=bool)
        return
    regret = priced(plan, pool.prices) - pool.best
    gains = priced(patterns, pool.prices) - pool.best[patterns.order] < regret[patterns.order]
    wishes = select(patterns, gains & (regret > REGRET)[patterns.order])
    wanted = np.zeros(wave.limits.size, dtype=bool)
    wanted[wishes.limit[wishes.limit < wave.stock.size]] = True
    links = _links(wishes, wanted) | _links(plan, wanted)
    columns = np.bincount(patterns.order, minlength=regret.size) + 1
    first = np.argsort(-regret * rng.uniform(0.5, 1.5, regret.size), kind="stable")
    for members in _grown(links, first, columns, most):
        mask = np.zeros(regret.size, dtype=bool)
        mask[members] = True
        yield mask


def _links(patterns: Patterns, wanted: NDArray[np.bool_]) -> set[tuple[int, int]]:
    """(order, limit) of what the patterns take of the wanted limits."""
    takes = wanted[patterns.limit]
    orders = patterns.order[patterns.pattern[takes]]
    return set(zip(orders.tolist(), patterns.limit[takes].tolist(), strict=True))


def _grown(
    links: set[tuple[int, int]], turn: Indices, columns: Indices, most: int
) -> Iterator[list[int]]:
    """Grow parts over the links, breadth first, until their columns are many enough."""
    limits_of, orders_of = defaultdict(list), defaultdict(list)
    for order, limit in sorted(links):
        limits_of[order].append(limit)
        orders_of[limit].append(order)
    waiting = set(limits_of)
    members: list[int] = []
    size = 0
    for first in turn.tolist():
        queue = deque([first])
        while queue:
            order = queue.popleft()
            if order not in waiting:
                continue
            waiting.remove(order)
            members.append(order)
            size += int(columns[order])
            if size >= most:
                yield members
                members, size = [], 0
                break
            for limit in limits_of[order]:
                queue.extend(orders_of[limit])
    if members:
        yield members
