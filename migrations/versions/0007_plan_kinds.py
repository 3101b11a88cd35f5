"""Plans of replenishment and rebalancing: lines that belong to no order."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KINDS = "kind IN ('allocation', 'rebalancing', 'replenishment')"
FIGURES = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("plans") as batch:
        batch.drop_constraint(op.f("ck_plans_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_plans_kind"), KINDS)
    op.create_index("ix_plans_kind_id", "plans", ["kind", "id"])
    with op.batch_alter_table("plan_lines") as batch:
        batch.alter_column("order_id", existing_type=sa.Uuid(), nullable=True)
        batch.add_column(sa.Column("supplier", sa.String(length=32), nullable=True))
        batch.add_column(sa.Column("figures", FIGURES, nullable=True))
        batch.add_column(sa.Column("made_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    others = "SELECT id FROM plans WHERE kind <> 'allocation'"
    for table in ("plan_lines", "plan_prices", "plan_stock"):
        op.execute(f"DELETE FROM {table} WHERE plan_id IN ({others})")
    op.execute("DELETE FROM plans WHERE kind <> 'allocation'")
    with op.batch_alter_table("plan_lines") as batch:
        for column in ("made_id", "figures", "supplier"):
            batch.drop_column(column)
        batch.alter_column("order_id", existing_type=sa.Uuid(), nullable=False)
    op.drop_index("ix_plans_kind_id", table_name="plans")
    with op.batch_alter_table("plans") as batch:
        batch.drop_constraint(op.f("ck_plans_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_plans_kind"), "kind IN ('allocation')")
