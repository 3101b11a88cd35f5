"""The problem file of an allocation and the document that answers it."""

from dataclasses import asdict
from typing import Any, TypeVar

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
from fulfillment.optimization.documents import Fault, Refused, array, entries, fits, parse, shown

Entry = TypeVar("Entry")

FREE = {"shipment_cost": 0.0, "unit_cost": 0.0}  # what a lane costs that says nothing
DIGITS = 9  # what is beyond comes from the order of summation
PHASES = ("read", "price", "master")  # of which the document always speaks


def read(raw: bytes) -> Problem:
    """Read a problem from the bytes of its file.

    Raises Refused with up to twenty faults, each with its path: those of the document's shape,
    or else those of its values, or else what does not go together.
    """
    document, faults = parse(raw), list[Fault]()
    if not fits(Problem, document, "", faults):
        raise Refused(faults)
    options = document.get("options", {})
    problem = Problem(
        facilities=_all(Facility, document, "facilities", faults),
        items=_all(Item, document, "items", faults),
        lanes=_lanes(document["lanes"], faults),
        stock=_all(Stock, document, "stock", faults),
        orders=_orders(document["orders"], faults),
        options=Options(**options if fits(Options, options, "options", faults) else {}),
    )
    refusal = Refused(faults or errors(problem))
    if refusal.faults:
        raise refusal
    return problem


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
        "status": solution.status,
        "objective": round(solution.objective, DIGITS),
        "lower_bound": round(solution.lower_bound, DIGITS),
        "gap": round(solution.gap, DIGITS),
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
        "seconds": _seconds(solution.seconds, reading),
    }


def _seconds(solving: dict[str, float], reading: float) -> dict[str, float]:
    """Seconds by phase, and in all; both count the reading of the file."""
    seconds = dict.fromkeys(PHASES, 0.0) | solving
    total = seconds.pop("total", 0.0) + reading
    seconds["read"] += reading
    rounded = {name.replace(" ", "_"): round(spent, 6) for name, spent in seconds.items()}
    return rounded | {"total": round(total, 6)}


def _all(
    kind: type[Entry], holder: dict[str, Any], name: str, faults: list[Fault], path: str = ""
) -> tuple[Entry, ...]:
    values = holder.get(name, [])
    return tuple(kind(**entry) for _, entry in entries(kind, values, f"{path}{name}", faults))


def _lanes(value: object, faults: list[Fault]) -> tuple[Lane, ...]:
    optional = frozenset(FREE)
    return tuple(Lane(**FREE | e) for _, e in entries(Lane, value, "lanes", faults, optional))


def _orders(value: object, faults: list[Fault]) -> tuple[Order, ...]:
    orders = []
    for path, entry in entries(Order, value, "orders", faults):
        lines = _all(Line, entry, "lines", faults, f"{path}.")
        current = _all(Held, entry, "current", faults, f"{path}.")
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
