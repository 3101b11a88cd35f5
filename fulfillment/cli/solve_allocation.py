"""`fulfillment solve allocation`: the orders of a file, allocated jointly."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from fulfillment.cli import solving
from fulfillment.optimization import allocation as allocating
from fulfillment.optimization.allocation import files


@click.command()
@solving.problem_file
@solving.seconds_option
@solving.gap_option
@solving.seed_option
@solving.output_option
def allocation(file: Path | None, output: Path, **given: Any) -> None:
    """Allocate all orders of a problem file jointly.

    FILE is JSON, perhaps compressed by gzip; an option given here goes before the file's. Prints
    the plan as JSON: its cost, a lower bound on what any plan costs, what each facility ships
    and the prices of what is scarce. Ctrl-C hands over the best plan so far.
    """
    solving.check_folder(output)
    began = time.monotonic()
    problem = solving.read(file, files.read)
    options = {name: value for name, value in given.items() if value is not None}
    problem = replace(problem, options=replace(problem.options, **options))
    reading = time.monotonic() - began
    with solving.interrupts() as stopped, solving.progress("Allocating") as tell:
        solution = solving.in_thread(lambda: allocating.solve(problem, stopped, tell))
    if stopped():
        click.echo("stopped: this is the best plan so far", err=True)
    click.echo(in_words(solution), err=True)
    solving.write(files.solution_document(solution, reading), output)


def in_words(solution: allocating.Solution) -> str:
    return (
        f"{solution.status}: cost {solution.objective:,.2f}, within {solution.gap:.3%} of the"
        f" lowest possible (greedy: {solution.greedy.objective:,.2f});"
        f" {solution.shipments:,} shipments, {len(solution.unfilled):,} lines unfilled"
    )
