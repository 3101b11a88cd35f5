"""The schema's history in `migrations/`, applied by the code itself as well as by `flask db`."""

from typing import Any, Literal

from alembic import command
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from flask import Flask, current_app
from flask_migrate import Migrate
from sqlalchemy import JSON

import fulfillment.platform.jobs  # noqa: F401 (its table, which only the scheduler uses)
from fulfillment.platform.columns import Money, UtcDateTime
from fulfillment.platform.db import db
from fulfillment.platform.revisions import DIRECTORY

# Without the second one, a new CHECK constraint would be left out in silence.
PLUGINS = ["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname"]

# A revision stays as it was written, so it names what a column is and not our class for it.
FROZEN: dict[type, str] = {
    UtcDateTime: "sa.DateTime(timezone=True)",
    Money: 'sa.Numeric(18, 4).with_variant(sa.BigInteger(), "sqlite")',
    JSON: 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")',
}

migrate = Migrate()


def init_app(app: Flask) -> None:
    """Let the migrations of this application find its database and its tables."""
    migrate.init_app(
        app,
        db,
        directory=str(DIRECTORY),
        render_as_batch=True,
        render_item=render_item,
        autogenerate_plugins=PLUGINS,
    )


def render_item(kind: str, item: Any, context: AutogenContext) -> str | Literal[False]:
    if kind != "type" or type(item) not in FROZEN:
        return False
    if type(item) is JSON:
        context.imports.add("from sqlalchemy.dialects import postgresql")
    return FROZEN[type(item)]


def upgrade(revision: str = "head") -> None:
    """Bring the schema up to `revision`."""
    command.upgrade(configuration(), revision)


def downgrade(revision: str) -> None:
    """Bring the schema down to `revision`; `base` is an empty database."""
    command.downgrade(configuration(), revision)


def generate(message: str, revision_id: str | None = None) -> None:
    """Write a new revision from what the models have and the database has not."""
    command.revision(configuration(), message, autogenerate=True, rev_id=revision_id)


def configuration() -> Config:
    if "migrate" not in current_app.extensions:
        init_app(current_app)
    found: Config = current_app.extensions["migrate"].migrate.get_config()
    return found
