"""Webhooks, and news that waits for them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
UNTOLD = sa.text("untold_since IS NOT NULL")


def upgrade() -> None:
    op.add_column("events", sa.Column("untold_since", MOMENT, nullable=True))
    op.create_index(
        "ix_events_untold", "events", ["id"], sqlite_where=UNTOLD, postgresql_where=UNTOLD
    )
    op.create_table(
        "webhooks",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", DOCUMENT, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=True),
        sa.Column("secret", sa.String(length=100), nullable=False),
        sa.Column("former_secret", sa.String(length=100), nullable=True),
        sa.Column("former_until", MOMENT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("rest_until", MOMENT, nullable=True),
        sa.Column("delivered_at", MOMENT, nullable=True),
        sa.Column("failed_at", MOMENT, nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_webhooks")),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("webhook", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("queued_at", MOMENT, nullable=False),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("answer", sa.Integer(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_webhook_deliveries_{name}"))
            for name, rule in (
                ("status", "status IN ('pending', 'delivered', 'parked')"),
                ("finished_at", "(status = 'pending') = (finished_at IS NULL)"),
                ("next_at", "status = 'pending' OR next_at IS NULL"),
                ("attempts", "attempts >= 0"),
            )
        ),
        sa.ForeignKeyConstraint(
            ["webhook"],
            ["webhooks.code"],
            name=op.f("fk_webhook_deliveries_webhook"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("webhook", "event_id", name=op.f("pk_webhook_deliveries")),
    )
    for name, columns, which in (
        ("status", ["webhook", "status", "event_id"], None),
        ("subject", ["webhook", "subject", "event_id"], sa.text("status = 'pending'")),
        ("next_at", ["webhook", "next_at"], sa.text("next_at IS NOT NULL")),
        ("lease_until", ["webhook", "lease_until"], sa.text("lease_until IS NOT NULL")),
    ):
        op.create_index(
            f"ix_webhook_deliveries_{name}",
            "webhook_deliveries",
            columns,
            sqlite_where=which,
            postgresql_where=which,
        )


def downgrade() -> None:
    op.drop_table("webhook_deliveries")
    op.drop_table("webhooks")
    op.drop_index("ix_events_untold", table_name="events")
    op.drop_column("events", "untold_since")
