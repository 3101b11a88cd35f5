"""The problem file of a rebalancing and the document that answers it."""

from dataclasses import asdict
from typing import Any

from fulfillment.optimization import files
from fulfillment.optimization.documents import Fault, Repeated, array, entries
from fulfillment.optimization.files import DIGITS, all_of, bounded, one_of, pairs, seconds
from fulfillment.optimization.rebalancing.problem import (
    Facility,
    Item,
    Lane,
    Options,
    Position,
    Problem,
    Solution,
)
from fulfillment.optimization.rebalancing.validation import errors

PHASES = ("build", "price", "solve")  # of which the document always speaks
# The file's words for what has another name in Python, and the way back.
SWAPPED = {"from": "origin", "to": "destination", "origin": "from", "destination": "to"}


def read(raw: bytes) -> Problem:
    """Read a problem from the bytes of its file.

    Raises Refused with up to twenty faults, each with its path: those of the document's shape,
    or else those of its values, or else what does not go together.
    """
    return files.read(Problem, raw, _problem, errors)


def _problem(document: dict[str, Any], faults: list[Fault]) -> Problem:
    return Problem(
        facilities=all_of(Facility, document, "facilities", faults),
        lanes=_lanes(document["lanes"], faults),
        positions=_positions(document["positions"], faults),
        items=all_of(Item, document, "items", faults),
        options=one_of(Options, document, "options", faults),
    )


def problem_document(problem: Problem) -> dict[str, Any]:
    """The problem as its file has it: reading that gives the problem again."""
    document = asdict(problem)
    document["lanes"] = [_worded(lane) for lane in document["lanes"]]
    return document


def solution_document(solution: Solution, reading: float = 0.0) -> dict[str, Any]:
    """The answer to a problem file whose reading took `reading` seconds."""
    return {
        **bounded(solution),
        "transfers": [_worded(vars(transfer)) for transfer in solution.transfers],
        "do_nothing": round(solution.do_nothing, DIGITS),
        "greedy": round(solution.greedy, DIGITS),
        "prices": {
            "lanes": [_worded(vars(price)) for price in solution.lane_prices],
            "docks": [vars(price) for price in solution.dock_prices],
        },
        "method": solution.method,
        "seconds": seconds(PHASES, solution.seconds, reading),
    }


def _worded(fields: dict[str, Any]) -> dict[str, Any]:
    return {SWAPPED.get(name, name): value for name, value in fields.items()}


def _lanes(value: object, faults: list[Fault]) -> tuple[Lane, ...]:
    named = [_swapped(entry) for entry in array(value, "lanes", faults)]
    found = list[Fault]()
    lanes = tuple(Lane(**entry) for _, entry in entries(Lane, named, "lanes", found))
    for fault in found:
        holder, dot, name = fault.path.rpartition(".")
        path = holder + dot + SWAPPED.get(name, name)
        faults.append(Fault(path, str(fault).removeprefix(fault.path).strip()))
    return lanes


def _swapped(entry: Any) -> Any:
    """A lane in Python's words; one that comes in those is left with names that none knows."""
    if not isinstance(entry, Repeated):
        return _worded(entry) if isinstance(entry, dict) else entry
    swapped = Repeated(_worded(entry))
    swapped.name = SWAPPED.get(entry.name, entry.name)
    return swapped


def _positions(value: object, faults: list[Fault]) -> tuple[Position, ...]:
    positions = []
    for path, entry in entries(Position, value, "positions", faults):
        points = pairs(entry["lost_sales"], f"{path}.lost_sales", "stock, units lost", faults)
        positions.append(Position(**entry | {"lost_sales": points}))
    return tuple(positions)
