"""`fulfillment solve`: a problem in a file, its answer on standard output; no database."""

import click

from fulfillment.cli.solve_allocation import allocation
from fulfillment.cli.solve_policy import policy
from fulfillment.cli.solve_rebalancing import rebalancing
from fulfillment.cli.solve_replenishment import replenishment


@click.group("solve")
def command() -> None:
    """Solve a problem from a file, or from standard input when FILE is '-' or left out.

    Needs no database and no settings. docs/solve.md describes the files.
    """


command.add_command(allocation)
command.add_command(policy)
command.add_command(rebalancing)
command.add_command(replenishment)
