"""`fulfillment schedules`: when jobs run, a run now, and how runs ended."""

from datetime import datetime
from typing import Any

import click
from marshmallow import ValidationError
from rich.table import Table

from fulfillment import scheduler
from fulfillment.cli import tables
from fulfillment.cli.edge import in_app
from fulfillment.platform.bodies import flattened
from fulfillment.platform.db import transaction
from fulfillment.platform.errors import Invalid
from fulfillment.platform.jobs import JobRun, Schedule, schedules
from fulfillment.platform.jobs.schemas import ScheduleIn

MOST_LISTED = 500
SET = ("cron", "timezone", "enabled", "jitter_seconds")


@click.group("schedules")
def command() -> None:
    """Say when jobs run, run one now, list runs.

    \b
    A cron expression has five fields: minute, hour, day of month, month, weekday:
      fulfillment schedules set audit --cron "30 2 * * 1-5" --timezone Europe/Berlin
    """


@command.command("list")
@in_app
def list_schedules() -> None:
    """List the jobs by name, with their hours, next run and latest run (UTC)."""
    scheduler.seed()
    table = Table("name", "cron", "timezone", "on", "jitter", "next run", "last run", "outcome")
    for row in schedules.list_page(MOST_LISTED, None).items:
        last: JobRun | None = row["last_run"]
        jitter = f"{row['jitter_seconds']} s" if row["jitter_seconds"] else ""
        ran = (moment(last.scheduled_for), last.status) if last else ("", "")
        on = "yes" if row["enabled"] else "no"
        hours = (row["name"], row["cron"], row["timezone"], on, jitter)
        table.add_row(*hours, moment(row["next_run"]), *ran)
    tables.show(table)


@command.command("set")
@click.argument("name")
@click.option("--cron", help="Five fields, as in crontab(5).")
@click.option("--timezone", help="IANA name, such as Europe/Berlin.")
@click.option("--enable/--disable", "enabled", default=None, help="Switch it on or off.")
@click.option(
    "--jitter", "jitter_seconds", type=int, help="Start at most so many seconds later, by chance."
)
@in_app
def set_schedule(name: str, **given: Any) -> None:
    """Change when the job NAME runs; what is not given stays.

    Schedulers that run follow within seconds. Prints when it runs next.
    """
    scheduler.seed()
    with transaction():
        schedule = schedules.put(name, wanted(schedules.get_locked(name), given))
    following = schedule.next_run
    click.echo(f"next run {moment(following)} UTC" if following else "no next run: it is off")


def wanted(schedule: Schedule, given: dict[str, Any]) -> dict[str, Any]:
    """Return all values of a schedule, those given in place of the present ones."""
    chosen = {key: value for key, value in given.items() if value is not None}
    try:
        values: dict[str, Any] = ScheduleIn().load(
            {name: chosen.get(name, getattr(schedule, name)) for name in SET}
        )
    except ValidationError as error:
        raise Invalid(flattened(error.messages)) from error
    return values


@command.command("run")
@click.argument("name")
@in_app
def run_schedule(name: str) -> None:
    """Ask for a run of the job NAME now; a scheduler begins it within seconds."""
    scheduler.seed()
    with transaction():
        run = schedules.ask(name)
        told = f"{run.status} at {moment(run.scheduled_for)} UTC"
    click.echo(told)


@command.command("runs")
@click.argument("name")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, MOST_LISTED))
@in_app
def list_runs(name: str, limit: int) -> None:
    """List the latest runs of the job NAME, the last one first (UTC)."""
    scheduler.seed()
    table = Table("for", "asked by", "outcome", "started", "seconds", "detail")
    for run in schedules.latest(name, limit):
        seconds = "" if run.seconds is None else f"{run.seconds:.2f}"
        began = moment(run.started_at)
        row = (moment(run.scheduled_for), run.asked_by, run.status, began, seconds)
        table.add_row(*row, run.detail or "")
    tables.show(table)


def moment(value: datetime | None) -> str:
    return value.strftime("%Y-%m-%d %H:%M:%S") if value else ""
