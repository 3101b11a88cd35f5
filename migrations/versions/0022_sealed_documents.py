"""Plans of holds and decisions of orders as plain JSON: PostgreSQL has nothing to look up in them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

SEALED = {"holds": "plan", "orders": "decision"}


def upgrade() -> None:
    change(postgresql.JSONB(), sa.JSON())


def downgrade() -> None:
    change(sa.JSON(), postgresql.JSONB())


def change(before, after) -> None:
    # To SQLite they are the same text.
    if op.get_bind().dialect.name != "postgresql":
        return
    kind = after.compile(op.get_bind().dialect)
    for table, column in SEALED.items():
        using = f"{column}::{kind}"
        op.alter_column(table, column, existing_type=before, type_=after, postgresql_using=using)
