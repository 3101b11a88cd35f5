"""`fulfillment db`: the schema up to date, or back."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from alembic.util import CommandError

from fulfillment.cli.edge import in_app
from fulfillment.cli.schema import bring_up
from fulfillment.platform import migrations, revisions


@contextmanager
def plain_errors() -> Iterator[None]:
    """Say in one line what alembic refuses."""
    try:
        yield
    except CommandError as error:
        raise click.ClickException(str(error)) from error


@click.group("db")
def command() -> None:
    """Bring the database schema up to date, or back.

    The database is the one that FULFILLMENT_DATABASE_URL names, else a SQLite file in the instance
    folder. Every step is one transaction: it happens whole or not at all.
    """


@command.command()
@click.argument("revision", default="head")
@in_app
def upgrade(revision: str) -> None:
    """Bring the schema up to REVISION (default: the newest); new jobs get their first hours."""
    with plain_errors():
        bring_up(revision)
    click.echo(f"The database is at {revisions.present()}.", err=True)


@command.command(context_settings={"ignore_unknown_options": True})  # -1 is a revision
@click.argument("revision")
@in_app
def downgrade(revision: str) -> None:
    """Bring the schema down to REVISION: -1 is one step, base is an empty database."""
    with plain_errors():
        migrations.downgrade(revision)
    click.echo(f"The database is at {revisions.present() or 'base'}.", err=True)


@command.command()
@click.argument("message")
@click.option("--id", "revision_id", help="Name of the revision, for example 0002.")
@in_app
def revision(message: str, revision_id: str | None) -> None:
    """Write a new revision from what the models have and the database has not (for developers)."""
    with plain_errors():
        migrations.generate(message, revision_id)
