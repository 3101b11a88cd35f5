"""What a solved wave leaves in the database: its lines, its prices, the stock it chose from."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import select

from fulfillment.optimization import allocation as wave
from fulfillment.orders.waves import Share
from fulfillment.planning.lines import numbered, rewrite
from fulfillment.planning.models import Plan, PlanLine, PlanPrice, PlanStock
from fulfillment.planning.waves.moves import Move
from fulfillment.platform.db import db

NOBODY = UUID(int=0)

Row = dict[str, Any]


def write(
    plan_id: UUID, problem: wave.Problem, solution: wave.Solution, moves: Sequence[Move]
) -> None:
    """Record a solved plan, in place of what an earlier run of it recorded."""
    rewrite(PlanLine, plan_id, numbered(lines_of(problem, solution, moves)))
    rewrite(PlanPrice, plan_id, numbered(prices_of(problem, solution)))
    rewrite(PlanStock, plan_id, stock_of(problem))


def lines_of(
    problem: wave.Problem, solution: wave.Solution, moves: Sequence[Move]
) -> Iterator[Row]:
    """Yield what the plan proposes, order by order; an order that keeps what it has is left out."""
    waiting = {order.id for order in problem.orders if not order.current}
    parts = [part for part in solution.allocations if part.order in waiting]
    allocated = [Share(UUID(p.order), p.facility, p.sku, p.quantity) for p in parts]
    shares = chain(allocated, *(move.shares() for move in moves))
    for share in sorted(shares, key=lambda s: (s.order_id, s.facility, s.sku, s.held_at or "")):
        yield vars(share) | {"outcome": "proposed"}
    for part in solution.unfilled:
        if part.order in waiting:
            nowhere = {"facility": None, "held_at": None, "outcome": "unfilled"}
            yield nowhere | {
                "order_id": UUID(part.order),
                "sku": part.sku,
                "quantity": part.quantity,
            }


def prices_of(problem: wave.Problem, solution: wave.Solution) -> list[Row]:
    """Return the prices of limited stock and of every facility's limits, the dearest first."""
    rows = [*stock_prices_of(problem, solution), *capacity_prices_of(problem, solution)]
    return sorted(rows, key=lambda r: (-r["price"], r["kind"], r["facility"], r["sku"] or ""))


def stock_prices_of(problem: wave.Problem, solution: wave.Solution) -> Iterator[Row]:
    there = {(stock.facility, stock.sku): stock.quantity for stock in problem.stock}
    for one in solution.stock_prices:
        yield {
            "kind": "stock",
            "facility": one.facility,
            "sku": one.sku,
            "quantity": there.get((one.facility, one.sku), 0),
            "price": one.price,
        }


def capacity_prices_of(problem: wave.Problem, solution: wave.Solution) -> Iterator[Row]:
    prices = {one.facility: one for one in solution.capacity_prices}
    for place in problem.facilities:
        one = prices.get(place.code, wave.CapacityPrice(place.code, 0.0, 0.0))
        for kind, limit, price in (
            ("shipments", place.capacity_shipments, one.shipment_price),
            ("units", place.capacity_units, one.unit_price),
        ):
            if limit is not None:
                same = {"facility": place.code, "sku": None}
                yield same | {"kind": kind, "quantity": limit, "price": price}


def stock_of(problem: wave.Problem) -> list[Row]:
    """Return the stock of the orders' SKUs, a row for each SKU."""
    by_sku: dict[str, dict[str, int]] = defaultdict(dict)
    for stock in problem.stock:
        by_sku[stock.sku][stock.facility] = stock.quantity
    return [{"sku": sku, "units": units} for sku, units in sorted(by_sku.items())]


def forget_before(moment: datetime, most: int) -> int:
    """Delete stock and prices of plans made before `moment`; return how many plans it were.

    The plan and its lines stay. Without its stock it explains nothing: `as_of` goes from its
    summary, which is how `decisions` knows.
    """
    oldest = select(PlanStock.plan_id).order_by(PlanStock.plan_id).limit(1)
    for count in range(most):
        plan = db.session.get(Plan, db.session.scalar(oldest) or NOBODY)
        if plan is None or plan.created_at >= moment:
            return count
        for table in (PlanStock, PlanPrice):
            rewrite(table, plan.id, ())
        plan.summary = {name: told for name, told in plan.summary.items() if name != "as_of"}
        db.session.flush()
    return most
