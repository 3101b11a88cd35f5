"""`fulfillment strategies`: put, list and activate shipping strategies."""

import json
import tomllib
from typing import Any, BinaryIO

import click
from rich.table import Table

from fulfillment.cli import tables
from fulfillment.cli.edge import in_app
from fulfillment.platform.bodies import parse_json
from fulfillment.platform.db import transaction
from fulfillment.sourcing import strategies
from fulfillment.sourcing.strategies import queries as strategy_queries
from fulfillment.sourcing.strategies.documents import strategy_of
from fulfillment.sourcing.strategies.strategy import Strategy

MOST_LISTED = 10_000


@click.group("strategies")
def command() -> None:
    """Put, list and activate shipping strategies.

    \b
    A strategy is a TOML or JSON document; what it leaves out has its default:
      late = "penalty"
      stages = ["shipments", "cost"]
      [weights]
      split = 2.5
    """


@command.command()
@click.argument("name")
@click.argument("file", type=click.File("rb", lazy=True))
@in_app
def put(name: str, file: BinaryIO) -> None:
    """Write the strategy in FILE, or on standard input when FILE is '-', under NAME.

    Prints its version: a new one, unless the latest one says the same.
    """
    strategy = strategy_of(read(file))
    with transaction():
        written, created = strategies.put(name, strategy)
    tell(written)
    click.echo("A new version." if created else "The latest version says the same.", err=True)


def read(file: BinaryIO) -> Any:
    """Return the document of a file: JSON is an object in braces, all else is TOML."""
    raw = file.read()
    if file.name.endswith(".json") or raw.lstrip().startswith(b"{"):
        document = parse_json(raw)
    else:
        document = read_toml(raw)
    if not isinstance(document, dict):
        raise click.ClickException("a strategy is an object")
    return document


def read_toml(raw: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(raw.decode("utf-8"))
    except ValueError as error:
        raise click.ClickException(f"the strategy is not valid TOML: {error}") from error


@command.command()
@click.argument("name")
@click.option("--version", type=click.IntRange(0), help="Default: the latest.")
@in_app
def activate(name: str, version: int | None) -> None:
    """Put a version of the strategy NAME in force; an earlier one rolls back."""
    with transaction():
        strategy = strategies.activate(name, version)
    tell(strategy)


def tell(strategy: Strategy) -> None:
    click.echo(json.dumps(strategy.label))


@command.command("list")
@in_app
def list_strategies() -> None:
    """List the strategies by name, with the latest version and the one in force."""
    table = Table("name", "latest", "in force", "by", "written")
    for row in strategy_queries.list_page(MOST_LISTED, None).items:
        active = "" if row["active_version"] is None else str(row["active_version"])
        written = row["created_at"].strftime("%Y-%m-%d %H:%M") if row["created_at"] else ""
        table.add_row(row["name"], str(row["version"]), active, row["actor"] or "", written)
    tables.show(table)
