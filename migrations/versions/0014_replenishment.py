"""How each stock level is replenished."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "replenishment_policies",
        sa.Column("facility", sa.String(length=32), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("service_measure", sa.String(length=16), nullable=False),
        sa.Column("service_level", sa.Double(), nullable=False),
        sa.Column("review_days", sa.Integer(), nullable=False),
        sa.Column("reorder_point", sa.BigInteger(), nullable=True),
        sa.Column("order_up_to", sa.BigInteger(), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("source_facility", sa.String(length=32), nullable=True),
        sa.Column("supplier", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_replenishment_policies_{name}"))
            for name, rule in (
                ("kind", "kind IN ('s_S', 'R_Q', 'base_stock', 'min_max', 'none')"),
                ("service_measure", "service_measure IN ('cycle_service', 'fill_rate')"),
                ("service_level", "service_level > 0 AND service_level < 1"),
                ("levels", "reorder_point < order_up_to"),
                ("quantity", "quantity >= 1"),
                ("review_days", "review_days >= 1"),
                (
                    "min_max",
                    "kind <> 'min_max' OR (reorder_point IS NOT NULL AND order_up_to IS NOT NULL)",
                ),
                ("source_facility", "source_facility <> facility"),
                ("one_source", "source_facility IS NULL OR supplier IS NULL"),
            )
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [target], name=op.f(f"fk_replenishment_policies_{column}")
            )
            for column, target in (
                ("facility", "facilities.code"),
                ("sku", "items.sku"),
                ("source_facility", "facilities.code"),
                ("supplier", "suppliers.code"),
            )
        ),
        sa.PrimaryKeyConstraint("facility", "sku", name=op.f("pk_replenishment_policies")),
    )
    op.create_index(
        "ix_replenishment_policies_sku_facility", "replenishment_policies", ["sku", "facility"]
    )


def downgrade() -> None:
    op.drop_table("replenishment_policies")
