"""Refuse a wave that makes no sense, naming the field by its path."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain

from fulfillment.optimization.allocation.problem import Order, Problem
from fulfillment.optimization.validity import (
    AMOUNT,
    COUNT,
    LIMIT,
    SEED,
    UNITS,
    InvalidProblem,
    Rules,
    each,
    flag,
    in_turn,
    one,
    or_null,
    text,
    twice,
    unknown,
)


def validate(problem: Problem) -> None:
    """Raise the first InvalidProblem, UnknownReference or Duplicate found."""
    for error in errors(problem):
        raise error


def errors(problem: Problem) -> Iterator[InvalidProblem]:
    """Every value that is wrong; if there is none, all that does not go together."""
    return in_turn(_values(problem), chain(_repetitions(problem), _references(problem)))


FACILITY: Rules = {
    "code": text,
    "capacity_units": LIMIT,
    "capacity_shipments": LIMIT,
    "group": or_null(text),
}
ITEM: Rules = {"sku": text, "weight": AMOUNT}
LANE: Rules = {
    "zone": text,
    "facility": text,
    "shipment_cost": AMOUNT,
    "unit_cost": AMOUNT,
    "days": LIMIT,
}
STOCK: Rules = {"facility": text, "sku": text, "quantity": COUNT}
ORDER: Rules = {
    "id": text,
    "zone": text,
    "unfilled_cost": AMOUNT,
    "max_shipments": LIMIT,
    "ship_complete": flag,
    "deliver_within_days": LIMIT,
    "late_cost_per_day": or_null(AMOUNT),
    "move_cost": AMOUNT,
}
LINE: Rules = {"sku": text, "quantity": UNITS}
HELD: Rules = {"facility": text, "sku": text, "quantity": UNITS}
OPTIONS: Rules = {
    "seconds": AMOUNT,
    "gap": AMOUNT,
    "seed": SEED,
    "split_lines": flag,
}


def _values(problem: Problem) -> Iterator[InvalidProblem]:
    yield from each("facilities", problem.facilities, FACILITY)
    yield from each("items", problem.items, ITEM)
    yield from each("lanes", problem.lanes, LANE)
    yield from each("stock", problem.stock, STOCK)
    yield from each("orders", problem.orders, ORDER)
    for i, order in enumerate(problem.orders):
        if not order.lines:
            yield InvalidProblem(f"orders[{i}].lines", "must not be empty")
        yield from each(f"orders[{i}].lines", order.lines, LINE)
        yield from each(f"orders[{i}].current", order.current, HELD)
    yield from one("options", problem.options, OPTIONS)


def _repetitions(problem: Problem) -> Iterator[InvalidProblem]:
    places = ((stock.facility, stock.sku) for stock in problem.stock)
    ends = ((lane.zone, lane.facility) for lane in problem.lanes)
    yield from twice("facilities", "code", (facility.code for facility in problem.facilities))
    yield from twice("items", "sku", (item.sku for item in problem.items))
    yield from twice("lanes", "zone and facility", ends)
    yield from twice("stock", "facility and sku", places)
    yield from twice("orders", "id", (order.id for order in problem.orders))


def _references(problem: Problem) -> Iterator[InvalidProblem]:
    facilities = {facility.code for facility in problem.facilities}
    for i, lane in enumerate(problem.lanes):
        if lane.facility not in facilities:
            yield unknown(f"lanes[{i}].facility", "facility", lane.facility)
    for i, stock in enumerate(problem.stock):
        if stock.facility not in facilities:
            yield unknown(f"stock[{i}].facility", "facility", stock.facility)
    for i, order in enumerate(problem.orders):
        for code in sorted((order.eligible or frozenset()) - facilities):
            yield unknown(f"orders[{i}].eligible", "facility", code)
        if order.current:
            yield from _current(f"orders[{i}].current", order, facilities)


def _current(path: str, order: Order, facilities: set[str]) -> Iterator[InvalidProblem]:
    yield from twice(
        path, "facility and sku", ((held.facility, held.sku) for held in order.current)
    )
    left = Counter[str]()
    for line in order.lines:
        left[line.sku] += line.quantity
    for i, held in enumerate(order.current):
        if held.facility not in facilities:
            yield unknown(f"{path}[{i}].facility", "facility", held.facility)
        left[held.sku] -= held.quantity
        if left[held.sku] < 0:
            yield InvalidProblem(
                f"{path}[{i}].quantity", f"is more {held.sku!r} than was asked for"
            )
