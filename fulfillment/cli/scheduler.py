"""`fulfillment scheduler`: the process that follows the timetable."""

import click

from fulfillment import scheduler
from fulfillment.cli.edge import plain_errors, the_app


@click.command("scheduler")
def command() -> None:
    """Run the timetable until stopped.

    A second scheduler does no work twice: whoever enters a moment of the timetable into the
    database first runs it.
    """
    with plain_errors():
        scheduler.run(the_app())
