"""How an allocation wave is planned: read, solved, recorded, put into effect."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import select

from fulfillment.optimization import allocation as wave
from fulfillment.orders.waves import Share
from fulfillment.planning.kinds import Kind, Piece, Solved, Stop, Tell
from fulfillment.planning.models import PlanLine
from fulfillment.planning.waves import allocation, chains, moves, records, summaries
from fulfillment.planning.waves.allocation import Stated
from fulfillment.platform.db import db
from fulfillment.sourcing.prices import shadow_prices

ORDERS_AT_ONCE = 50


def limit(stated: Stated) -> float:
    return stated.problem.options.seconds


def solve(stated: Stated, stop: Stop, tell: Tell) -> Solved:
    """Solve the wave, and say what it comes to."""
    problem = stated.problem
    solution = moves.settle(problem, found := allocation.solve(problem, stop, tell))
    moved = moves.moves_of(problem, solution)
    # By rules before weights, prices are no money.
    priced = [] if stated.strategy.stages else records.prices_of(problem, solution)

    def record(plan_id: UUID) -> None:
        records.write(plan_id, problem, solution, moved)
        shadow_prices.publish(plan_id, stated.as_of, priced)

    summary = summaries.summary_of(stated, solution, moved)
    return Solved(summary, fingerprint(problem), record, found.seconds)


def fingerprint(problem: wave.Problem) -> str:
    """Return a hash of the inputs: the same inputs give the same plan."""
    text = json.dumps(asdict(problem), sort_keys=True, default=sorted)
    return hashlib.sha256(text.encode()).hexdigest()


def pieces(plan_id: UUID) -> list[list[chains.Line]]:
    """Return what is proposed, in pieces of whole orders."""
    proposed = (PlanLine.plan_id == plan_id, PlanLine.outcome == "proposed")
    rows = db.session.scalars(select(PlanLine).where(*proposed).order_by(PlanLine.number))
    lines = [
        (r.number, Share(r.order_id, r.facility, r.sku, r.quantity, r.held_at))
        for r in rows
        if r.order_id and r.facility
    ]
    return chains.pieces(lines, ORDERS_AT_ONCE)


def publish(plan_id: UUID, lines: Piece) -> Mapping[int, str]:
    """Allocate and move these orders; a line fares as its order does."""
    became = allocation.publish(plan_id, [share for _, share in lines])
    return {number: became[share.order_id] for number, share in lines}


KIND = Kind(allocation.prepare, allocation.build_problem, limit, solve, pieces, publish)
