"""A database that is ready for this code: its tables, and the timetable's rows."""

from fulfillment import scheduler
from fulfillment.platform import migrations, revisions


def bring_up(revision: str = "head") -> None:
    """Bring the schema up to a revision; at the newest one, new jobs get their first hours."""
    migrations.upgrade(revision)
    if revisions.present() == revisions.newest():
        scheduler.seed()
