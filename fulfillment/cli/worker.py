"""`fulfillment worker`: the process that does what waits."""

import click

from fulfillment import worker
from fulfillment.cli.edge import the_app
from fulfillment.cli.refusals import plain_errors


@click.command("worker")
def command() -> None:
    """Act on news and solve queued plans until stopped; several may run, on any machine."""
    with plain_errors():
        worker.run(the_app())
