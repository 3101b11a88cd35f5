"""`fulfillment solve rebalancing`: transfers between the facilities of a file."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from fulfillment.cli import solving
from fulfillment.optimization import rebalancing as rebalancer
from fulfillment.optimization.rebalancing import files


@click.command()
@solving.problem_file
@solving.seconds_option
@solving.gap_option
@solving.seed_option
@click.option("--max-lanes", type=click.IntRange(min=0), help="Most lanes that the plan may use.")
@solving.output_option
def rebalancing(file: Path | None, output: Path, **given: Any) -> None:
    """Plan the transfers between facilities that save more lost sales than they cost.

    FILE is JSON, perhaps compressed by gzip; an option given here goes before the file's. Prints
    the plan as JSON: its cost, a lower bound on what any plan costs, each transfer with what it
    saves and costs, what doing nothing and a greedy rule would cost, and the prices of lanes and
    docks. Ctrl-C hands over the best plan so far.
    """
    solving.check_folder(output)
    began = time.monotonic()
    problem = solving.read(file, files.read)
    options = {name: value for name, value in given.items() if value is not None}
    problem = replace(problem, options=replace(problem.options, **options))
    reading = time.monotonic() - began
    with solving.interrupts() as stopped, solving.progress("Rebalancing") as tell:
        solution = solving.in_thread(lambda: rebalancer.solve(problem, stopped, tell))
    if stopped():
        click.echo("stopped: this is the best plan so far", err=True)
    click.echo(in_words(solution), err=True)
    solving.write(files.solution_document(solution, reading), output)


def in_words(solution: rebalancer.Solution) -> str:
    lanes = {(transfer.origin, transfer.destination) for transfer in solution.transfers}
    return (
        f"{solution.status}: cost {solution.objective:,.2f}, within {solution.gap:.3%} of the"
        f" lowest possible (greedy: {solution.greedy:,.2f}, nothing: {solution.do_nothing:,.2f});"
        f" {len(solution.transfers):,} transfers on {len(lanes):,} lanes"
    )
