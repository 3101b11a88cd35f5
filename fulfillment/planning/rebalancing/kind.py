"""How stock is rebalanced: read, solved, recorded, proposed as transfers."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from fulfillment.optimization import rebalancing
from fulfillment.optimization.rebalancing import Solution, Transfer
from fulfillment.planning import proposals
from fulfillment.planning.kinds import Kind, Solved, Stop, Tell
from fulfillment.planning.lines import numbered, rewrite
from fulfillment.planning.models import PlanLine
from fulfillment.planning.rebalancing.problem import Stated, imbalance, state
from fulfillment.planning.rebalancing.reading import Outlook

DEAREST = 20

Row = dict[str, Any]


def prepare() -> None:
    """Nothing is to be written before a run reads."""


def limit(stated: Stated) -> float:
    return stated.problem.options.seconds


def solve(stated: Stated, stop: Stop, tell: Tell) -> Solved:
    """Solve the problem, and say what it comes to."""
    problem = stated.problem
    solution = rebalancing.solve(problem, stop, tell)
    rows = list(rows_of(stated.outlook, solution)) if stated.outlook else []
    text = json.dumps(asdict(problem), sort_keys=True)
    return Solved(
        summary=summary_of(stated, solution),
        inputs_hash=hashlib.sha256(text.encode()).hexdigest(),
        record=lambda plan_id: rewrite(PlanLine, plan_id, numbered(rows)),
        seconds=solution.seconds,
    )


def summary_of(stated: Stated, solution: Solution) -> Row:
    """Describe the plan, its proven quality, and what others would cost."""
    lanes = {(one.origin, one.destination) for one in solution.transfers}
    docks = [price for price in solution.dock_prices if price.outbound or price.inbound]
    return {
        "status": solution.status,
        "objective": round(solution.objective, 4),
        "lower_bound": round(solution.lower_bound, 4),
        "gap": round(solution.gap, 6),
        "do_nothing": round(solution.do_nothing, 4),
        "greedy": {"objective": round(solution.greedy, 4)},
        "saves": round(solution.do_nothing - solution.objective, 4),
        "costs": round(sum(one.costs for one in solution.transfers), 4),
        "method": solution.method,
        "as_of": stated.as_of.isoformat(),
        "horizon_days": stated.horizon_days,
        "imbalance": round(imbalance(stated), 4),
        "positions": len(stated.problem.positions),
        "transfers": len(lanes),
        "lines": len(solution.transfers),
        "units": sum(one.quantity for one in solution.transfers),
        "prices": {
            "lanes": [vars(p) for p in dearest(solution) if p.price],
            "docks": [vars(p) for p in docks],
        },
    }


def dearest(solution: Solution) -> list[rebalancing.LanePrice]:
    return sorted(solution.lane_prices, key=lambda p: (-p.price, p.origin, p.destination))[:DEAREST]


def rows_of(outlook: Outlook, solution: Solution) -> Iterator[Row]:
    """Yield a line for each transfer of a SKU, with what it does to both ends."""
    skus = {item.sku: row for row, item in enumerate(outlook.skus)}
    places = {place.code: column for column, place in enumerate(outlook.places)}
    stock: dict[tuple[int, int], float] = {}
    for one in solution.transfers:
        for code, units in ((one.origin, -one.quantity), (one.destination, one.quantity)):
            at = skus[one.sku], places[code]
            stock[at] = stock.get(at, float(outlook.stock[at])) + units
    for one in sorted(solution.transfers, key=lambda t: (t.origin, t.destination, t.sku)):
        ends = [(skus[one.sku], places[code]) for code in (one.origin, one.destination)]
        cover = [
            [days(outlook, at, units) for units in (float(outlook.stock[at]), stock[at])]
            for at in ends
        ]
        yield {
            "facility": one.destination,
            "held_at": one.origin,
            "sku": one.sku,
            "quantity": one.quantity,
            "outcome": "proposed",
            "figures": figures_of(one, cover),
        }


def days(outlook: Outlook, at: tuple[int, int], units: float) -> float | None:
    """Return for how many days of the expected demand a stock lasts; None where there is none."""
    a_day = float(outlook.mean[at] / outlook.days[at[0]])
    return round(units / a_day, 1) if a_day else None


def figures_of(one: Transfer, cover: list[list[float | None]]) -> Row:
    """Return what a line saves and costs, and for how many days both ends last before and after."""
    sender, receiver = cover
    return {
        "saves": round(one.saves, 4),
        "costs": round(one.costs, 4),
        "sender_days": {"before": sender[0], "after": sender[1]},
        "receiver_days": {"before": receiver[0], "after": receiver[1]},
    }


KIND = Kind(prepare, state, limit, solve, proposals.pieces, proposals.publish)
