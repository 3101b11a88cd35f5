"""The whole wave as one mixed-integer model in sparse arrays, which all peers are given alike.

min  sum lane x + shipment y + unfilled z
     sum_f x + z = quantity       of every line
     x <= most y                  units ship in a box; most = min(quantity, stock)
     sum x <= stock               where more could be asked for
     sum x <= capacity_units, sum y <= capacity_shipments

x, z are continuous: once the boxes y are decided, units flow through a network with whole
capacities, where solutions at a vertex are whole.
"""

from dataclasses import dataclass
from pathlib import Path

import highspy
import numpy as np

from fulfillment.optimization import allocation


@dataclass(frozen=True, eq=False)
class Model:
    """Columns x, y, z and rows by CSR; `place` tells order, SKU and facility of each x."""

    cost: np.ndarray
    upper: np.ndarray
    integer: np.ndarray
    row_lower: np.ndarray
    row_upper: np.ndarray
    start: np.ndarray
    index: np.ndarray
    value: np.ndarray
    place: np.ndarray

    def save(self, path: Path) -> None:
        np.savez(path, **vars(self))


class Rows:
    """Rows in the making, as (row, column, value)."""

    def __init__(self) -> None:
        self.parts, self.lower, self.upper = [], [], []
        self.count = 0

    def add(self, row, column, value, lower, upper) -> None:
        """Add a block of rows numbered from 0."""
        value = np.broadcast_to(np.asarray(value, dtype=float), np.shape(row))
        self.parts.append((np.asarray(row) + self.count, np.asarray(column), value))
        self.lower.append(np.broadcast_to(lower, np.shape(upper)))
        self.upper.append(upper)
        self.count += np.size(upper)

    def csr(self):
        row, column, value = (np.concatenate(part) for part in zip(*self.parts, strict=True))
        turn = np.lexsort((column, row))
        start = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=self.count))])
        return start, column[turn], value[turn]


def build(problem: allocation.Problem) -> Model:
    """State the model; for waves without ship-complete, shipment limits and held stock."""
    facility = {f.code: i for i, f in enumerate(problem.facilities)}
    asked = [(i, line) for i, order in enumerate(problem.orders) for line in order.lines]
    sku = {code: i for i, code in enumerate(dict.fromkeys(line.sku for _, line in asked))}
    order, item = (np.array(a) for a in zip(*[(i, sku[x.sku]) for i, x in asked], strict=True))
    quantity = np.array([line.quantity for _, line in asked])
    stock = np.zeros((len(sku), len(facility)), dtype=np.int64)
    for held in problem.stock:
        if held.sku in sku:
            stock[sku[held.sku], facility[held.facility]] = held.quantity
    box, unit = _lane_costs(problem, facility)

    line, at = np.nonzero(np.isfinite(box[order]) & (stock[item] > 0))
    most = np.minimum(quantity[line], stock[item[line], at])
    pair, box_of = np.unique(order[line] * len(facility) + at, return_inverse=True)
    weight = {entry.sku: entry.weight for entry in problem.items}
    heavy = np.array([weight.get(code, 1.0) for code in sku])
    unfilled = np.array([o.unfilled_cost for o in problem.orders])
    x, y, z = np.split(
        np.arange(line.size + pair.size + order.size), [line.size, line.size + pair.size]
    )

    rows = Rows()
    # All units of a line ship or are missing.
    rows.add(
        np.concatenate([line, np.arange(order.size)]),
        np.concatenate([x, z]),
        1.0,
        quantity,
        quantity,
    )
    # Units ship in a box.
    link = np.arange(x.size)
    rows.add(
        np.concatenate([link, link]),
        np.concatenate([x, y[box_of]]),
        np.concatenate([np.ones(x.size), -most]),
        -np.inf,
        np.zeros(x.size),
    )
    # No more ships than there is, where more could be asked for.
    _limit(rows, item[line] * len(facility) + at, x, most, stock.ravel())
    _limit(rows, at, x, most, _limits(f.capacity_units for f in problem.facilities))
    boxes = _limits(f.capacity_shipments for f in problem.facilities)
    _limit(rows, pair % len(facility), y, np.ones(y.size), boxes)

    start, index, value = rows.csr()
    return Model(
        cost=np.concatenate(
            [
                heavy[item[line]] * unit[order[line], at],
                box[pair // len(facility), pair % len(facility)],
                unfilled[order],
            ]
        ),
        upper=np.concatenate([most, np.ones(y.size), quantity]).astype(float),
        integer=np.repeat([False, True, False], [x.size, y.size, z.size]),
        row_lower=np.concatenate(rows.lower).astype(float),
        row_upper=np.concatenate(rows.upper).astype(float),
        start=start.astype(np.int32),
        index=index.astype(np.int32),
        value=value,
        place=np.stack([order[line], item[line], at], axis=1),
    )


def _lane_costs(problem, facility):
    """Cost of a shipment [O, F], infinite where there is none, and of a unit of weight."""
    zone = {code: i for i, code in enumerate(dict.fromkeys(o.zone for o in problem.orders))}
    box, unit = np.full((2, len(zone), len(facility)), np.inf)
    days = np.zeros(box.shape)
    for lane in problem.lanes:
        if lane.zone in zone:
            place = zone[lane.zone], facility[lane.facility]
            box[place], unit[place], days[place] = (
                lane.shipment_cost,
                lane.unit_cost,
                lane.days or 0,
            )
    own = np.array([zone[o.zone] for o in problem.orders])
    within = np.array([_or_infinite(o.deliver_within_days) for o in problem.orders])
    per_day = np.array([_or_infinite(o.late_cost_per_day) for o in problem.orders])
    late = np.maximum(days[own] - within[:, None], 0)
    box = box[own]
    np.add(box, late * np.minimum(per_day, 1e300)[:, None], out=box, where=late > 0)
    box[(late > 0) & np.isinf(per_day)[:, None]] = np.inf
    for i, order in enumerate(problem.orders):
        if order.eligible is not None:
            box[i, [code not in order.eligible for code in facility]] = np.inf
    return box, unit[own]


def _or_infinite(number) -> float:
    return np.inf if number is None else float(number)


def _limits(numbers) -> np.ndarray:
    return np.array([_or_infinite(number) for number in numbers])


def _limit(rows: Rows, of: np.ndarray, column: np.ndarray, most: np.ndarray, limit) -> None:
    """Rows `sum of columns <= limit` for the limits that could be passed."""
    could = np.bincount(of, weights=most, minlength=limit.size)
    binding = np.flatnonzero(could > limit)
    number = np.full(limit.size, -1)
    number[binding] = np.arange(binding.size)
    taken = number[of] >= 0
    rows.add(number[of[taken]], column[taken], 1.0, -np.inf, limit[binding])


def highs(model: Model) -> highspy.Highs:
    """The model in HiGHS, at once."""
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    columns, rows = model.cost.size, model.row_upper.size
    solver.passModel(
        columns,
        rows,
        model.index.size,
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        model.cost,
        np.zeros(columns),
        model.upper,
        model.row_lower,
        model.row_upper,
        model.start,
        model.index,
        model.value,
        model.integer.astype(np.int32),
    )
    return solver


def plan(
    problem: allocation.Problem, model: Model, values: np.ndarray
) -> list[allocation.Allocation]:
    """What ships by a solution; with its boxes the units are made whole where they are not."""
    units = values[: len(model.place)]
    if np.abs(units - units.round()).max(initial=0) > 1e-4:
        units = _whole(model, values)[: len(model.place)]
    skus = list(dict.fromkeys(line.sku for order in problem.orders for line in order.lines))
    shipped = np.flatnonzero(units.round() > 0)
    return [
        allocation.Allocation(
            problem.orders[o].id, problem.facilities[f].code, skus[s], int(units[i].round())
        )
        for i, (o, s, f) in zip(shipped.tolist(), model.place[shipped].tolist(), strict=True)
    ]


def _whole(model: Model, values: np.ndarray) -> np.ndarray:
    """A vertex of the units' network, the boxes as they are."""
    solver = highs(model)
    boxes = np.flatnonzero(model.integer).astype(np.int32)
    fixed = values[boxes].round()
    solver.changeColsBounds(boxes.size, boxes, fixed, fixed)
    none = np.zeros(boxes.size, dtype=np.uint8)
    solver.changeColsIntegrality(boxes.size, boxes, none)
    solver.setOptionValue("solver", "simplex")
    solver.run()
    return np.array(solver.getSolution().col_value)
