"""Shipping strategies in versions, and the record of which one was put in force when."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPEND_ONLY = ("strategies", "strategy_activations")

SQLITE = """
CREATE TRIGGER {table}_no_{event} BEFORE {event} ON {table}
BEGIN
    SELECT RAISE(ABORT, '{table} are append-only');
END
"""
POSTGRESQL_FUNCTION = """
CREATE FUNCTION refuse_rewriting_strategies() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% are append-only', TG_TABLE_NAME; END $$
"""
POSTGRESQL = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_strategies()
"""


def upgrade() -> None:
    create_tables()
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for event in ("update", "delete"):
                op.execute(SQLITE.format(table=table, event=event))
    else:
        op.execute(POSTGRESQL_FUNCTION)
        for table in APPEND_ONLY:
            op.execute(POSTGRESQL.format(table=table))


def create_tables() -> None:
    op.create_table(
        "strategies",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "document", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_strategies_version")),
        sa.PrimaryKeyConstraint("name", "version", name=op.f("pk_strategies")),
    )
    op.create_table(
        "strategy_activations",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 0", name=op.f("ck_strategy_activations_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strategy_activations")),
    )


def downgrade() -> None:
    # A table takes its triggers along.
    for table in reversed(APPEND_ONLY):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_rewriting_strategies()")
