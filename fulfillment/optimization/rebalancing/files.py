"""The problem file of a rebalancing and the document that answers it."""

from dataclasses import asdict
from typing import Any, TypeVar

from fulfillment.optimization.documents import (
    Fault,
    Refused,
    Repeated,
    array,
    entries,
    fits,
    parse,
    shown,
)
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

Entry = TypeVar("Entry")

DIGITS = 9  # what is beyond comes from the order of summation
PHASES = ("read", "build", "price", "solve")  # of which the document always speaks
# The file's words for what has another name in Python, and the way back.
SWAPPED = {"from": "origin", "to": "destination", "origin": "from", "destination": "to"}


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
        lanes=_lanes(document["lanes"], faults),
        positions=_positions(document["positions"], faults),
        items=_all(Item, document, "items", faults),
        options=Options(**options if fits(Options, options, "options", faults) else {}),
    )
    refusal = Refused(faults or errors(problem))
    if refusal.faults:
        raise refusal
    return problem


def problem_document(problem: Problem) -> dict[str, Any]:
    """The problem as its file has it: reading that gives the problem again."""
    document = asdict(problem)
    document["lanes"] = [_worded(lane) for lane in document["lanes"]]
    return document


def solution_document(solution: Solution, reading: float = 0.0) -> dict[str, Any]:
    """The answer to a problem file whose reading took `reading` seconds."""
    return {
        "status": solution.status,
        "objective": round(solution.objective, DIGITS),
        "lower_bound": round(solution.lower_bound, DIGITS),
        "gap": round(solution.gap, DIGITS),
        "transfers": [_worded(vars(transfer)) for transfer in solution.transfers],
        "do_nothing": round(solution.do_nothing, DIGITS),
        "greedy": round(solution.greedy, DIGITS),
        "prices": {
            "lanes": [_worded(vars(price)) for price in solution.lane_prices],
            "docks": [vars(price) for price in solution.dock_prices],
        },
        "method": solution.method,
        "seconds": _seconds(solution.seconds, reading),
    }


def _seconds(solving: dict[str, float], reading: float) -> dict[str, float]:
    """Seconds by phase, and in all; both count the reading of the file."""
    seconds = dict.fromkeys(PHASES, 0.0) | solving
    total = seconds.pop("total", 0.0) + reading
    seconds["read"] += reading
    rounded = {name.replace(" ", "_"): round(spent, 6) for name, spent in seconds.items()}
    return rounded | {"total": round(total, 6)}


def _worded(fields: dict[str, Any]) -> dict[str, Any]:
    return {SWAPPED.get(name, name): value for name, value in fields.items()}


def _all(
    kind: type[Entry], holder: dict[str, Any], name: str, faults: list[Fault]
) -> tuple[Entry, ...]:
    return tuple(kind(**entry) for _, entry in entries(kind, holder.get(name, []), name, faults))


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
        points = _points(entry["lost_sales"], f"{path}.lost_sales", faults)
        positions.append(Position(**entry | {"lost_sales": points}))
    return tuple(positions)


def _points(value: object, path: str, faults: list[Fault]) -> tuple[Any, ...]:
    points = array(value, path, faults)
    if not all(isinstance(point, list) and len(point) == 2 for point in points):
        wrong = next(i for i, p in enumerate(points) if not (isinstance(p, list) and len(p) == 2))
        told = shown(points[wrong])
        faults.append(Fault(f"{path}[{wrong}]", f"must be [stock, units lost], not {told}"))
        return ()
    return tuple(map(tuple, points))
