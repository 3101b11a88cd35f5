"""`fulfillment keys`: who may call the HTTP API."""

from datetime import datetime, timedelta

import click
from rich.table import Table

from fulfillment.cli import tables
from fulfillment.cli.edge import in_app
from fulfillment.network import carriers
from fulfillment.network import facilities as sites
from fulfillment.platform import clock, keys
from fulfillment.platform.context import Role
from fulfillment.platform.db import transaction
from fulfillment.platform.errors import NotFound

DAY_FORMAT = "%Y-%m-%d %H:%M"


@click.group("keys")
def command() -> None:
    """Make, list and revoke API keys.

    A client sends its key as 'Authorization: Bearer KEY'. Keys are stored as hashes: what create
    prints cannot be printed again.
    """


@command.command()
@click.option("--role", required=True, type=click.Choice([str(r) for r in Role]))
@click.option(
    "--facility",
    "facilities",
    multiple=True,
    help="Bind a warehouse key to it; repeatable. Default: any.",
)
@click.option("--carrier", help="Bind a carrier key to this carrier (default: any).")
@click.option("--name", default="", help="What people call it.")
@click.option("--expires-days", type=click.IntRange(1, 36500), help="End after so many days.")
@in_app
def create(
    role: str, facilities: tuple[str, ...], carrier: str | None, name: str, expires_days: int | None
) -> None:
    """Make a key and print it, alone, on standard output."""
    check_binding(Role(role), facilities, carrier)
    end = clock.now() + timedelta(days=expires_days) if expires_days else None
    with transaction():
        secret = keys.create(Role(role), name, facilities, carrier, end)
    click.echo(secret)


def check_binding(role: Role, facilities: tuple[str, ...], carrier: str | None) -> None:
    """Refuse what a role cannot be bound to, and what there is not."""
    if facilities and role is not Role.WAREHOUSE:
        raise click.UsageError(f"--facility binds warehouse keys, not {role} keys")
    if carrier and role is not Role.CARRIER:
        raise click.UsageError(f"--carrier binds carrier keys, not {role} keys")
    if unknown := sites.unknown(facilities):
        raise NotFound("facility", ", ".join(unknown))
    if carrier:
        carriers.get(carrier)


@command.command("list")
@in_app
def list_keys() -> None:
    """List the keys by their first characters, oldest first."""
    table = Table("key", "role", "name", "bound to", "made", "ends", "revoked")
    for key in keys.list_all():
        bound = ", ".join([*key.facilities, *([key.carrier] if key.carrier else [])])
        days = (shown(key.created_at), shown(key.expires_at), shown(key.revoked_at))
        table.add_row(key.prefix, key.role, key.name, bound, *days)
    tables.show(table)


@command.command()
@click.argument("prefix")
@in_app
def revoke(prefix: str) -> None:
    """End the key that begins with PREFIX, as `keys list` shows it."""
    with transaction():
        keys.revoke(prefix)
    click.echo(f"{prefix} is revoked.", err=True)


def shown(moment: datetime | None) -> str:
    return moment.strftime(DAY_FORMAT) if moment else ""
