"""Refuse a replenishment problem that makes no sense, naming the field by its path."""

from collections.abc import Iterator
from itertools import chain, pairwise
from typing import Any, get_args

from fulfillment.optimization.replenishment.problem import (
    Forecast,
    Kind,
    Policy,
    Position,
    Problem,
)
from fulfillment.optimization.replenishment.references import references, repetitions
from fulfillment.optimization.validity import (
    AMOUNT,
    CHANCE,
    COUNT,
    LIMIT,
    POSITIVE,
    SEED,
    SHARE,
    UNITS,
    InvalidProblem,
    Rules,
    each,
    flag,
    in_turn,
    one,
    or_null,
    text,
    told,
    twice,
)

LEAST = -1  # a reorder point: an empty shelf is no reason to order
WHOLE = 1e-6  # chances are often rounded; so much may be missing of their sum


def validate(problem: Problem) -> None:
    """Raise the first InvalidProblem found."""
    for error in errors(problem):
        raise error


def errors(problem: Problem) -> Iterator[InvalidProblem]:
    """Every value that is wrong; if there is none, all that does not go together."""
    return in_turn(_values(problem), chain(repetitions(problem), references(problem)))


def _kind(value: Any) -> str | None:
    kinds = get_args(Kind)
    return None if value in kinds else f"must be one of {', '.join(kinds)}"


def _point(value: Any) -> str | None:
    return None if type(value) is int and value == LEAST else COUNT(value)


FACILITY: Rules = {
    "code": text,
    "storage_volume": or_null(AMOUNT),
    "receiving_units": LIMIT,
}
SUPPLIER: Rules = {
    "code": text,
    "orders_today": flag,
    "minimum_value": AMOUNT,
    "lead_time": COUNT,
}
TERMS: Rules = {
    "supplier": text,
    "sku": text,
    "unit_cost": POSITIVE,
    "pack_size": UNITS,
    "minimum_units": COUNT,
}
ITEM: Rules = {"sku": text, "volume": AMOUNT, "pack_size": UNITS}
POSITION: Rules = {
    "facility": text,
    "sku": text,
    "on_hand": COUNT,
    "reserved": COUNT,
    "backordered": COUNT,
    "supplier": or_null(text),
    "resupplier": or_null(text),
    "lead_time": LIMIT,
    "horizon_days": LIMIT,
    "shortage_cost": AMOUNT,
    "holding_cost": AMOUNT,
    "top_up_to": LIMIT,
}
POLICY: Rules = {
    "kind": _kind,
    "reorder_point": or_null(_point),
    "order_up_to": LIMIT,
    "quantity": or_null(UNITS),
    "cycle_service": or_null(SHARE),
    "fill_rate": or_null(SHARE),
}
NORMAL: Rules = {"mean": or_null(AMOUNT), "sd": or_null(AMOUNT)}
OPTIONS: Rules = {
    "budget": or_null(AMOUNT),
    "horizon_days": COUNT,
    "seconds": AMOUNT,
    "gap": AMOUNT,
    "seed": SEED,
}


def _values(problem: Problem) -> Iterator[InvalidProblem]:
    yield from each("facilities", problem.facilities, FACILITY)
    yield from each("suppliers", problem.suppliers, SUPPLIER)
    yield from each("terms", problem.terms, TERMS)
    yield from each("items", problem.items, ITEM)
    yield from one("options", problem.options, OPTIONS)
    for i, position in enumerate(problem.positions):
        path = f"positions[{i}]"
        yield from in_turn(_position(path, position), _policy(f"{path}.policy", position))


def _position(path: str, position: Position) -> Iterator[InvalidProblem]:
    yield from one(path, position, POSITION)
    yield from one(f"{path}.policy", position.policy, POLICY)
    for j, (day, units) in enumerate(position.incoming):
        yield from told(COUNT, day, f"{path}.incoming[{j}][0]")
        yield from told(COUNT, units, f"{path}.incoming[{j}][1]")
    for name in ("demand", "lead_demand"):
        forecast = getattr(position, name)
        if forecast is not None:
            yield from _forecast(f"{path}.{name}", forecast)
    if position.lead_demand is not None and position.demand is None:
        yield InvalidProblem(f"{path}.lead_demand", "needs a demand beside it")


def _forecast(path: str, forecast: Forecast) -> Iterator[InvalidProblem]:
    yield from one(path, forecast, NORMAL)
    is_normal = forecast.mean is not None and forecast.sd is not None
    is_partial = (forecast.mean is None) != (forecast.sd is None)
    forms = is_normal + (forecast.quantiles is not None) + (forecast.pmf is not None)
    if forms != 1 or is_partial:
        yield InvalidProblem(path, "must have mean and sd, or quantiles, or pmf")
    if forecast.quantiles is not None:
        yield from _quantiles(f"{path}.quantiles", forecast.quantiles)
    if forecast.pmf is not None:
        yield from _chances(f"{path}.pmf", forecast.pmf)


def _quantiles(path: str, quantiles: tuple[tuple[float, float], ...]) -> Iterator[InvalidProblem]:
    faults = list[InvalidProblem]()
    for j, (share, units) in enumerate(quantiles):
        faults += told(CHANCE, share, f"{path}[{j}][0]")
        faults += told(AMOUNT, units, f"{path}[{j}][1]")
    yield from faults
    if not quantiles:
        yield InvalidProblem(path, "must not be empty")
    if faults:
        return
    for j, ((share, units), (higher, more)) in enumerate(pairwise(quantiles)):
        if higher <= share or more < units:
            yield InvalidProblem(f"{path}[{j + 1}]", "must have a higher share, and no fewer units")


def _chances(path: str, pmf: tuple[tuple[int, float], ...]) -> Iterator[InvalidProblem]:
    faults = list[InvalidProblem]()
    for units, chance in pmf:
        where = f'{path}["{units}"]'
        faults += [*told(COUNT, units, where), *told(CHANCE, chance, where)]
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


def _policy(path: str, position: Position) -> Iterator[InvalidProblem]:
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


def _order(path: str, policy: Policy) -> Iterator[InvalidProblem]:
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
