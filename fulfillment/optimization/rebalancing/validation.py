"""Refuse a rebalancing problem that makes no sense, naming the field by its path."""

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from typing import Any

import numpy as np

from fulfillment.optimization.documents import shown
from fulfillment.optimization.rebalancing.problem import Position, Problem
from fulfillment.optimization.validity import (
    AMOUNT,
    COUNT,
    LARGEST,
    LIMIT,
    SEED,
    UNITS,
    InvalidProblem,
    Rules,
    each,
    in_turn,
    one,
    text,
    twice,
    unknown,
)

# What a point may lie above the line between its neighbours, in units or as a share of the first
# point's: that much comes from figures rounded to six digits.
ROUNDING = 1e-5


def validate(problem: Problem) -> None:
    """Raise the first InvalidProblem, UnknownReference or Duplicate found."""
    for error in errors(problem):
        raise error


def errors(problem: Problem) -> Iterator[InvalidProblem]:
    """Every value that is wrong; if there is none, all that does not go together."""
    return in_turn(_values(problem), chain(_repetitions(problem), _references(problem)))


FACILITY: Rules = {"code": text, "outbound_units": LIMIT, "inbound_units": LIMIT}
LANE: Rules = {
    "from": text,
    "to": text,
    "unit_cost": AMOUNT,
    "fixed_cost": AMOUNT,
    "capacity_units": LIMIT,
    "days": LIMIT,
}
POSITION: Rules = {
    "facility": text,
    "sku": text,
    "available": COUNT,
    "keep": COUNT,
    "shortage_cost": AMOUNT,
}
ITEM: Rules = {"sku": text, "pack_size": UNITS, "weight": AMOUNT}
OPTIONS: Rules = {
    "seconds": AMOUNT,
    "gap": AMOUNT,
    "seed": SEED,
    "max_lanes": LIMIT,
}
# The file's words for what Python has other names for.
ATTRIBUTES = {"from": "origin", "to": "destination"}


def _values(problem: Problem) -> Iterator[InvalidProblem]:
    yield from each("facilities", problem.facilities, FACILITY)
    yield from each("lanes", problem.lanes, LANE, ATTRIBUTES)
    yield from each("positions", problem.positions, POSITION)
    yield from each("items", problem.items, ITEM)
    yield from one("options", problem.options, OPTIONS)
    if not _are_curves(problem.positions):
        for i, position in enumerate(problem.positions):
            if not _is_curve(position.lost_sales):
                yield _wrong_curve(f"positions[{i}].lost_sales", position)


def _are_curves(positions: Sequence[Position]) -> bool:
    """Whether all are curves, told at once: millions of points take a second that way."""
    points = [point for position in positions for point in position.lost_sales]
    kinds = {type(number) for point in points for number in point}
    numbers = all(issubclass(kind, int | float) and kind is not bool for kind in kinds)
    if not numbers or not all(position.lost_sales for position in positions):
        return False
    stock, lost = np.array(points, dtype=np.float64).reshape(-1, 2).T
    count = np.array([len(position.lost_sales) for position in positions], dtype=np.int64)
    owner = np.repeat(np.arange(count.size), count)
    first = lost[np.cumsum(count) - count][owner]
    run, rise = np.diff(stock), np.diff(lost)
    same, both = owner[1:] == owner[:-1], owner[2:] == owner[:-2]
    share = run[:-1] / np.where(both, run[:-1] + run[1:], 1.0)
    height = rise[:-1] - (rise[:-1] + rise[1:]) * share
    return bool(
        ((lost >= 0) & (lost <= LARGEST) & (stock >= 0) & (stock <= LARGEST)).all()
        and (stock[np.cumsum(count) - count] == 0).all()
        and ((run > 0) & (rise <= 0))[same].all()
        and (height <= ROUNDING * np.maximum(first[2:], 1.0))[both].all()
    )


def _is_curve(points: Sequence[Sequence[Any]]) -> bool:
    """Whether lost sales start at no stock, and fall ever more slowly as stock rises."""
    if not points or points[0][0] != 0 or any(AMOUNT(n) for point in points for n in point):
        return False
    rises = any(b[0] <= a[0] or b[1] > a[1] for a, b in pairwise(points))
    allowed = ROUNDING * max(points[0][1], 1)
    return not rises and not any(
        _height(before, point, after) > allowed
        for before, point, after in zip(points, points[1:], points[2:], strict=False)
    )


def _height(before: Sequence[Any], point: Sequence[Any], after: Sequence[Any]) -> float:
    """How far the point lies above the line between the others."""
    share = (point[0] - before[0]) / (after[0] - before[0])
    height: float = point[1] - before[1] - (after[1] - before[1]) * share
    return height


def _wrong_curve(path: str, position: Position) -> InvalidProblem:
    """What is wrong with lost sales of which something is, and of which position they are."""
    points, whose = position.lost_sales, f"({position.sku!r} at {position.facility!r})"
    if not points:
        return InvalidProblem(path, f"must not be empty {whose}")
    for j, point in enumerate(points):
        for k, number in enumerate(point):
            if complaint := AMOUNT(number):
                return InvalidProblem(
                    f"{path}[{j}][{k}]", f"{complaint}, not {shown(number)} {whose}"
                )
    if points[0][0] != 0:
        return InvalidProblem(f"{path}[0][0]", f"must be 0, not {shown(points[0][0])} {whose}")
    for j, (before, point) in enumerate(pairwise(points), 1):
        if point[0] <= before[0]:
            return InvalidProblem(f"{path}[{j}][0]", f"must be more than the one before it {whose}")
        if point[1] > before[1]:
            return InvalidProblem(f"{path}[{j}][1]", f"must not rise with the stock {whose}")
    return InvalidProblem(path, f"must be convex: fall ever more slowly {whose}")


def _repetitions(problem: Problem) -> Iterator[InvalidProblem]:
    ends = ((lane.origin, lane.destination) for lane in problem.lanes)
    places = ((position.facility, position.sku) for position in problem.positions)
    yield from twice("facilities", "code", (facility.code for facility in problem.facilities))
    yield from twice("lanes", "from and to", ends)
    yield from twice("positions", "facility and sku", places)
    yield from twice("items", "sku", (item.sku for item in problem.items))


def _references(problem: Problem) -> Iterator[InvalidProblem]:
    codes = {facility.code for facility in problem.facilities}
    for i, lane in enumerate(problem.lanes):
        for name, code in (("from", lane.origin), ("to", lane.destination)):
            if code not in codes:
                yield unknown(f"lanes[{i}].{name}", "facility", code)
        if lane.origin == lane.destination:
            yield InvalidProblem(f"lanes[{i}].to", f"must not be where it is from: {lane.origin!r}")
    for i, position in enumerate(problem.positions):
        if position.facility not in codes:
            yield unknown(f"positions[{i}].facility", "facility", position.facility)
