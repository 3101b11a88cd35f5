"""The problem file of a replenishment and the document that answers it."""

from dataclasses import asdict
from typing import Any

from fulfillment.optimization import files
from fulfillment.optimization.documents import Fault, Refused, Repeated, entries, fits
from fulfillment.optimization.files import DIGITS, all_of, bounded, one_of, pairs, seconds
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
from fulfillment.optimization.replenishment.validation import errors
from fulfillment.optimization.validity import InvalidProblem

PHASES = ("build", "solve")  # of which the document always speaks


def read(raw: bytes) -> Problem:
    """Read a problem from the bytes of its file; policies with a service get their levels.

    Raises Refused with up to twenty faults, each with its path: those of the document's shape,
    or else those of its values, or else what does not go together.
    """
    problem = files.read(Problem, raw, _problem, errors)
    try:
        return settled(problem)
    except InvalidProblem as fault:
        raise Refused([fault]) from fault


def _problem(document: dict[str, Any], faults: list[Fault]) -> Problem:
    return Problem(
        facilities=all_of(Facility, document, "facilities", faults),
        suppliers=all_of(Supplier, document, "suppliers", faults),
        terms=all_of(Terms, document, "terms", faults),
        positions=_positions(document["positions"], faults),
        items=all_of(Item, document, "items", faults),
        options=one_of(Options, document, "options", faults),
    )


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
        **bounded(solution),
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
        "seconds": seconds(PHASES, solution.seconds, reading),
    }


def _order(order: dict[str, Any]) -> dict[str, Any]:
    lines = [line | {"cost": round(line["cost"], DIGITS)} for line in order["lines"]]
    return order | {"cost": round(order["cost"], DIGITS), "lines": lines}


def _from_to(transfer: dict[str, Any]) -> dict[str, Any]:
    words = {"origin": "from", "destination": "to"}
    return {words.get(name, name): value for name, value in transfer.items()}


def _positions(value: object, faults: list[Fault]) -> tuple[Position, ...]:
    positions = []
    for path, entry in entries(Position, value, "positions", faults):
        policy, before = entry["policy"], len(faults)
        nested: dict[str, Any] = {
            "incoming": pairs(entry.get("incoming", []), f"{path}.incoming", "day, units", faults),
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
        nested["quantiles"] = pairs(value["quantiles"], f"{path}.quantiles", words, faults)
    if value.get("pmf") is not None:
        nested["pmf"] = _chances(value["pmf"], f"{path}.pmf", faults)
    return Forecast(**value | nested)


def _chances(value: object, path: str, faults: list[Fault]) -> tuple[tuple[int, float], ...]:
    found = list(CHANCES_OF_UNITS(value, path))
    faults += found
    if found or not isinstance(value, dict) or isinstance(value, Repeated):
        return ()
    return tuple((int(number(units) or 0), chance) for units, chance in value.items())
