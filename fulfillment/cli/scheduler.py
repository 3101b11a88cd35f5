"""`fulfillment scheduler`: the process that follows the timetable."""

import click

from fulfillment import scheduler
from fulfillment.cli.edge import the_app
from fulfillment.cli.figures import metrics_port, scraped_at
from fulfillment.cli.refusals import plain_errors


@click.command("scheduler")
@metrics_port
def command(metrics_port: int | None) -> None:
    """Run the timetable until stopped.

    When each job runs is set by 'fulfillment schedules' or PUT /v1/schedules/NAME, and followed
    within seconds. A second scheduler does no work twice: whoever enters a moment of the timetable
    into the database first runs it, and where one dies the others go on.
    """
    with plain_errors():
        app = the_app()
        scraped_at(metrics_port)
        scheduler.run(app)
