"""The history of demand, by SKU, facility and day."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "demand_days",
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("facility", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("shipped", sa.BigInteger(), nullable=False),
        sa.Column("censored", sa.Boolean(), nullable=False),
        sa.Column("ran_out", sa.Boolean(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.CheckConstraint("asked >= 0 AND shipped >= 0", name=op.f("ck_demand_days_units")),
        sa.ForeignKeyConstraint(["sku"], ["items.sku"], name=op.f("fk_demand_days_sku")),
        sa.ForeignKeyConstraint(
            ["facility"], ["facilities.code"], name=op.f("fk_demand_days_facility")
        ),
        sa.PrimaryKeyConstraint("sku", "facility", "day", name=op.f("pk_demand_days")),
    )
    op.create_index("ix_demand_days_day", "demand_days", ["day"])


def downgrade() -> None:
    op.drop_table("demand_days")
