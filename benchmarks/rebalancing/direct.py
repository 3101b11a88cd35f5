"""The whole network as one linear programme, stated from the problem alone and given to HiGHS.

In units x of a SKU on a lane, units g and l of the pieces of a curve that are gained and lost, and
shares y of the lanes: x <= most y for every x. Packs may be divided and a place may do both ways,
so that the optimum is a lower bound.
"""

import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import highspy
import numpy as np

from fulfillment.optimization import rebalancing


@dataclass(frozen=True)
class Bound:
    """The optimum, or minus infinity where HiGHS did not finish; seconds of CPU for the solver."""

    objective: float
    columns: int
    cpu: float


@dataclass(eq=False)
class Model:
    """Columns with cost and most, entries by row, and the rows' right-hand sides (all <=)."""

    cost: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)
    entries: list[tuple[int, int, float]] = field(default_factory=list)
    rows: list[float] = field(default_factory=list)
    numbers: dict[object, int] = field(default_factory=dict)

    def column(self, cost: float, most: float) -> int:
        self.cost.append(cost)
        self.most.append(most)
        return len(self.cost) - 1

    def add(self, row: object, column: int, value: float, limit: float = 0.0) -> None:
        number = self.numbers.setdefault(row, len(self.rows))
        if number == len(self.rows):
            self.rows.append(limit)
        self.entries.append((number, column, value))


def bound(problem: rebalancing.Problem, seconds: float) -> Bound:
    """Solve it, on one thread."""
    model, began = build(problem), time.process_time()
    solver = highspy.Highs()
    for option, value in (("output_flag", False), ("threads", 1), ("time_limit", seconds)):
        solver.setOptionValue(option, value)
    solver.setOptionValue("solver", "ipm")
    solver.passModel(_stated(model))
    solver.run()
    done = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    nothing = sum(p.shortage_cost * _lost(p, p.available) for p in problem.positions)
    found = nothing + solver.getInfo().objective_function_value if done else -np.inf
    return Bound(found, len(model.cost), time.process_time() - began)


def build(problem: rebalancing.Problem) -> Model:
    """State it; what cannot pay is left out."""
    model, at = Model(), defaultdict(dict)
    items = {item.sku: item.weight for item in problem.items}
    for p in problem.positions:
        at[p.facility][p.sku] = p, list(_gains(p)), list(_losses(p))
    for places in at.values():
        for sku, (p, gains, losses) in places.items():
            for size, slope in gains:
                model.add(("in", p.facility, sku), model.column(-slope, size), 1.0)
            for size, slope in losses:
                model.add(("out", p.facility, sku), model.column(slope, size), -1.0)
    docks = {f.code: (f.outbound_units, f.inbound_units) for f in problem.facilities}
    for lane in problem.lanes:
        _lane(model, lane, at, items, docks, problem.options.max_lanes)
    return model


def _lane(model, lane, at, items, docks, max_lanes) -> None:
    here, there = at[lane.origin], at[lane.destination]
    share = model.column(lane.fixed_cost, 1.0)
    if max_lanes is not None:
        model.add("lanes", share, 1.0, max_lanes)
    if lane.capacity_units is not None:
        model.add(("room", lane), share, -float(lane.capacity_units))
    for sku in here.keys() & there.keys():
        losses, gains = here[sku][2], there[sku][1]
        cost = items.get(sku, 1.0) * lane.unit_cost
        if not losses or not gains or gains[0][1] - losses[0][1] <= cost:
            continue
        most = min(sum(size for size, _ in losses), sum(size for size, _ in gains))
        x = model.column(cost, most)
        model.add(("in", lane.destination, sku), x, -1.0)
        model.add(("out", lane.origin, sku), x, 1.0)
        model.add((lane, sku), x, 1.0)
        model.add((lane, sku), share, -most)
        if lane.capacity_units is not None:
            model.add(("room", lane), x, 1.0)
        outbound, inbound = docks[lane.origin][0], docks[lane.destination][1]
        if outbound is not None:
            model.add(("outbound", lane.origin), x, 1.0, outbound)
        if inbound is not None:
            model.add(("inbound", lane.destination), x, 1.0, inbound)


def _gains(p: rebalancing.Position) -> Iterator[tuple[float, float]]:
    """Units up to each next point of the curve, and what one of them saves."""
    for (begin, lost), (end, less) in pairwise(p.lost_sales):
        if end > p.available and less < lost:
            slope = p.shortage_cost * (lost - less) / (end - begin)
            yield end - max(begin, p.available), slope


def _losses(p: rebalancing.Position) -> Iterator[tuple[float, float]]:
    """Units down to each point before, and what one of them loses, as far as may be sent."""
    last = p.lost_sales[-1][0]
    if p.available > max(last, p.keep):
        yield p.available - max(last, p.keep), 0.0
    for (begin, lost), (end, less) in reversed(list(pairwise(p.lost_sales))):
        low, high = max(begin, p.keep), min(end, p.available)
        if high > low:
            yield high - low, p.shortage_cost * (lost - less) / (end - begin)


def _lost(p: rebalancing.Position, stock: float) -> float:
    stocks, lost = zip(*p.lost_sales, strict=True)
    return float(np.interp(stock, stocks, lost))


def _stated(model: Model) -> highspy.HighsLp:
    row, column, value = (np.array(part) for part in zip(*model.entries, strict=True))
    order, columns = np.argsort(column, kind="stable"), len(model.cost)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = columns, len(model.rows)
    lp.col_cost_, lp.col_upper_ = np.array(model.cost), np.array(model.most, dtype=float)
    lp.col_lower_ = np.zeros(columns)
    lp.row_lower_ = np.full(len(model.rows), -np.inf)
    lp.row_upper_ = np.array(model.rows, dtype=float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    count = np.bincount(column, minlength=columns)
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum(count)])
    lp.a_matrix_.index_, lp.a_matrix_.value_ = row[order], value[order]
    return lp
