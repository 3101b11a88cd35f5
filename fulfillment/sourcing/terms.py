"""The terms of a plan's cost: what each weight of the strategy adds."""

from typing import Any

import numpy as np
import numpy.typing as npt

from fulfillment.sourcing.costs import Costs

Counts = npt.NDArray[np.int64]
Terms = dict[str, float]

DIGITS = 4


def plan_terms(costs: Costs, units: Counts, quantity: Counts) -> Terms:
    """Return the terms of a plan by the units that each facility ships. [F, L]"""
    paying = paying_of(costs, units)
    missing = quantity - units.sum(axis=0)
    return totalled(
        shipping=costs.shipping[paying].sum() + (units * costs.unit_shipping).sum(),
        handling=(units * costs.handling).sum(),
        distance=costs.distance[paying].sum(),
        split=costs.split[paying].sum(),
        late=costs.late[paying].sum(),
        price=costs.place[paying].sum() + (units * costs.price).sum(),
        unfilled=missing @ costs.unfilled,
    )


def paying_of(costs: Costs, units: Counts) -> npt.NDArray[np.intp]:
    """Return whose shipments are paid for: of a group, the dearest one's."""
    indices = np.flatnonzero(units.sum(axis=1))
    if costs.group is None:
        return indices
    dearest: dict[int, int] = {}
    for index in sorted(indices.tolist(), key=lambda i: float(costs.shipment[i])):
        dearest[int(costs.group[index])] = index
    return np.array(sorted(dearest.values()), dtype=np.intp)


def terms_alone(costs: Costs, stock: Counts, quantity: Counts) -> list[Terms]:
    """Return the terms of each facility if it alone shipped all it can of the order."""
    units = np.minimum(stock, quantity)
    box = units.any(axis=1)
    columns = {
        "shipping": costs.shipping * box + (units * costs.unit_shipping).sum(axis=1),
        "handling": (units * costs.handling).sum(axis=1),
        "distance": costs.distance * box,
        "split": costs.split * box,
        "late": costs.late * box,
        "price": costs.place * box + (units * costs.price).sum(axis=1),
        "unfilled": (quantity - units) @ costs.unfilled,
    }
    columns["total"] = sum(columns.values())
    rows = np.column_stack(list(columns.values())).round(DIGITS).tolist()
    return [dict(zip(columns, row, strict=True)) for row in rows]


def difference(terms: Terms, than: Terms) -> Terms:
    """Return what each term is more, those that are the same left out."""
    more = {name: round(terms[name] - than[name], DIGITS) for name in terms if name != "total"}
    return {name: amount for name, amount in more.items() if amount}


def totalled(**terms: Any) -> Terms:
    found = {name: round(float(amount), DIGITS) for name, amount in terms.items()}
    return found | {"total": round(float(sum(terms.values())), DIGITS)}
