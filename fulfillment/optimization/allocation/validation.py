"""Refuse a wave that makes no sense, naming the field by its path."""

import math
from collections.abc import Iterable, Iterator

from fulfillment.optimization.allocation.problem import Order, Problem


class InvalidProblem(ValueError):
    """A field of the problem is wrong; `path` is where, as in orders[3].lines[0].quantity."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path} {message}")
        self.path = path


class UnknownReference(InvalidProblem):
    """A field names a facility that the problem does not list."""


class Duplicate(InvalidProblem):
    """Two entries share what should identify them."""


def validate(problem: Problem) -> None:
    """Raise the first InvalidProblem, UnknownReference or Duplicate found."""
    for error in _errors(problem):
        raise error


def _errors(problem: Problem) -> Iterator[InvalidProblem]:
    facilities = {facility.code for facility in problem.facilities}
    yield from _facilities(problem)
    yield from _items(problem)
    yield from _lanes(problem, facilities)
    yield from _stock(problem, facilities)
    yield from _orders(problem, facilities)
    yield from _number("options.seconds", problem.options.seconds)
    yield from _number("options.gap", problem.options.gap)


def _facilities(problem: Problem) -> Iterator[InvalidProblem]:
    yield from _twice("facilities", "code", (facility.code for facility in problem.facilities))
    for i, facility in enumerate(problem.facilities):
        yield from _number(f"facilities[{i}].capacity_units", facility.capacity_units)
        yield from _number(f"facilities[{i}].capacity_shipments", facility.capacity_shipments)


def _items(problem: Problem) -> Iterator[InvalidProblem]:
    yield from _twice("items", "sku", (item.sku for item in problem.items))
    for i, item in enumerate(problem.items):
        yield from _number(f"items[{i}].weight", item.weight)


def _lanes(problem: Problem, facilities: set[str]) -> Iterator[InvalidProblem]:
    ends = ((lane.zone, lane.facility) for lane in problem.lanes)
    yield from _twice("lanes", "zone and facility", ends)
    for i, lane in enumerate(problem.lanes):
        yield from _known(f"lanes[{i}].facility", lane.facility, facilities)
        yield from _number(f"lanes[{i}].shipment_cost", lane.shipment_cost)
        yield from _number(f"lanes[{i}].unit_cost", lane.unit_cost)
        yield from _number(f"lanes[{i}].days", lane.days)


def _stock(problem: Problem, facilities: set[str]) -> Iterator[InvalidProblem]:
    places = ((stock.facility, stock.sku) for stock in problem.stock)
    yield from _twice("stock", "facility and sku", places)
    for i, stock in enumerate(problem.stock):
        yield from _known(f"stock[{i}].facility", stock.facility, facilities)
        yield from _number(f"stock[{i}].quantity", stock.quantity)


def _orders(problem: Problem, facilities: set[str]) -> Iterator[InvalidProblem]:
    yield from _twice("orders", "id", (order.id for order in problem.orders))
    for i, order in enumerate(problem.orders):
        yield from _order(f"orders[{i}]", order, facilities)


def _order(path: str, order: Order, facilities: set[str]) -> Iterator[InvalidProblem]:
    yield from _number(f"{path}.unfilled_cost", order.unfilled_cost)
    yield from _number(f"{path}.max_shipments", order.max_shipments)
    yield from _number(f"{path}.deliver_within_days", order.deliver_within_days)
    yield from _number(f"{path}.late_cost_per_day", order.late_cost_per_day)
    for code in sorted(order.eligible or ()):
        yield from _known(f"{path}.eligible", code, facilities)
    if not order.lines:
        yield InvalidProblem(f"{path}.lines", "must not be empty")
    for i, line in enumerate(order.lines):
        yield from _number(f"{path}.lines[{i}].quantity", line.quantity, least=1)


def _number(path: str, value: float | None, least: int = 0) -> Iterator[InvalidProblem]:
    # Written so that NaN fails it too.
    if value is not None and not least <= value < math.inf:
        yield InvalidProblem(path, f"must be finite and at least {least}, not {value}")


def _known(path: str, code: str, facilities: set[str]) -> Iterator[InvalidProblem]:
    if code not in facilities:
        yield UnknownReference(path, f"names the unknown facility {code!r}")


def _twice(name: str, key: str, values: Iterable[object]) -> Iterator[InvalidProblem]:
    seen: set[object] = set()
    for i, value in enumerate(values):
        if value in seen:
            yield Duplicate(f"{name}[{i}]", f"repeats the {key} {value!r}")
        seen.add(value)
