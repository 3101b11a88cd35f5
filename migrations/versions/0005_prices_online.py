"""What online prices are made from: outlooks of demand and receipts, and the last wave's prices."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "price_sources",
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("figures", DOCUMENT, nullable=False),
        sa.CheckConstraint("source IN ('marginal', 'wave')", name=op.f("ck_price_sources_source")),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_price_sources")),
    )
    op.create_table(
        "outlooks",
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("per_day", DOCUMENT, nullable=False),
        sa.Column("receipts", DOCUMENT, nullable=False),
        sa.Column("line_units", sa.Double(), nullable=False),
        sa.CheckConstraint("line_units >= 1", name=op.f("ck_outlooks_line_units")),
        sa.ForeignKeyConstraint(["sku"], ["items.sku"], name=op.f("fk_outlooks_sku")),
        sa.PrimaryKeyConstraint("sku", name=op.f("pk_outlooks")),
    )
    create_shadow_prices()


def create_shadow_prices() -> None:
    op.create_table(
        "shadow_prices",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("facility", sa.String(length=32), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=True),
        sa.Column("price", sa.Double(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('stock', 'shipments', 'units')", name=op.f("ck_shadow_prices_kind")
        ),
        sa.CheckConstraint("(sku IS NULL) = (kind <> 'stock')", name=op.f("ck_shadow_prices_sku")),
        sa.CheckConstraint("price > 0", name=op.f("ck_shadow_prices_price")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_shadow_prices")),
    )


def downgrade() -> None:
    for table in ("shadow_prices", "outlooks", "price_sources"):
        op.drop_table(table)
