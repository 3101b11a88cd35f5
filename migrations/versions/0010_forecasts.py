"""Forecasts: the latest of each stock level, and how each run did."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "forecast_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.Column("accuracy", DOCUMENT, nullable=False),
        sa.Column("seconds", DOCUMENT, nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecast_runs")),
    )
    op.create_table(
        "forecasts",
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("facility", sa.String(length=32), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("pattern", sa.String(length=16), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("per_day", sa.Double(), nullable=False),
        sa.Column("lead_weeks", sa.Integer(), nullable=False),
        sa.Column("deviation", sa.Double(), nullable=False),
        sa.Column("quantiles", DOCUMENT, nullable=False),
        sa.Column("mase", sa.Double(), nullable=True),
        sa.Column("weeks_known", sa.Integer(), nullable=False),
        sa.Column("borrowed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("per_day >= 0 AND deviation >= 0", name=op.f("ck_forecasts_demand")),
        sa.CheckConstraint("lead_weeks >= 1", name=op.f("ck_forecasts_lead_weeks")),
        sa.ForeignKeyConstraint(["sku"], ["items.sku"], name=op.f("fk_forecasts_sku")),
        sa.ForeignKeyConstraint(
            ["facility"], ["facilities.code"], name=op.f("fk_forecasts_facility")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["forecast_runs.id"], name=op.f("fk_forecasts_run_id")),
        sa.PrimaryKeyConstraint("sku", "facility", name=op.f("pk_forecasts")),
    )
    op.create_index("ix_forecasts_facility_sku", "forecasts", ["facility", "sku"])


def downgrade() -> None:
    op.drop_table("forecasts")
    op.drop_table("forecast_runs")
