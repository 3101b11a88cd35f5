"""How stock is replenished: read, solved, recorded, proposed as purchase orders and transfers."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from fulfillment.optimization import replenishment
from fulfillment.optimization.replenishment import OrderLine, Solution, Transfer
from fulfillment.planning import proposals
from fulfillment.planning.kinds import Kind, Solved, Stop, Tell
from fulfillment.planning.lines import numbered, rewrite
from fulfillment.planning.models import PlanLine
from fulfillment.planning.replenishment.problem import Stated, state

Row = dict[str, Any]


def prepare() -> None:
    """Nothing is to be written before a run reads."""


def limit(stated: Stated) -> float:
    return stated.problem.options.seconds


def solve(stated: Stated, stop: Stop, tell: Tell) -> Solved:
    """Solve the problem, and say what it comes to."""
    problem = stated.problem
    solution = replenishment.solve(problem, stop, tell)
    rows = list(rows_of(solution))
    text = json.dumps(asdict(problem), sort_keys=True)
    return Solved(
        summary=summary_of(stated, solution),
        inputs_hash=hashlib.sha256(text.encode()).hexdigest(),
        record=lambda plan_id: rewrite(PlanLine, plan_id, numbered(rows)),
        seconds=solution.seconds,
    )


def summary_of(stated: Stated, solution: Solution) -> Row:
    """Describe the plan: what is ordered, what is short and why, what the limits are worth."""
    shorts = Counter(short.reason for short in solution.shorts)
    return {
        "status": solution.status,
        "objective": round(solution.objective, 4),
        "lower_bound": round(solution.lower_bound, 4),
        "gap": round(solution.gap, 6),
        "do_nothing": round(solution.do_nothing, 4),
        "greedy": {"objective": round(solution.greedy, 4)},
        "method": solution.method,
        "as_of": stated.as_of.isoformat(),
        "positions": len(stated.problem.positions),
        "purchase_orders": len(solution.orders),
        "lines": sum(len(order.lines) for order in solution.orders),
        "cost": round(sum(order.cost for order in solution.orders), 4),
        "transfers": len({(one.origin, one.destination) for one in solution.transfers}),
        "short": dict(sorted(shorts.items())),
        "prices": {
            "budget": solution.prices.budget,
            "storage": solution.prices.storage,
            "receiving": [
                {"facility": at, "day": day, "price": price}
                for (at, day), price in solution.prices.receiving.items()
            ],
        },
    }


def rows_of(solution: Solution) -> Iterator[Row]:
    """Yield a line for each SKU that is bought, and for each that another facility sends."""
    for order in solution.orders:
        for line in order.lines:
            yield {
                "facility": order.facility,
                "supplier": order.supplier,
                "held_at": None,
                "sku": line.sku,
                "quantity": line.quantity,
                "outcome": "proposed",
                "figures": figures_of(line) | {"cost": round(line.cost, 4)},
            }
    for one in solution.transfers:
        yield {
            "facility": one.destination,
            "supplier": None,
            "held_at": one.origin,
            "sku": one.sku,
            "quantity": one.quantity,
            "outcome": "proposed",
            "figures": figures_of(one),
        }


def figures_of(line: OrderLine | Transfer) -> Row:
    """Return why so many units: the position, the levels, and what the policy asks for."""
    return {
        "position": line.position,
        "reorder_point": line.reorder_point,
        "order_up_to": line.order_up_to,
        "wanted": line.wanted,
    }


KIND = Kind(prepare, state, limit, solve, proposals.pieces, proposals.publish)
