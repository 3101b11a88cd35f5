"""Indexes by which lists, jobs and purges find their rows, however many there are."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ENDED = sa.text("status IN ('expired', 'released')")
OF_A_HOLD = sa.text("hold_id IS NOT NULL")

ADDED = [
    ("ix_movements_facility_recorded_at_id", "movements", ["facility", "recorded_at", "id"]),
    ("ix_movements_recorded_at_id", "movements", ["recorded_at", "id"]),
    ("ix_movements_sku_recorded_at_id", "movements", ["sku", "recorded_at", "id"]),
    ("ix_orders_placed_at", "orders", ["placed_at"]),
    ("ix_shipments_status_ship_by", "shipments", ["status", "ship_by"]),
    ("ix_transfers_status_id", "transfers", ["status", "id"]),
]
DROPPED = [
    ("ix_movements_facility_id", "movements", ["facility", "id"]),
    ("ix_movements_sku_id", "movements", ["sku", "id"]),
]


def upgrade() -> None:
    for name, table, columns in ADDED:
        op.create_index(name, table, columns)
    for name, table, _ in DROPPED:
        op.drop_index(name, table_name=table)
    for name, table, column, which in (
        ("ix_holds_ended_expires_at", "holds", "expires_at", ENDED),
        # Without these a hold that is deleted is searched for in all orders and promises.
        ("ix_orders_hold_id", "orders", "hold_id", OF_A_HOLD),
        ("ix_promises_hold_id", "promises", "hold_id", OF_A_HOLD),
    ):
        op.create_index(name, table, [column], sqlite_where=which, postgresql_where=which)
    # SQLite takes a partial index only for a condition that is written as the index has it.
    create_awaiting_index("awaiting = 1")


def create_awaiting_index(sqlite_condition: str) -> None:
    op.drop_index("ix_orders_awaiting_id", table_name="orders")
    op.create_index(
        "ix_orders_awaiting_id",
        "orders",
        ["id"],
        sqlite_where=sa.text(sqlite_condition),
        postgresql_where=sa.text("awaiting"),
    )


def downgrade() -> None:
    create_awaiting_index("awaiting")
    op.drop_index("ix_promises_hold_id", table_name="promises")
    op.drop_index("ix_orders_hold_id", table_name="orders")
    op.drop_index("ix_holds_ended_expires_at", table_name="holds")
    for name, table, columns in DROPPED:
        op.create_index(name, table, columns)
    for name, table, _ in reversed(ADDED):
        op.drop_index(name, table_name=table)
