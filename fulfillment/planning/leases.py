"""Who runs a plan: it is claimed, kept by heartbeats, and taken back from a worker that died."""

import time
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from fulfillment.planning.models import Plan, PlanLine
from fulfillment.platform import clock
from fulfillment.platform.db import db, retried, retrying, transaction

# A worker that has not been heard of for so long is dead, and its plan is taken up again.
LEASE = timedelta(minutes=5)
HEARTBEAT_SECONDS = 1.0


@retried
def claim(plan_id: UUID, status: str) -> bool:
    """Make a plan the running one of its kind; False if it is not `status` or another runs."""
    moment = clock.now()
    started = func.coalesce(Plan.started_at, moment)
    running = {"status": "running", "started_at": started, "lease_until": moment + LEASE}
    mine = update(Plan).where(Plan.id == plan_id, Plan.status == status).values(running)
    try:
        with transaction() as session:
            result: Any = session.execute(mine)
    except IntegrityError:
        return False
    return bool(result.rowcount)


class Pulse:
    """A running plan's heartbeat: it renews the lease, shows progress, and hears of a cancel.

    The solver may be silent for all the seconds it was given: the lease is that much longer.
    """

    def __init__(self, plan_id: UUID, lease: timedelta) -> None:
        self.plan_id = plan_id
        self.lease = lease
        self.progress = 0.0
        self.next_beat = 0.0
        self.cancelled = False

    def beat(self, progress: float) -> None:
        self.progress = min(max(progress, 0.0), 1.0)
        if time.monotonic() < self.next_beat:
            return
        self.next_beat = time.monotonic() + HEARTBEAT_SECONDS
        self.cancelled = not retrying(self.renew)

    def renew(self) -> bool:
        with transaction():
            return renew(self.plan_id, self.lease, progress=self.progress)

    def is_cancelled(self) -> bool:
        self.beat(self.progress)
        return self.cancelled


def renew(plan_id: UUID, lease: timedelta, **shown: Any) -> bool:
    """Keep a plan ours for so long; False when it is not running any more."""
    mine = (Plan.id == plan_id, Plan.status == "running")
    values = shown | {"lease_until": clock.now() + lease}
    result: Any = db.session.execute(update(Plan).where(*mine).values(values))
    return bool(result.rowcount)


@retried
def finish(plan_id: UUID, status: str, **values: Any) -> None:
    """End a running plan, unless it was cancelled meanwhile."""
    running = (Plan.id == plan_id, Plan.status == "running")
    ended = values | {"status": status, "finished_at": clock.now(), "progress": 1.0}
    with transaction() as session:
        session.execute(update(Plan).where(*running).values(ended))


@retried
def take_back_abandoned() -> None:
    """Queue again what a dead worker left; what it had solved already is ready."""
    moment = clock.now()
    dead = (Plan.status == "running", Plan.lease_until < moment)
    solved = select(PlanLine.plan_id).where(PlanLine.plan_id == Plan.id).exists()
    with transaction() as session:
        session.execute(update(Plan).where(*dead, solved).values(status="ready"))
        session.execute(update(Plan).where(*dead, ~solved).values(status="queued"))
