"""Tracking events, journeys and customers' links; statuses of shipments that are under way."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
BEFORE = "'planned', 'released', 'picked', 'packed', 'handed_over'"
UNDER_WAY = "'in_transit', 'out_for_delivery', 'attempted', 'exception', 'delivered', 'returned'"
GONE = "'rejected', 'cancelled'"
RULES = {
    "ck_shipments_status": f"status IN ({BEFORE}, {UNDER_WAY}, {GONE})",
    "ck_shipments_handed_over_at": f"status NOT IN ('handed_over', {UNDER_WAY}) OR handed_over_at IS NOT NULL",
}
FORMER_RULES = {
    "ck_shipments_status": f"status IN ({BEFORE}, {GONE})",
    "ck_shipments_handed_over_at": "status <> 'handed_over' OR handed_over_at IS NOT NULL",
}
DELIVERED = "ck_shipments_delivered_at"
HANDED_OVER = sa.text("handed_over_at IS NOT NULL")
OPEN = sa.text("ended_at IS NULL")
MEASURED = sa.text("days IS NOT NULL")
WORDS = (
    "'unknown', 'pre_transit', 'in_transit', 'out_for_delivery', 'available_for_pickup', "
    "'attempt_failed', 'failure', 'error', 'cancelled', 'delivered', 'return_to_sender'"
)


def upgrade() -> None:
    with op.batch_alter_table("shipments") as batch:
        batch.add_column(sa.Column("delivered_at", MOMENT, nullable=True))
        replace_rules(batch, RULES)
        rule = "(status = 'delivered') = (delivered_at IS NOT NULL)"
        batch.create_check_constraint(op.f(DELIVERED), rule)
    columns = ["handed_over_at", "id"]
    create_index("ix_shipments_handed_over_at_id", "shipments", columns, HANDED_OVER)
    op.add_column("carriers", sa.Column("event_secret", sa.String(length=100), nullable=True))
    create_events()
    create_journeys()
    create_links()


def replace_rules(batch, rules) -> None:
    for name, rule in rules.items():
        batch.drop_constraint(op.f(name), type_="check")
        batch.create_check_constraint(op.f(name), rule)


def create_index(name, table, columns, where) -> None:
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def create_events() -> None:
    op.create_table(
        "tracking_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shipment_id", sa.Uuid(), nullable=False),
        sa.Column("carrier", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.String(length=100), nullable=False),
        sa.Column("sscc", sa.String(length=18), nullable=True),
        sa.Column("word", sa.String(length=24), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("status_detail", sa.String(length=200), nullable=True),
        sa.Column("vocabulary", sa.String(length=16), nullable=False),
        sa.Column("location", sa.String(length=200), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("corrects", sa.String(length=100), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("occurred_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.CheckConstraint(f"word IN ({WORDS})", name=op.f("ck_tracking_events_word")),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name=op.f("fk_tracking_events_shipment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracking_events")),
        sa.UniqueConstraint(
            "carrier", "event_id", name=op.f("uq_tracking_events_carrier_event_id")
        ),
    )
    op.create_index(
        "ix_tracking_events_shipment_id_occurred_at_rank_id",
        "tracking_events",
        ["shipment_id", "occurred_at", "rank", "id"],
    )


def create_journeys() -> None:
    op.create_table(
        "journeys",
        sa.Column("shipment_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("carrier", sa.String(length=32), nullable=False),
        sa.Column("service", sa.String(length=32), nullable=False),
        sa.Column("facility", sa.String(length=32), nullable=False),
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("handed_over_at", MOMENT, nullable=False),
        sa.Column("left_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("risky_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("days", sa.Double(), nullable=True),
        sa.Column("raised", sa.Integer(), nullable=False),
        sa.CheckConstraint("raised BETWEEN 0 AND 2", name=op.f("ck_journeys_raised")),
        sa.CheckConstraint("days >= 0", name=op.f("ck_journeys_days")),
        sa.CheckConstraint(
            "days IS NULL OR ended_at IS NOT NULL", name=op.f("ck_journeys_ended_at")
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name=op.f("fk_journeys_shipment_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_journeys_order_id")),
        sa.PrimaryKeyConstraint("shipment_id", name=op.f("pk_journeys")),
    )
    op.create_index(op.f("ix_journeys_handed_over_at"), "journeys", ["handed_over_at"])
    lane = ["carrier", "service", "facility", "band", "ended_at"]
    create_index("ix_journeys_lane_ended_at", "journeys", lane, MEASURED)
    create_index("ix_journeys_under_way_due_at", "journeys", ["due_at", "shipment_id"], OPEN)


def create_links() -> None:
    op.create_table(
        "tracking_links",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_tracking_links_order_id")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_tracking_links")),
        sa.UniqueConstraint("digest", name=op.f("uq_tracking_links_digest")),
    )


def downgrade() -> None:
    for table in ("tracking_links", "journeys", "tracking_events"):
        op.drop_table(table)
    op.drop_column("carriers", "event_secret")
    op.drop_index("ix_shipments_handed_over_at_id", table_name="shipments")
    with op.batch_alter_table("shipments") as batch:
        batch.drop_constraint(op.f(DELIVERED), type_="check")
    op.execute(f"UPDATE shipments SET status = 'handed_over' WHERE status IN ({UNDER_WAY})")
    with op.batch_alter_table("shipments") as batch:
        batch.drop_column("delivered_at")
        replace_rules(batch, FORMER_RULES)
