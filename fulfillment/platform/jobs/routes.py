"""The timetable over HTTP: when each job runs, when it ran, and to run one now."""

from typing import Any

from fulfillment.platform.context import Role
from fulfillment.platform.http import Room, location, tag
from fulfillment.platform.jobs import schedules, schemas

routes = Room("timetable", __name__, "When jobs run, and how their runs ended")

PLANNER = frozenset({Role.PLANNER})
READERS = frozenset({Role.PLANNER, Role.VIEWER})


@routes.lists("/schedules", to=READERS, item=schemas.ScheduleItem)
def list_schedules(query: dict[str, Any]) -> Any:
    """List the jobs by name: their hours, next run and latest run."""
    return schedules.list_page(**query)


@routes.reads("/schedules/<job>", to=READERS, returns=schemas.ScheduleOut, live=True)
def get_schedule(job: str) -> Any:
    """Read when a job runs, and how its latest runs ended."""
    schedule = schedules.get(job)
    return schedules.described(schedule), tag(schedule)


@routes.writes(
    "PUT",
    "/schedules/<job>",
    to=PLANNER,
    body=schemas.ScheduleIn,
    returns=schemas.ScheduleOut,
    current=schedules.get_locked,
)
def put_schedule(values: dict[str, Any], job: str) -> Any:
    """Set when a job runs; schedulers follow within seconds."""
    schedule = schedules.put(job, values)
    return schedules.described(schedule), tag(schedule)


@routes.writes("POST", "/schedules/<job>/run", to=PLANNER, returns=schemas.RunOut, status=202)
def run_schedule(job: str) -> Any:
    """Ask for a run now, whatever the hours; one that waits already is the answer."""
    return schedules.ask(job), location("schedules", job)


@routes.lists("/schedules/<job>/runs", to=READERS, query=schemas.RunQuery, item=schemas.RunOut)
def list_schedule_runs(query: dict[str, Any], job: str) -> Any:
    """List the runs of a job, oldest first."""
    return schedules.run_page(job, **query)
