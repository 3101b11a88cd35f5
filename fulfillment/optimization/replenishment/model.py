"""The needs as steps of packs that save alike, and the limits that several of them share."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from fulfillment.optimization.replenishment.needs import Need, Place, to_give
from fulfillment.optimization.replenishment.problem import Problem

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]
Limit = tuple[str, ...] | tuple[str, str, int]

# The limits that a line may share: who gives (the purse, or a resupplier's shelf), room, docks.
COLUMNS = {"budget": 0, "stock": 0, "storage": 1, "receiving": 2}
SLACK = 1e-9  # relative to a limit; so much may be past it, by the rounding of sums


@dataclass(frozen=True)
class Line:
    """A position that may order: what a pack of it takes of each limit."""

    need: int
    most: int
    uses: tuple[tuple[Limit, float], ...]


@dataclass(frozen=True, eq=False)
class Steps:
    """Packs of a line that save alike, line after line, dearest first; arrays by step.

    A step is taken up to `count` times. Each time is `packs` packs, saves `value`, costs `cost`,
    and takes `uses` of the limits `rows`, a column for each of COLUMNS; the last row is no limit.
    Where a line has a least order, that is its `first` step, and all its packs. `wished` are the
    packs that the policy asks for; others only fill orders with a minimum value, which `orders`
    names (-1 for none).
    """

    lines: Places
    count: Places
    packs: Places
    value: Numbers
    cost: Numbers
    rows: Places
    uses: Numbers
    orders: Places
    first: NDArray[np.bool_]
    wished: NDArray[np.bool_]
    capacity: Numbers
    minimum: Numbers
    local: NDArray[np.bool_]  # rows of one SKU: a resupplier's stock

    @cached_property
    def behind(self) -> Places:
        """The least order that must be taken before a step, -1 for none."""
        firsts = np.maximum.accumulate(np.where(self.first, np.arange(self.size), 0))
        return np.where(~self.first & (self.packs[firsts] > 1), firsts, -1)

    @property
    def size(self) -> int:
        """How many steps."""
        return int(self.lines.size)

    def use(self, taken: Numbers | Places) -> Numbers:
        """What a plan takes of each row."""
        amounts = (self.uses * taken[:, None]).ravel()
        used = np.bincount(self.rows.ravel(), amounts, minlength=self.capacity.size)
        return used.astype(np.float64)

    def spent(self, taken: Numbers | Places) -> Numbers:
        """The value of each order with a minimum."""
        within = self.orders >= 0
        amounts = (self.cost * taken)[within]
        spent = np.bincount(self.orders[within], amounts, minlength=self.minimum.size)
        return spent.astype(np.float64)


def limits(problem: Problem, needs: Sequence[Need]) -> dict[Limit, float]:
    """Every limit that several lines may share, and what it allows."""
    found = dict[Limit, float]()
    if problem.options.budget is not None:
        found["budget",] = problem.options.budget
    stored, arriving = _taken(needs)
    days, packs = defaultdict[str, set[int]](set), dict[str, int]()
    for need in needs:
        days[need.position.facility].add(need.day)
        place = need.position
        if place.resupplier is not None:
            found["stock", place.resupplier, place.sku] = 0.0
            packs[place.sku] = need.pack
    for facility in problem.facilities:
        if facility.storage_volume is not None:
            room = facility.storage_volume - stored[facility.code]
            found["storage", facility.code] = max(room, 0.0)
        if facility.receiving_units is not None:
            for day in days[facility.code]:
                free = facility.receiving_units - arriving[facility.code, day]
                found["receiving", facility.code, day] = float(max(free, 0))
    for need in needs:
        place = need.position
        if ("stock", place.facility, place.sku) in found:
            pack = packs[place.sku]
            found["stock", place.facility, place.sku] = float(to_give(place) // pack * pack)
    return found


def _taken(needs: Sequence[Need]) -> tuple[dict[str, float], dict[tuple[str, int], int]]:
    """Volume that is there or will be, by facility; units that arrive, by facility and day."""
    stored, arriving = defaultdict[str, float](float), defaultdict[tuple[str, int], int](int)
    for need in needs:
        place = need.position
        units = place.on_hand
        for day, coming in place.incoming:
            arriving[place.facility, day] += coming
            units += coming
        stored[place.facility] += need.volume * units
    return stored, arriving


def lines(needs: Sequence[Need], allowed: dict[Limit, float]) -> list[Line]:
    """The positions that may order, and what a pack of each takes of the limits."""
    return [Line(i, n.most, _uses(n, allowed)) for i, n in enumerate(needs) if n.most]


def _uses(need: Need, allowed: dict[Limit, float]) -> tuple[tuple[Limit, float], ...]:
    place, pack = need.position, float(need.pack)
    amounts: dict[Limit, float] = {
        ("storage", place.facility): need.volume * pack,
        ("receiving", place.facility, need.day): pack,
    }
    if place.resupplier is None:
        amounts["budget",] = need.unit_cost * pack
    else:
        amounts["stock", place.resupplier, place.sku] = pack
    return tuple((limit, use) for limit, use in amounts.items() if use and limit in allowed)


def binding(found: Iterable[Line], allowed: dict[Limit, float]) -> dict[Limit, float]:
    """The limits that lines could reach, if all took the most that they may."""
    most = defaultdict[Limit, float](float)
    for line in found:
        for limit, use in line.uses:
            most[limit] += use * line.most
    return {limit: allowed[limit] for limit, use in most.items() if past(use, allowed[limit])}


def past(use: float, limit: float) -> bool:
    """Whether a limit is exceeded, and not by the rounding of sums."""
    return use > limit + SLACK * max(limit, 1.0)


def steps(
    found: Sequence[Line],
    needs: Sequence[Need],
    allowed: dict[Limit, float],
    minimum: dict[Place, float],
) -> Steps:
    """The steps of lines under the limits and the minimum values of orders."""
    row = {limit: i for i, limit in enumerate(allowed)}
    order = {key: i for i, key in enumerate(minimum)}
    columns = list[tuple[int, int, int, float, float, int, bool, bool]]()
    rows, uses = list[list[int]](), list[list[float]]()
    for i, line in enumerate(found):
        need = needs[line.need]
        held, amounts = [len(row)] * len(set(COLUMNS.values())), [0.0] * len(set(COLUMNS.values()))
        for limit, use in line.uses:
            if limit in row:
                held[COLUMNS[limit[0]]], amounts[COLUMNS[limit[0]]] = row[limit], use
        place = -1 if need.order is None else order.get(need.order, -1)
        cost, done = need.unit_cost * need.pack, 0
        for count, packs, value in _steps(need):
            wished = done < need.want
            columns.append((i, count, packs, value, cost * packs, place, not done, wished))
            rows.append(held)
            uses.append([use * packs for use in amounts])
            done += count * packs
    line_of, count_of, packs_of, value_of, cost_of, order_of, firsts, wishes = zip(
        *columns, strict=True
    )
    return Steps(
        lines=np.array(line_of),
        count=np.array(count_of),
        packs=np.array(packs_of),
        value=np.array(value_of),
        cost=np.array(cost_of),
        rows=np.array(rows),
        uses=np.array(uses),
        orders=np.array(order_of),
        first=np.array(firsts),
        wished=np.array(wishes),
        capacity=np.array([*allowed.values(), np.inf]),
        minimum=np.array([*minimum.values()]),
        local=np.array([*(limit[0] == "stock" for limit in allowed), False]),
    )


def _steps(need: Need) -> list[tuple[int, int, float]]:
    """(how often, packs, what they save each time) of a need, dearest first."""
    start = need.least if need.least > 1 else 0
    marks = {start, need.most, *need.corners(start, need.most)}
    marks |= {need.want} if start < need.want else set()
    worths = [(packs, need.worth(packs)) for packs in sorted(marks)]
    found = [(1, start, worths[0][1])] if start else []
    for (packs, worth), (more, higher) in pairwise(worths):
        found.append((more - packs, 1, (higher - worth) / (more - packs)))
    return found


def only(steps: Steps, inside: Places, room: Numbers) -> Steps:
    """Some of the steps, with all of a line or with packs that need no least order first.

    Orders keep no minimum.
    """
    return replace(
        steps,
        lines=steps.lines[inside],
        count=steps.count[inside],
        packs=steps.packs[inside],
        value=steps.value[inside],
        cost=steps.cost[inside],
        rows=steps.rows[inside],
        uses=steps.uses[inside],
        orders=np.full(inside.size, -1),
        first=steps.first[inside],
        wished=steps.wished[inside],
        capacity=room,
        minimum=np.zeros(0),
    )
