"""The one place that asks what time it is, so that a test can say so instead."""

from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

# How far the clock of this context runs ahead: the demo lets days pass.
ahead: ContextVar[timedelta] = ContextVar("ahead", default=timedelta())


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC) + ahead.get()
