"""Refuse a wave that makes no sense, naming the field by its path."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from numbers import Integral, Real
from typing import Any

from fulfillment.optimization.allocation.problem import Order, Problem
from fulfillment.optimization.documents import Fault, shown

LARGEST = 2**53  # beyond, not every whole number has a float
LARGEST_SEED = 2**31 - 1  # the solver's


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


def _flag(value: object) -> str | None:
    return None if isinstance(value, bool) else "must be true or false"


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


COUNT, LIMIT, UNITS = _whole(0), _or_null(_whole(0)), _whole(1)
FACILITY: Rules = {
    "code": _text,
    "capacity_units": LIMIT,
    "capacity_shipments": LIMIT,
    "group": _or_null(_text),
}
ITEM: Rules = {"sku": _text, "weight": _number}
LANE: Rules = {
    "zone": _text,
    "facility": _text,
    "shipment_cost": _number,
    "unit_cost": _number,
    "days": LIMIT,
}
STOCK: Rules = {"facility": _text, "sku": _text, "quantity": COUNT}
ORDER: Rules = {
    "id": _text,
    "zone": _text,
    "unfilled_cost": _number,
    "max_shipments": LIMIT,
    "ship_complete": _flag,
    "deliver_within_days": LIMIT,
    "late_cost_per_day": _or_null(_number),
    "move_cost": _number,
}
LINE: Rules = {"sku": _text, "quantity": UNITS}
HELD: Rules = {"facility": _text, "sku": _text, "quantity": UNITS}
OPTIONS: Rules = {
    "seconds": _number,
    "gap": _number,
    "seed": _whole(0, LARGEST_SEED),
    "split_lines": _flag,
}


def _values(problem: Problem) -> Iterator[InvalidProblem]:
    yield from _each("facilities", problem.facilities, FACILITY)
    yield from _each("items", problem.items, ITEM)
    yield from _each("lanes", problem.lanes, LANE)
    yield from _each("stock", problem.stock, STOCK)
    yield from _each("orders", problem.orders, ORDER)
    for i, order in enumerate(problem.orders):
        if not order.lines:
            yield InvalidProblem(f"orders[{i}].lines", "must not be empty")
        yield from _each(f"orders[{i}].lines", order.lines, LINE)
        yield from _each(f"orders[{i}].current", order.current, HELD)
    yield from _one("options", problem.options, OPTIONS)


def _each(path: str, entries: Sequence[object], rules: Rules) -> Iterator[InvalidProblem]:
    for name, rule in rules.items():
        # Hundreds of thousands of values are right, and cost no more than this.
        if any(rule(getattr(entry, name)) for entry in entries):
            break
    else:
        return
    for i, entry in enumerate(entries):
        yield from _one(f"{path}[{i}]", entry, rules)


def _one(path: str, entry: object, rules: Rules) -> Iterator[InvalidProblem]:
    for name, rule in rules.items():
        if complaint := rule(value := getattr(entry, name)):
            yield InvalidProblem(f"{path}.{name}", f"{complaint}, not {shown(value)}")


def _repetitions(problem: Problem) -> Iterator[InvalidProblem]:
    places = ((stock.facility, stock.sku) for stock in problem.stock)
    ends = ((lane.zone, lane.facility) for lane in problem.lanes)
    yield from _twice("facilities", "code", (facility.code for facility in problem.facilities))
    yield from _twice("items", "sku", (item.sku for item in problem.items))
    yield from _twice("lanes", "zone and facility", ends)
    yield from _twice("stock", "facility and sku", places)
    yield from _twice("orders", "id", (order.id for order in problem.orders))


def _twice(name: str, key: str, values: Iterable[object]) -> Iterator[InvalidProblem]:
    seen: set[object] = set()
    for i, value in enumerate(values):
        if value in seen:
            yield Duplicate(f"{name}[{i}]", f"repeats the {key} {value!r}")
        seen.add(value)


def _references(problem: Problem) -> Iterator[InvalidProblem]:
    facilities = {facility.code for facility in problem.facilities}
    for i, lane in enumerate(problem.lanes):
        if lane.facility not in facilities:
            yield _unknown(f"lanes[{i}].facility", lane.facility)
    for i, stock in enumerate(problem.stock):
        if stock.facility not in facilities:
            yield _unknown(f"stock[{i}].facility", stock.facility)
    for i, order in enumerate(problem.orders):
        for code in sorted((order.eligible or frozenset()) - facilities):
            yield _unknown(f"orders[{i}].eligible", code)
        if order.current:
            yield from _current(f"orders[{i}].current", order, facilities)


def _current(path: str, order: Order, facilities: set[str]) -> Iterator[InvalidProblem]:
    yield from _twice(
        path, "facility and sku", ((held.facility, held.sku) for held in order.current)
    )
    left = Counter[str]()
    for line in order.lines:
        left[line.sku] += line.quantity
    for i, held in enumerate(order.current):
        if held.facility not in facilities:
            yield _unknown(f"{path}[{i}].facility", held.facility)
        left[held.sku] -= held.quantity
        if left[held.sku] < 0:
            yield InvalidProblem(
                f"{path}[{i}].quantity", f"is more {held.sku!r} than was asked for"
            )


def _unknown(path: str, code: str) -> UnknownReference:
    return UnknownReference(path, f"names the unknown facility {code!r}")
