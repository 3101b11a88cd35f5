"""The timetable's rows, and the book of runs, whose keys let each moment run once."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from fulfillment.platform import clock
from fulfillment.platform.columns import UtcDateTime
from fulfillment.platform.db import Base
from fulfillment.platform.jobs.hours import Hours

CLOCK = "clock"
WAITING = text("started_at IS NULL")
RUNNING = text("started_at IS NOT NULL AND finished_at IS NULL")


class Schedule(Base):
    """When a job runs, as planners have set it."""

    __tablename__ = "schedules"
    __table_args__ = (CheckConstraint("jitter_seconds >= 0", name="jitter_seconds"),)

    job: Mapped[str] = mapped_column(String(64), primary_key=True)
    cron: Mapped[str] = mapped_column(String(200))
    timezone: Mapped[str] = mapped_column(String(64))
    enabled: Mapped[bool]
    jitter_seconds: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, onupdate=clock.now)
    updated_by: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it so)

    @property
    def hours(self) -> Hours:
        """When its moments are, counted from when they were set."""
        salt = f"{self.job} {self.updated_at.isoformat()}"
        return Hours(self.cron, self.timezone, self.jitter_seconds, self.updated_at, salt)

    @property
    def next_run(self) -> datetime | None:
        """When it will be woken next, if it will."""
        return self.hours.next_due(clock.now()) if self.enabled else None


class JobRun(Base):
    """A run of a job: waiting since somebody asked for it, running, or with its outcome."""

    __tablename__ = "job_runs"
    __table_args__ = (
        CheckConstraint("outcome IN ('done', 'failed', 'abandoned')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (finished_at IS NULL)", name="finished_at"),
        # Who asks twice before it begins is given one run.
        Index(
            "uq_job_runs_waiting",
            "job",
            unique=True,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
        # A job never runs twice at once, whoever wakes it.
        Index(
            "uq_job_runs_running",
            "job",
            unique=True,
            sqlite_where=RUNNING,
            postgresql_where=RUNNING,
        ),
    )

    job: Mapped[str] = mapped_column(String(64), primary_key=True)
    scheduled_for: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    asked_by: Mapped[str] = mapped_column(String(64), server_default=CLOCK)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(16))
    detail: Mapped[str | None] = mapped_column(Text)

    @property
    def status(self) -> str:
        """What has become of it."""
        return self.outcome or ("running" if self.started_at else "queued")

    @property
    def seconds(self) -> float | None:
        """How long it took."""
        if self.started_at is None or self.finished_at is None:
            return None
        return round((self.finished_at - self.started_at).total_seconds(), 3)
