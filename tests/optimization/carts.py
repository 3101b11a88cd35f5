"""Small orders to source, and every way to source them."""

import itertools

import numpy as np
from msgspec.structs import replace

from fulfillment.optimization import sourcing


def problem(quantity, stock, **fields):
    """Equal lanes at 10 a shipment and 1 a unit, nothing may be missing, unless said otherwise."""
    stock = np.array(stock, dtype=np.int64).reshape(-1, max(len(quantity), 1))
    defaults = {
        "shipment_cost": np.full(len(stock), 10.0),
        "unit_cost": np.ones(stock.shape),
        "unfilled_cost": np.full(len(quantity), 1000.0),
        "distance_km": np.zeros(len(stock)),
        "ship_complete": True,
    }
    arrays = {
        name: np.asarray(value, dtype=float) for name, value in fields.items() if _is_array(name)
    }
    plain = {name: value for name, value in fields.items() if not _is_array(name)}
    if plain.get("group") is not None:
        plain["group"] = np.array(plain["group"], dtype=np.int64)
    plain["stages"] = tuple(
        None if stage is None else np.array(stage, dtype=np.int64)
        for stage in plain.get("stages", ())
    )
    return sourcing.Problem(
        np.array(quantity, dtype=np.int64), stock, **(defaults | arrays | plain)
    )


def _is_array(name):
    return name.endswith(("_cost", "_km"))


def best(asked):
    return sourcing.solve(asked).options[0]


def used(option):
    return tuple(np.flatnonzero(option.shipped.any(axis=1)).tolist())


def random_problem(rng, **fields):
    """Up to four facilities and three lines; often with ties and zeros."""
    facilities, lines = int(rng.integers(1, 5)), int(rng.integers(1, 4))

    def amounts(*shape):
        return rng.integers(0, 4, shape) * 1.0 if rng.random() < 0.5 else rng.random(shape) * 3

    return problem(
        rng.integers(1, 4, lines).tolist(),
        rng.integers(0, 4, (facilities, lines)),
        **{
            "shipment_cost": amounts(facilities),
            "unit_cost": amounts(facilities, lines),
            "unfilled_cost": amounts(lines) * 2,
            "distance_km": rng.integers(0, 3, facilities),
            "max_shipments": [None, 1, 2][int(rng.integers(3))],
            "ship_complete": bool(rng.random() < 0.5),
            "split_lines": bool(rng.random() < 0.7),
        }
        | fields,
    )


def grouped_problem(rng, **fields):
    """The same, with some facilities that share their shipments."""
    asked = random_problem(rng, **fields)
    return replace(asked, group=rng.integers(0, 3, len(asked.stock)))


def staged_problem(rng, **fields):
    """The same in whole cents, with one to three stages, the cost among them or not."""
    asked = grouped_problem(rng, **fields)
    facilities = len(asked.stock)
    kinds = [None, np.ones(facilities, dtype=np.int64), rng.integers(0, 3, facilities)]
    turn = rng.permutation(3)[: rng.integers(1, 4)]
    costs = {
        name: getattr(asked, name).round(2)
        for name in ("shipment_cost", "unit_cost", "unfilled_cost")
    }
    return replace(asked, stages=tuple(kinds[n] for n in turn), **costs)


def every_assignment(asked):
    """Every matrix of shipped units that the problem allows."""
    lines = range(asked.quantity.size)
    for columns in itertools.product(*[list(_line_assignments(asked, line)) for line in lines]):
        units = np.array(columns).T.reshape(asked.stock.shape)
        if asked.max_shipments is None or units.any(axis=1).sum() <= asked.max_shipments:
            yield units


def _line_assignments(asked, line):
    quantity = int(asked.quantity[line])
    for units in itertools.product(*[range(min(quantity, s) + 1) for s in asked.stock[:, line]]):
        complete = sum(units) == quantity
        whole = max(units) in (0, quantity)
        enough = complete if asked.ship_complete else sum(units) <= quantity
        if enough and (whole or asked.split_lines):
            yield units


def price(asked, units):
    missing = asked.quantity - units.sum(axis=0)
    lines = (units * asked.unit_cost).sum() + missing @ asked.unfilled_cost
    return float(boxes(asked, units.any(axis=1)) + lines)


def boxes(asked, used):
    """What the shipments of these facilities cost: of a group the dearest one."""
    numbers = range(used.size) if asked.group is None else asked.group
    dearest = {}
    for number, cost in zip(np.array(numbers)[used], asked.shipment_cost[used], strict=True):
        dearest[number] = max(dearest.get(number, 0.0), cost)
    return sum(dearest.values())


def place(asked, units):
    """What a plan is compared by, its facilities included: the smallest is the best."""
    members = units.any(axis=1)
    cost = round(price(asked, units), 6)
    distance = float(asked.distance_km[members].sum())
    tie = (int(members.sum()), distance, tuple(np.flatnonzero(members).tolist()))
    if not asked.stages:
        return (cost, *tie)
    stages = asked.stages if any(s is None for s in asked.stages) else (*asked.stages, None)
    missing = int((asked.quantity - units.sum(axis=0)).sum())
    figures = [cost if stage is None else int(stage[members].sum()) for stage in stages]
    return (missing, *figures, *tie)
