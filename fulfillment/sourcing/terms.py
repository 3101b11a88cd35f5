"""The terms of a plan's cost: what each weight of the strategy adds."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from fulfillment.sourcing.costs import Costs

Amounts = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Rows = npt.NDArray[np.intp]
Terms = dict[str, float]

NAMES = ("shipping", "handling", "distance", "split", "late", "price", "unfilled", "total")
DIGITS = 4


def plan_terms(costs: Costs, units: Counts, ships: Sequence[int], quantity: Counts) -> Terms:
    """Return the terms of a plan by the units that each facility ships [F, L], and who does."""
    rows = np.array(ships, dtype=np.intp)
    shipped = units[rows]
    boxes = costs.of_shipments[:, paying_of(costs, rows)].sum(axis=1)
    lines = (costs.of_units[:, rows] * shipped).sum(axis=(1, 2))
    missing = quantity - shipped.sum(axis=0)
    figures = np.array(terms_of(boxes, lines, missing @ costs.unfilled)).round(DIGITS).tolist()
    return dict(zip(NAMES, figures, strict=True))


def terms_of(boxes: Amounts, lines: Amounts, unfilled: Any) -> list[Any]:
    """Return the terms from what shipments cost [5, ..] and what their units cost [3, ..]."""
    shipping, distance, split, late, place = boxes
    of_units, handling, price = lines
    terms = [shipping + of_units, handling, distance, split, late, place + price, unfilled]
    return [*terms, sum(terms)]


def paying_of(costs: Costs, rows: Rows) -> Rows:
    """Return which of the facilities that ship are paid for: of a group, the dearest one."""
    if costs.group is None:
        return rows
    dearest: dict[int, int] = {}
    for index in sorted(rows.tolist(), key=lambda i: float(costs.shipment[i])):
        dearest[int(costs.group[index])] = index
    return np.array(sorted(dearest.values()), dtype=np.intp)


def terms_alone(costs: Costs, stock: Counts, quantity: Counts) -> list[Terms]:
    """Return the terms of each facility if it alone shipped all it can of the order."""
    units = np.minimum(stock, quantity)
    boxes, lines = costs.of_shipments * units.any(axis=1), (costs.of_units * units).sum(axis=2)
    columns = np.array(terms_of(boxes, lines, (quantity - units) @ costs.unfilled))
    rows = columns.T.round(DIGITS).tolist()
    return [dict(zip(NAMES, row, strict=True)) for row in rows]


def difference(terms: Terms, than: Terms) -> Terms:
    """Return what each term is more, those that are the same left out."""
    more = {name: round(terms[name] - than[name], DIGITS) for name in terms if name != "total"}
    return {name: amount for name, amount in more.items() if amount}
