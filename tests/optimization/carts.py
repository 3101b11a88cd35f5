"""Small orders to source, and every way to source them."""

import itertools

import numpy as np

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
    shipments = asked.shipment_cost[units.any(axis=1)].sum()
    return float(shipments + (units * asked.unit_cost).sum() + missing @ asked.unfilled_cost)
