"""What a wave moves, what its limits are worth, and the stock that it chose from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OUTCOMES = "outcome IN ('proposed', 'applied', 'lost', 'unfilled')"
OUTCOMES_OF_MOVES = "outcome IN ('proposed', 'applied', 'lost', 'overtaken', 'unfilled')"
PLANNED = sa.text("status = 'planned'")


def upgrade() -> None:
    with op.batch_alter_table("plan_lines") as batch:
        batch.add_column(sa.Column("held_at", sa.String(length=32), nullable=True))
        batch.drop_constraint(op.f("ck_plan_lines_outcome"), type_="check")
        batch.create_check_constraint(op.f("ck_plan_lines_outcome"), OUTCOMES_OF_MOVES)
        batch.create_index("ix_plan_lines_order_id", ["order_id"])
    op.create_index(
        "ix_shipments_planned_order_id",
        "shipments",
        ["order_id"],
        sqlite_where=PLANNED,
        postgresql_where=PLANNED,
    )
    create_prices()
    create_stock()


def create_prices() -> None:
    op.create_table(
        "plan_prices",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("facility", sa.String(length=32), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.Double(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('stock', 'shipments', 'units')", name=op.f("ck_plan_prices_kind")
        ),
        sa.CheckConstraint("(sku IS NULL) = (kind <> 'stock')", name=op.f("ck_plan_prices_sku")),
        sa.CheckConstraint("price >= 0", name=op.f("ck_plan_prices_price")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_prices_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "number", name=op.f("pk_plan_prices")),
    )


def create_stock() -> None:
    op.create_table(
        "plan_stock",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column(
            "units", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_stock_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "sku", name=op.f("pk_plan_stock")),
    )


def downgrade() -> None:
    op.drop_table("plan_stock")
    op.drop_table("plan_prices")
    op.drop_index("ix_shipments_planned_order_id", table_name="shipments")
    op.execute("UPDATE plan_lines SET outcome = 'lost' WHERE outcome = 'overtaken'")
    with op.batch_alter_table("plan_lines") as batch:
        batch.drop_index("ix_plan_lines_order_id")
        batch.drop_constraint(op.f("ck_plan_lines_outcome"), type_="check")
        batch.create_check_constraint(op.f("ck_plan_lines_outcome"), OUTCOMES)
        batch.drop_column("held_at")
