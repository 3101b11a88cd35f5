"""Refuse a replenishment problem that makes no sense, naming the field by its path."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, get_args

from fulfillment.optimization.documents import Fault, shown
from fulfillment.optimization.policies.rules import (
    AMOUNT,
    CHANCE,
    COUNT,
    POSITIVE,
    SHARE,
    UNITS,
    Rule,
)
from fulfillment.optimization.replenishment.problem import (
    Forecast,
    Kind,
    Policy,
    Position,
    Problem,
)
from fulfillment.optimization.replenishment.references import (
    InvalidProblem,
    references,
    repetitions,
    twice,
)

LARGEST_SEED = 2**31 - 1  # the solver's
LEAST = -1  # a reorder point: an empty shelf is no reason to order
WHOLE = 1e-6  # chances are often rounded; so much may be missing of their sum


Rules = dict[str, Rule]  # by field


def validate(problem: Problem) -> None:
    """Raise the first InvalidProblem found."""
    for error in errors(problem):
        raise error


def errors(problem: Problem) -> Iterator[Fault]:
    """Every value that is wrong; if there is none, all that does not go together."""
    sound = True
    for error in _values(problem):
        sound = False
        yield error
    if sound:
        yield from repetitions(problem)
        yield from references(problem)


def _text(value: Any, path: str) -> Iterator[Fault]:
    if not (isinstance(value, str) and value):
        yield InvalidProblem(path, f"must be text that is not empty, not {shown(value)}")


def _flag(value: Any, path: str) -> Iterator[Fault]:
    if not isinstance(value, bool):
        yield InvalidProblem(path, f"must be true or false, not {shown(value)}")


def _kind(value: Any, path: str) -> Iterator[Fault]:
    if value not in get_args(Kind):
        yield InvalidProblem(path, f"must be one of {', '.join(get_args(Kind))}")


def _seed(value: Any, path: str) -> Iterator[Fault]:
    yield from COUNT(value, path)
    if type(value) is int and value > LARGEST_SEED:
        yield InvalidProblem(path, f"must be at most {LARGEST_SEED}")


def _point(value: Any, path: str) -> Iterator[Fault]:
    if type(value) is not int or value != LEAST:
        yield from COUNT(value, path)


def _or_null(rule: Rule) -> Rule:
    def or_null(value: Any, path: str) -> Iterator[Fault]:
        if value is not None:
            yield from rule(value, path)

    return or_null


FACILITY: Rules = {
    "code": _text,
    "storage_volume": _or_null(AMOUNT),
    "receiving_units": _or_null(COUNT),
}
SUPPLIER: Rules = {
    "code": _text,
    "orders_today": _flag,
    "minimum_value": AMOUNT,
    "lead_time": COUNT,
}
TERMS: Rules = {
    "supplier": _text,
    "sku": _text,
    "unit_cost": POSITIVE,
    "pack_size": UNITS,
    "minimum_units": COUNT,
}
ITEM: Rules = {"sku": _text, "volume": AMOUNT, "pack_size": UNITS}
POSITION: Rules = {
    "facility": _text,
    "sku": _text,
    "on_hand": COUNT,
    "reserved": COUNT,
    "backordered": COUNT,
    "supplier": _or_null(_text),
    "resupplier": _or_null(_text),
    "lead_time": _or_null(COUNT),
    "horizon_days": _or_null(COUNT),
    "shortage_cost": AMOUNT,
    "holding_cost": AMOUNT,
    "top_up_to": _or_null(COUNT),
}
POLICY: Rules = {
    "kind": _kind,
    "reorder_point": _or_null(_point),
    "order_up_to": _or_null(COUNT),
    "quantity": _or_null(UNITS),
    "cycle_service": _or_null(SHARE),
    "fill_rate": _or_null(SHARE),
}
NORMAL: Rules = {"mean": _or_null(AMOUNT), "sd": _or_null(AMOUNT)}
OPTIONS: Rules = {
    "budget": _or_null(AMOUNT),
    "horizon_days": COUNT,
    "seconds": AMOUNT,
    "gap": AMOUNT,
    "seed": _seed,
}


def _values(problem: Problem) -> Iterator[Fault]:
    yield from _each("facilities", problem.facilities, FACILITY)
    yield from _each("suppliers", problem.suppliers, SUPPLIER)
    yield from _each("terms", problem.terms, TERMS)
    yield from _each("items", problem.items, ITEM)
    yield from _one("options", problem.options, OPTIONS)
    for i, position in enumerate(problem.positions):
        path, sound = f"positions[{i}]", True
        for fault in _position(path, position):
            sound = False
            yield fault
        if sound:
            yield from _policy(f"{path}.policy", position)


def _each(path: str, entries: Sequence[object], rules: Rules) -> Iterator[Fault]:
    for i, entry in enumerate(entries):
        yield from _one(f"{path}[{i}]", entry, rules)


def _one(path: str, entry: object, rules: Rules) -> Iterator[Fault]:
    for name, rule in rules.items():
        yield from rule(getattr(entry, name), f"{path}.{name}")


def _position(path: str, position: Position) -> Iterator[Fault]:
    yield from _one(path, position, POSITION)
    yield from _one(f"{path}.policy", position.policy, POLICY)
    for j, (day, units) in enumerate(position.incoming):
        yield from COUNT(day, f"{path}.incoming[{j}][0]")
        yield from COUNT(units, f"{path}.incoming[{j}][1]")
    for name in ("demand", "lead_demand"):
        forecast = getattr(position, name)
        if forecast is not None:
            yield from _forecast(f"{path}.{name}", forecast)
    if position.lead_demand is not None and position.demand is None:
        yield InvalidProblem(f"{path}.lead_demand", "needs a demand beside it")


def _forecast(path: str, forecast: Forecast) -> Iterator[Fault]:
    yield from _one(path, forecast, NORMAL)
    is_normal = forecast.mean is not None and forecast.sd is not None
    is_partial = (forecast.mean is None) != (forecast.sd is None)
    forms = is_normal + (forecast.quantiles is not None) + (forecast.pmf is not None)
    if forms != 1 or is_partial:
        yield InvalidProblem(path, "must have mean and sd, or quantiles, or pmf")
    if forecast.quantiles is not None:
        yield from _quantiles(f"{path}.quantiles", forecast.quantiles)
    if forecast.pmf is not None:
        yield from _chances(f"{path}.pmf", forecast.pmf)


def _quantiles(path: str, quantiles: tuple[tuple[float, float], ...]) -> Iterator[Fault]:
    faults = list[Fault]()
    for j, (share, units) in enumerate(quantiles):
        faults += [*CHANCE(share, f"{path}[{j}][0]"), *AMOUNT(units, f"{path}[{j}][1]")]
    yield from faults
    if not quantiles:
        yield InvalidProblem(path, "must not be empty")
    if faults:
        return
    for j, ((share, units), (higher, more)) in enumerate(pairwise(quantiles)):
        if higher <= share or more < units:
            yield InvalidProblem(f"{path}[{j + 1}]", "must have a higher share, and no fewer units")


def _chances(path: str, pmf: tuple[tuple[int, float], ...]) -> Iterator[Fault]:
    faults = list[Fault]()
    for units, chance in pmf:
        faults += [*COUNT(units, f'{path}["{units}"]'), *CHANCE(chance, f'{path}["{units}"]')]
    yield from faults
    yield from twice(path, "units", (units for units, _ in pmf))
    if not faults and abs(sum(chance for _, chance in pmf) - 1) > WHOLE:
        yield InvalidProblem(path, "must sum to 1")


# The fields by which a kind of policy orders, and those that it needs where a service is given.
LEVELS = {
    "s_S": ({"reorder_point", "order_up_to"}, {"quantity"}),
    "R_Q": ({"reorder_point", "quantity"}, {"quantity"}),
    "base_stock": ({"order_up_to"}, set[str]()),
    "min_max": ({"reorder_point", "order_up_to"}, None),
    "none": (set[str](), None),
}


def _policy(path: str, position: Position) -> Iterator[Fault]:
    policy = position.policy
    names = ("reorder_point", "order_up_to", "quantity")
    given = {name for name in names if getattr(policy, name) is not None}
    exact, open_ended = LEVELS[policy.kind]
    services = (policy.cycle_service is not None) + (policy.fill_rate is not None)
    if services > 1:
        yield InvalidProblem(path, "must have one service: cycle_service or fill_rate")
    if given == exact:
        yield from _order(path, policy)
    elif open_ended is None or given != open_ended or not services:
        yield InvalidProblem(path, _needs(policy.kind))
    elif position.demand is None:
        yield InvalidProblem(path, "has a service and no demand to meet with it")
    if policy.kind != "none" and (position.supplier is None) == (position.resupplier is None):
        yield InvalidProblem(path.removesuffix(".policy"), "needs a supplier or a resupplier")


def _order(path: str, policy: Policy) -> Iterator[Fault]:
    point, most = policy.reorder_point, policy.order_up_to
    if point is not None and most is not None and point >= most:
        yield InvalidProblem(f"{path}.order_up_to", "must be above the reorder point")


def _needs(kind: str) -> str:
    exact, open_ended = LEVELS[kind]
    told = f"of kind {kind} has {' and '.join(sorted(exact)) or 'no levels'}"
    if open_ended is None:
        return told
    parts = [*sorted(open_ended), "cycle_service or fill_rate"]
    return f"{told}, or {' and '.join(parts)}"
