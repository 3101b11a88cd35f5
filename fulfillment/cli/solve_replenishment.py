"""`fulfillment solve replenishment`: what to order today, by the policies of a file."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from fulfillment.cli import solving
from fulfillment.optimization import replenishment as replenishing
from fulfillment.optimization.replenishment import files


@click.command()
@solving.problem_file
@solving.seconds_option
@solving.gap_option
@solving.seed_option
@solving.output_option
def replenishment(file: Path | None, output: Path, **given: Any) -> None:
    """Order what the policies of a problem file ask for, as far as its limits allow.

    FILE is JSON, perhaps compressed by gzip; an option given here goes before the file's. Prints
    the plan as JSON: orders by supplier and facility, transfers, what is short and why, and what
    one more unit of each limit is worth. Ctrl-C hands over the best plan so far.
    """
    solving.check_folder(output)
    began = time.monotonic()
    problem = solving.read(file, files.read)
    options = {name: value for name, value in given.items() if value is not None}
    problem = replace(problem, options=replace(problem.options, **options))
    reading = time.monotonic() - began
    with solving.interrupts() as stopped, solving.progress("Replenishing") as tell:
        solution = solving.in_thread(lambda: replenishing.solve(problem, stopped, tell))
    if stopped():
        click.echo("stopped: this is the best plan so far", err=True)
    click.echo(in_words(solution), err=True)
    solving.write(files.solution_document(solution, reading), output)


def in_words(solution: replenishing.Solution) -> str:
    """The cost of the plan and what it does, in a line."""
    spent = sum(order.cost for order in solution.orders)
    return (
        f"{solution.status}: cost {solution.objective:,.2f}, within {solution.gap:.3%} of the"
        f" lowest possible (greedy: {solution.greedy:,.2f}; nothing: {solution.do_nothing:,.2f});"
        f" {len(solution.orders):,} orders for {spent:,.2f}, {len(solution.transfers):,} transfers,"
        f" {len(solution.shorts):,} short"
    )
