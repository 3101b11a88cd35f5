"""The problem file of an allocation and the document that answers it."""

from dataclasses import asdict
from typing import Any

from fulfillment.optimization import files
from fulfillment.optimization.allocation.problem import (
    Facility,
    Held,
    Item,
    Lane,
    Line,
    Options,
    Order,
    Problem,
    Solution,
    Stock,
)
from fulfillment.optimization.allocation.validation import errors
from fulfillment.optimization.documents import Fault, array, entries, shown
from fulfillment.optimization.files import all_of, bounded, one_of, seconds

FREE = {"shipment_cost": 0.0, "unit_cost": 0.0}  # what a lane costs that says nothing
PHASES = ("price", "master")  # of which the document always speaks


def read(raw: bytes) -> Problem:
    """Read a problem from the bytes of its file.

    Raises Refused with up to twenty faults, each with its path: those of the document's shape,
    or else those of its values, or else what does not go together.
    """
    return files.read(Problem, raw, _problem, errors)


def _problem(document: dict[str, Any], faults: list[Fault]) -> Problem:
    return Problem(
        facilities=all_of(Facility, document, "facilities", faults),
        items=all_of(Item, document, "items", faults),
        lanes=_lanes(document["lanes"], faults),
        stock=all_of(Stock, document, "stock", faults),
        orders=_orders(document["orders"], faults),
        options=one_of(Options, document, "options", faults),
    )


def problem_document(problem: Problem) -> dict[str, Any]:
    """The problem as its file has it: reading that gives the problem again."""
    document = asdict(problem)
    for order in document["orders"]:
        eligible = order["eligible"]
        order["eligible"] = None if eligible is None else sorted(eligible)
    return document


def solution_document(solution: Solution, reading: float = 0.0) -> dict[str, Any]:
    """The answer to a problem file whose reading took `reading` seconds."""
    return {
        **bounded(solution),
        "allocations": [vars(allocation) for allocation in solution.allocations],
        "unfilled": [vars(unfilled) for unfilled in solution.unfilled],
        "prices": {
            "stock": [vars(price) for price in solution.stock_prices],
            "capacity": [
                {
                    "facility": limited.facility,
                    # What room for one more shipment of one unit would save.
                    "price": limited.unit_price + limited.shipment_price,
                    "unit_price": limited.unit_price,
                    "shipment_price": limited.shipment_price,
                }
                for limited in solution.capacity_prices
            ],
        },
        "greedy": vars(solution.greedy),
        "shipments": solution.shipments,
        "method": solution.method,
        "fallback": solution.fallback,
        "seconds": seconds(PHASES, solution.seconds, reading),
    }


def _lanes(value: object, faults: list[Fault]) -> tuple[Lane, ...]:
    optional = frozenset(FREE)
    return tuple(Lane(**FREE | e) for _, e in entries(Lane, value, "lanes", faults, optional))


def _orders(value: object, faults: list[Fault]) -> tuple[Order, ...]:
    orders = []
    for path, entry in entries(Order, value, "orders", faults):
        lines = all_of(Line, entry, "lines", faults, f"{path}.")
        current = all_of(Held, entry, "current", faults, f"{path}.")
        eligible = _eligible(entry.get("eligible"), f"{path}.eligible", faults)
        nested = {"lines": lines, "current": current, "eligible": eligible}
        orders.append(Order(**entry | nested))
    return tuple(orders)


def _eligible(value: object, path: str, faults: list[Fault]) -> frozenset[str] | None:
    if value is None:
        return None
    codes = []
    for i, code in enumerate(array(value, path, faults)):
        if not isinstance(code, str) or code in codes:
            fault = "repeats" if code in codes else "must be text, not"
            faults.append(Fault(f"{path}[{i}]", f"{fault} {shown(code)}"))
        codes.append(code)
    return frozenset(code for code in codes if isinstance(code, str))
