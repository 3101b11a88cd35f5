"""The problem file of a replenishment and the document that answers it."""

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
from fulfillment.optimization.policies.rules import CHANCES_OF_UNITS, number
from fulfillment.optimization.replenishment.levels import settled
from fulfillment.optimization.replenishment.problem import (
    Facility,
    Forecast,
    Item,
    Options,
    Policy,
    Position,
    Problem,
    Solution,
    Supplier,
    Terms,
)
from fulfillment.optimization.replenishment.references import InvalidProblem
from fulfillment.optimization.replenishment.validation import errors

Entry = TypeVar("Entry")

DIGITS = 9  # what is beyond comes from the order of summation
PHASES = ("read", "build", "solve")  # of which the document always speaks


def read(raw: bytes) -> Problem:
    """Read a problem from the bytes of its file; policies with a service get their levels.

    Raises Refused with up to twenty faults, each with its path: those of the document's shape,
    or else those of its values, or else what does not go together.
    """
    document, faults = parse(raw), list[Fault]()
    if not fits(Problem, document, "", faults):
        raise Refused(faults)
    options = document.get("options", {})
    problem = Problem(
        facilities=_all(Facility, document, "facilities", faults),
        suppliers=_all(Supplier, document, "suppliers", faults),
        terms=_all(Terms, document, "terms", faults),
        positions=_positions(document["positions"], faults),
        items=_all(Item, document, "items", faults),
        options=Options(**options if fits(Options, options, "options", faults) else {}),
    )
    refusal = Refused(faults or errors(problem))
    if refusal.faults:
        raise refusal
    try:
        return settled(problem)
    except InvalidProblem as fault:
        raise Refused([fault]) from fault


def problem_document(problem: Problem) -> dict[str, Any]:
    """The problem as its file has it: reading that gives the problem again."""
    document = asdict(problem)
    for position in document["positions"]:
        for name in ("demand", "lead_demand"):
            forecast = position[name]
            if forecast is not None and forecast["pmf"] is not None:
                forecast["pmf"] = {str(units): chance for units, chance in forecast["pmf"]}
    return document


def solution_document(solution: Solution, reading: float = 0.0) -> dict[str, Any]:
    """The answer to a problem file whose reading took `reading` seconds."""
    prices = solution.prices
    return {
        "status": solution.status,
        "objective": round(solution.objective, DIGITS),
        "lower_bound": round(solution.lower_bound, DIGITS),
        "gap": round(solution.gap, DIGITS),
        "orders": [_order(asdict(order)) for order in solution.orders],
        "transfers": [_from_to(vars(transfer)) for transfer in solution.transfers],
        "shorts": [vars(short) for short in solution.shorts],
        "prices": {
            "budget": prices.budget,
            "storage": [{"facility": code, "price": p} for code, p in prices.storage.items()],
            "receiving": [
                {"facility": code, "day": day, "price": price}
                for (code, day), price in prices.receiving.items()
            ],
            "stock": [
                {"facility": code, "sku": sku, "price": price}
                for (code, sku), price in prices.stock.items()
            ],
        },
        "do_nothing": round(solution.do_nothing, DIGITS),
        "greedy": round(solution.greedy, DIGITS),
        "method": solution.method,
        "seconds": _seconds(solution.seconds, reading),
    }


def _order(order: dict[str, Any]) -> dict[str, Any]:
    lines = [line | {"cost": round(line["cost"], DIGITS)} for line in order["lines"]]
    return order | {"cost": round(order["cost"], DIGITS), "lines": lines}


def _from_to(transfer: dict[str, Any]) -> dict[str, Any]:
    words = {"origin": "from", "destination": "to"}
    return {words.get(name, name): value for name, value in transfer.items()}


def _seconds(solving: dict[str, float], reading: float) -> dict[str, float]:
    """Seconds by phase, and in all; both count the reading of the file."""
    seconds = dict.fromkeys(PHASES, 0.0) | solving
    total = seconds.pop("total", 0.0) + reading
    seconds["read"] += reading
    return {name: round(spent, 6) for name, spent in seconds.items()} | {"total": round(total, 6)}


def _all(
    kind: type[Entry], holder: dict[str, Any], name: str, faults: list[Fault]
) -> tuple[Entry, ...]:
    return tuple(kind(**entry) for _, entry in entries(kind, holder.get(name, []), name, faults))


def _positions(value: object, faults: list[Fault]) -> tuple[Position, ...]:
    positions = []
    for path, entry in entries(Position, value, "positions", faults):
        policy, before = entry["policy"], len(faults)
        nested: dict[str, Any] = {
            "incoming": _pairs(entry.get("incoming", []), f"{path}.incoming", "day, units", faults),
            "demand": _forecast(entry.get("demand"), f"{path}.demand", faults),
            "lead_demand": _forecast(entry.get("lead_demand"), f"{path}.lead_demand", faults),
        }
        if fits(Policy, policy, f"{path}.policy", faults) and len(faults) == before:
            positions.append(Position(**entry | nested | {"policy": Policy(**policy)}))
    return tuple(positions)


def _forecast(value: object, path: str, faults: list[Fault]) -> Forecast | None:
    if value is None or not fits(Forecast, value, path, faults):
        return None
    assert isinstance(value, dict)
    nested = dict[str, Any]()
    if value.get("quantiles") is not None:
        words = "share, units"
        nested["quantiles"] = _pairs(value["quantiles"], f"{path}.quantiles", words, faults)
    if value.get("pmf") is not None:
        nested["pmf"] = _chances(value["pmf"], f"{path}.pmf", faults)
    return Forecast(**value | nested)


def _chances(value: object, path: str, faults: list[Fault]) -> tuple[tuple[int, float], ...]:
    found = list(CHANCES_OF_UNITS(value, path))
    faults += found
    if found or not isinstance(value, dict) or isinstance(value, Repeated):
        return ()
    return tuple((int(number(units) or 0), chance) for units, chance in value.items())


def _pairs(value: object, path: str, words: str, faults: list[Fault]) -> tuple[Any, ...]:
    pairs = array(value, path, faults)
    for i, pair in enumerate(pairs):
        if not (isinstance(pair, list) and len(pair) == 2):
            faults.append(Fault(f"{path}[{i}]", f"must be [{words}], not {shown(pair)}"))
            return ()
    return tuple(map(tuple, pairs))
