"""`fulfillment worker`: the process that does what waits."""

import click

from fulfillment import worker
from fulfillment.cli.edge import the_app
from fulfillment.cli.figures import metrics_port, scraped_at
from fulfillment.cli.refusals import plain_errors


@click.command("worker")
@metrics_port
def command(metrics_port: int | None) -> None:
    """Act on news and solve queued plans until stopped; several may run, on any machine."""
    with plain_errors():
        app = the_app()
        scraped_at(metrics_port)
        worker.run(app)
