"""The life of a plan: queued, running, ready, applied; a job that opens its own transactions."""

import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import and_, func, or_, select, update

from fulfillment.planning import leases
from fulfillment.planning.kinds import Kind, Piece, Solved
from fulfillment.planning.models import Plan, PlanLine
from fulfillment.platform import clock, context, rows
from fulfillment.platform.db import db, retried, transaction
from fulfillment.platform.errors import Conflict, WrongStatus
from fulfillment.platform.problems import document

# A new kind of plan is a room with a module `kind`, and a line here. It is imported with its first
# plan: web processes have none to solve.
KINDS = {"allocation": "waves", "rebalancing": "rebalancing", "replenishment": "replenishment"}
WAITING_SECONDS = 0.2
CANCELLABLE = ("queued", "running", "ready")

log = structlog.get_logger()


def request(kind: str, parameters: Mapping[str, Any], apply: bool) -> Plan:
    """Queue a plan for a worker."""
    plan = Plan(
        kind=kind,
        parameters=dict(parameters),
        apply=apply,
        actor=context.actor.get().name,
        created_at=clock.now(),
    )
    db.session.add(plan)
    db.session.flush()
    return plan


def kind_of(plan: Plan) -> Kind:
    kind: Kind = import_module(f"fulfillment.planning.{KINDS[plan.kind]}.kind").KIND
    return kind


def get(plan_id: UUID) -> Plan:
    """Return a plan."""
    return rows.get(Plan, plan_id, "plan")


def cancel(plan_id: UUID) -> Plan:
    """Cancel a plan that is not applied; one that is being solved or applied stops soon."""
    plan = rows.get(Plan, plan_id, "plan", locked=True)
    if plan.status not in CANCELLABLE:
        raise WrongStatus("plan", plan.status, CANCELLABLE)
    plan.status = "cancelled"
    plan.finished_at = plan.finished_at or clock.now()
    db.session.flush()
    return plan


def execute_next() -> bool:
    """Take up the oldest plan to solve or apply, of a kind that nobody is at; True if we did."""
    leases.take_back_abandoned()
    waiting = or_(Plan.status == "queued", and_(Plan.status == "ready", Plan.apply))
    busy = select(Plan.kind).where(Plan.status == "running")
    chosen = select(Plan.id).where(waiting, Plan.kind.not_in(busy))
    db.session.rollback()
    plan_id = db.session.scalar(chosen.order_by(Plan.id).limit(1))
    return plan_id is not None and execute(plan_id)


def execute(plan_id: UUID) -> bool:
    """Solve one queued plan, and apply it if that was asked; False if it cannot be taken up."""
    taken_up = attempt(plan_id, "queued", solve)
    if get(plan_id).apply:
        taken_up |= attempt(plan_id, "ready", apply_claimed)
    return taken_up


def execute_or_wait(plan_id: UUID) -> Plan:
    """Solve a queued plan here, or wait for the worker that took it, or for its turn."""
    while not execute(plan_id) and is_underway(get(plan_id)):
        time.sleep(WAITING_SECONDS)
        leases.take_back_abandoned()
    return get(plan_id)


def is_underway(plan: Plan) -> bool:
    return plan.status in ("queued", "running") or (plan.status == "ready" and plan.apply)


def attempt(plan_id: UUID, status: str, work: Callable[[UUID], None]) -> bool:
    """Do the next step of a plan, if it is due and ours; an error ends the plan, not us."""
    if not leases.claim(plan_id, status):
        return False
    try:
        work(plan_id)
    except Exception:
        log.exception("plan failed", plan_id=str(plan_id))
        problem = document("internal-error", 500, "The planner failed; see the log.")
        leases.finish(plan_id, "failed", problem=problem)
    return True


def solve(plan_id: UUID) -> None:
    """Read, solve outside any transaction, and record what came out."""
    plan = get(plan_id)
    kind, parameters = kind_of(plan), plan.parameters
    started = time.perf_counter()
    prepare(kind)
    stated = kind.read(parameters)
    db.session.rollback()  # the solver holds no snapshot
    read = time.perf_counter()
    pulse = leases.Pulse(plan_id, leases.LEASE + timedelta(seconds=kind.limit(stated)))
    solved = kind.solve(stated, pulse.is_cancelled, pulse.beat)
    seconds = {"read": read - started, "solve": time.perf_counter() - read, **solved.seconds}
    told = {phase: round(spent, 3) for phase, spent in seconds.items()}
    record(plan_id, solved, {**solved.summary, "seconds": told})
    leases.finish(plan_id, "ready")


@retried
def prepare(kind: Kind) -> None:
    with transaction():
        kind.prepare()


@retried
def record(plan_id: UUID, solved: Solved, summary: Mapping[str, Any]) -> None:
    found = {"summary": dict(summary), "inputs_hash": solved.inputs_hash}
    with transaction():
        if leases.renew(plan_id, leases.LEASE, **found):
            solved.record(plan_id)


def apply(plan_id: UUID) -> Plan:
    """Apply a ready plan through the gate, some orders at a time; what lost its stock is told.

    Applying it again changes nothing: a client that lost the answer asks once more.

    Raises:
        Conflict: the plan is not ready, or another of its kind is running.
    """
    if get(plan_id).status != "applied" and not attempt(plan_id, "ready", apply_claimed):
        raise refusal_to_apply(get(plan_id))
    return get(plan_id)


def refusal_to_apply(plan: Plan) -> Conflict:
    if plan.status == "ready":
        return Conflict("conflict", "Another plan of its kind is running; apply this one later.")
    return WrongStatus("plan", plan.status, ["ready"])


def apply_claimed(plan_id: UUID) -> None:
    started = time.perf_counter()
    kind = kind_of(get(plan_id))
    for lines in kind.pieces(plan_id):
        apply_lines(plan_id, kind, lines)
    note_applied(plan_id, time.perf_counter() - started)


@retried
def apply_lines(plan_id: UUID, kind: Kind, lines: Piece) -> None:
    with transaction() as session:
        if not leases.renew(plan_id, leases.LEASE):
            return  # cancelled: what is not applied yet stays proposed
        became = kind.publish(plan_id, lines)
        for outcome in sorted(set(became.values())):
            numbers = [number for number, reached in became.items() if reached == outcome]
            chosen = (PlanLine.plan_id == plan_id, PlanLine.number.in_(numbers))
            session.execute(update(PlanLine).where(*chosen).values(outcome=outcome))


def note_applied(plan_id: UUID, seconds: float) -> None:
    totals = select(PlanLine.outcome, func.count(), func.sum(PlanLine.quantity))
    chosen = db.session.execute(
        totals.where(PlanLine.plan_id == plan_id).group_by(PlanLine.outcome)
    )
    applied = {outcome: {"lines": n, "units": int(units)} for outcome, n, units in chosen}
    summary = get(plan_id).summary
    summary = summary | {"outcome": applied}
    summary["seconds"] = summary["seconds"] | {"apply": round(seconds, 3)}
    leases.finish(plan_id, "applied", summary=summary, applied_at=clock.now())
