"""`fulfillment solve policy`: the stock policies of a file, by the formula that each case names."""

import json
from pathlib import Path

import click

from fulfillment.cli import solving
from fulfillment.optimization.policies import cases


@click.command()
@solving.problem_file
@solving.output_option
def policy(file: Path | None, output: Path) -> None:
    """Work out the stock policies of a file of cases.

    FILE is a JSON array, perhaps compressed by gzip; each case has a `function` and its `inputs`.
    Prints the cases as JSON, in their order, with `outputs`. Where a case has `expected` outputs,
    `agrees` tells whether they are the same to six significant digits.
    """
    solving.check_folder(output)
    answers = solving.read(file, cases.read)
    click.echo(in_words(answers), err=True)
    write(answers, output)


def write(answers: tuple[cases.Answer, ...], output: Path) -> None:
    """Write one line for each case; a file is replaced once all is written."""
    lines = map(json.dumps, cases.answer_document(answers))
    is_plain = output.is_file() or not output.exists()
    with click.open_file(str(output), "w", encoding="utf-8", atomic=is_plain) as file:
        file.write("[" + ",\n ".join(lines) + "]\n")


def in_words(answers: tuple[cases.Answer, ...]) -> str:
    """How many cases there are, and which do not agree with what they expect."""
    told = f"cases: {len(answers)}"
    if expecting := sum(answer.agrees is not None for answer in answers):
        told += f"; as expected: {sum(answer.agrees is True for answer in answers)} of {expecting}"
    wrong = [f"[{i}]" for i, answer in enumerate(answers) if answer.agrees is False]
    return f"{told}; not: {', '.join(wrong)}" if wrong else told
