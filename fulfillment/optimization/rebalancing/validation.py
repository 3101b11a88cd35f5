"""Refuse a rebalancing problem that makes no sense, naming the field by its path."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from numbers import Integral, Real
from typing import Any

import numpy as np

from fulfillment.optimization.documents import Fault, shown
from fulfillment.optimization.rebalancing.problem import Position, Problem

LARGEST = 2**53  # beyond, not every whole number has a float
LARGEST_SEED = 2**31 - 1  # the solver's
# What a point may lie above the line between its neighbours, in units or as a share of the first
# point's: that much comes from figures rounded to six digits.
ROUNDING = 1e-5


class InvalidProblem(Fault):
    """A field of the problem is wrong."""


class UnknownReference(InvalidProblem):
    """A field names a facility that the problem does not list."""


class Duplicate(InvalidProblem):
    """Two entries share what should identify them."""


Rule = Callable[[object], str | None]  # what is wrong with a value, if anything
Rules = dict[str, Rule]  # by field


def validate(problem: Problem) -> None:
    """Raise the first InvalidProblem, UnknownReference or Duplicate found."""
    for error in errors(problem):
        raise error


def errors(problem: Problem) -> Iterator[InvalidProblem]:
    """Every value that is wrong; if there is none, all that does not go together."""
    sound = True
    for error in _values(problem):
        sound = False
        yield error
    if sound:
        yield from _repetitions(problem)
        yield from _references(problem)


def _text(value: object) -> str | None:
    return None if isinstance(value, str) and value else "must be text that is not empty"


def _number(value: Any) -> str | None:
    # Written so that NaN fails it too.
    if not _is_a((float, int, Real), value) or not value >= 0:
        return "must be a number of at least 0"
    return None if value <= LARGEST else f"must be at most {LARGEST}"


def _whole(least: int, most: int = LARGEST) -> Rule:
    def rule(value: Any) -> str | None:
        if not _is_a((int, Integral), value) or value < least:
            return f"must be a whole number of at least {least}"
        return None if value <= most else f"must be at most {most}"

    return rule


def _is_a(kinds: tuple[type, ...], value: object) -> bool:
    return isinstance(value, kinds) and value is not True and value is not False


def _or_null(rule: Rule) -> Rule:
    def or_null(value: object) -> str | None:
        complaint = None if value is None else rule(value)
        return complaint and f"{complaint}, or null"

    return or_null


COUNT, LIMIT = _whole(0), _or_null(_whole(0))
FACILITY: Rules = {"code": _text, "outbound_units": LIMIT, "inbound_units": LIMIT}
LANE: Rules = {
    "from": _text,
    "to": _text,
    "unit_cost": _number,
    "fixed_cost": _number,
    "capacity_units": LIMIT,
    "days": LIMIT,
}
POSITION: Rules = {
    "facility": _text,
    "sku": _text,
    "available": COUNT,
    "keep": COUNT,
    "shortage_cost": _number,
}
ITEM: Rules = {"sku": _text, "pack_size": _whole(1), "weight": _number}
OPTIONS: Rules = {
    "seconds": _number,
    "gap": _number,
    "seed": _whole(0, LARGEST_SEED),
    "max_lanes": LIMIT,
}
# The file's words for what Python has other names for.
ATTRIBUTES = {"from": "origin", "to": "destination"}


def _values(problem: Problem) -> Iterator[InvalidProblem]:
    yield from _each("facilities", problem.facilities, FACILITY)
    yield from _each("lanes", problem.lanes, LANE)
    yield from _each("positions", problem.positions, POSITION)
    yield from _each("items", problem.items, ITEM)
    yield from _one("options", problem.options, OPTIONS)
    if not _are_curves(problem.positions):
        for i, position in enumerate(problem.positions):
            if not _is_curve(position.lost_sales):
                yield _wrong_curve(f"positions[{i}].lost_sales", position)


def _each(path: str, entries: Sequence[object], rules: Rules) -> Iterator[InvalidProblem]:
    for name, rule in rules.items():
        # Hundreds of thousands of values are right, and cost no more than this.
        attribute = ATTRIBUTES.get(name, name)
        if not _all_hold(rule, [getattr(entry, attribute) for entry in entries]):
            break
    else:
        return
    for i, entry in enumerate(entries):
        yield from _one(f"{path}[{i}]", entry, rules)


def _all_hold(rule: Rule, values: list[Any]) -> bool:
    """Whether no value breaks the rule; of those that are equal and of a kind, one is asked."""
    try:
        return not any(rule(value) for _, value in {(type(value), value) for value in values})
    except TypeError:  # some value is of a kind that no set takes, and none that a rule allows
        return False


def _one(path: str, entry: object, rules: Rules) -> Iterator[InvalidProblem]:
    for name, rule in rules.items():
        if complaint := rule(value := getattr(entry, ATTRIBUTES.get(name, name))):
            yield InvalidProblem(f"{path}.{name}", f"{complaint}, not {shown(value)}")


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
    if not points or points[0][0] != 0 or any(_number(n) for point in points for n in point):
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
            if complaint := _number(number):
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
    yield from _twice("facilities", "code", (facility.code for facility in problem.facilities))
    yield from _twice("lanes", "from and to", ends)
    yield from _twice("positions", "facility and sku", places)
    yield from _twice("items", "sku", (item.sku for item in problem.items))


def _twice(name: str, key: str, values: Iterable[object]) -> Iterator[InvalidProblem]:
    seen: set[object] = set()
    for i, value in enumerate(values):
        if value in seen:
            yield Duplicate(f"{name}[{i}]", f"repeats the {key} {value!r}")
        seen.add(value)


def _references(problem: Problem) -> Iterator[InvalidProblem]:
    codes = {facility.code for facility in problem.facilities}
    for i, lane in enumerate(problem.lanes):
        for name, code in (("from", lane.origin), ("to", lane.destination)):
            if code not in codes:
                yield _unknown(f"lanes[{i}].{name}", code)
        if lane.origin == lane.destination:
            yield InvalidProblem(f"lanes[{i}].to", f"must not be where it is from: {lane.origin!r}")
    for i, position in enumerate(problem.positions):
        if position.facility not in codes:
            yield _unknown(f"positions[{i}].facility", position.facility)


def _unknown(path: str, code: str) -> UnknownReference:
    return UnknownReference(path, f"names the unknown facility {code!r}")
