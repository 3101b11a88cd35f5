"""Suppliers, their terms and lead times, purchase orders; the plan that proposed a transfer."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
AMOUNT = sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite")
OUTSTANDING = sa.text("outstanding > 0")


def upgrade() -> None:
    with op.batch_alter_table("transfers") as batch:
        batch.add_column(sa.Column("plan_id", sa.Uuid(), nullable=True))
        batch.create_index(op.f("ix_transfers_plan_id"), ["plan_id"])
    create_suppliers()
    create_supplier_items()
    create_orders()
    create_lines()
    create_lead_times()


def create_suppliers() -> None:
    op.create_table(
        "suppliers",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("lead_time_days", sa.Double(), nullable=False),
        sa.Column("lead_time_sd", sa.Double(), nullable=False),
        sa.Column("minimum_value", AMOUNT, nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("cutoff", sa.Time(), nullable=False),
        sa.Column("working_days", DOCUMENT, nullable=False),
        sa.Column("holidays_country", sa.String(length=2), nullable=True),
        sa.Column("holidays_subdivision", sa.String(length=8), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "lead_time_days >= 0 AND lead_time_sd >= 0", name=op.f("ck_suppliers_lead_time")
        ),
        sa.CheckConstraint("minimum_value >= 0", name=op.f("ck_suppliers_minimum_value")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_suppliers")),
    )


def create_supplier_items() -> None:
    op.create_table(
        "supplier_items",
        sa.Column("supplier", sa.String(length=32), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("unit_cost", AMOUNT, nullable=False),
        sa.Column("pack_size", sa.Integer(), nullable=False),
        sa.Column("minimum_quantity", sa.Integer(), nullable=False),
        sa.Column("lead_time_days", sa.Double(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("unit_cost >= 0", name=op.f("ck_supplier_items_unit_cost")),
        sa.CheckConstraint("pack_size >= 1", name=op.f("ck_supplier_items_pack_size")),
        sa.CheckConstraint(
            "minimum_quantity >= 1", name=op.f("ck_supplier_items_minimum_quantity")
        ),
        sa.CheckConstraint("lead_time_days >= 0", name=op.f("ck_supplier_items_lead_time_days")),
        sa.CheckConstraint("rank >= 1", name=op.f("ck_supplier_items_rank")),
        sa.ForeignKeyConstraint(
            ["supplier"], ["suppliers.code"], name=op.f("fk_supplier_items_supplier")
        ),
        sa.ForeignKeyConstraint(["sku"], ["items.sku"], name=op.f("fk_supplier_items_sku")),
        sa.PrimaryKeyConstraint("supplier", "sku", name=op.f("pk_supplier_items")),
    )
    op.create_index("ix_supplier_items_sku", "supplier_items", ["sku"])


def create_orders() -> None:
    op.create_table(
        "purchase_orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=True),
        sa.Column("supplier", sa.String(length=32), nullable=False),
        sa.Column("facility", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("cost", AMOUNT, nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("approved_by", sa.String(length=64), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("approved_at", MOMENT, nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("received_at", MOMENT, nullable=True),
        sa.Column("cancelled_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN"
            " ('proposed', 'approved', 'sent', 'partly_received', 'received', 'cancelled')",
            name=op.f("ck_purchase_orders_status"),
        ),
        sa.CheckConstraint(
            "(sent_at IS NOT NULL AND expected_on IS NOT NULL)"
            " OR status IN ('proposed', 'approved', 'cancelled')",
            name=op.f("ck_purchase_orders_sent_at"),
        ),
        sa.CheckConstraint(
            "approved_by IS NOT NULL OR status IN ('proposed', 'cancelled')",
            name=op.f("ck_purchase_orders_approved_by"),
        ),
        sa.CheckConstraint("cost >= 0", name=op.f("ck_purchase_orders_cost")),
        sa.ForeignKeyConstraint(
            ["supplier"], ["suppliers.code"], name=op.f("fk_purchase_orders_supplier")
        ),
        sa.ForeignKeyConstraint(
            ["facility"], ["facilities.code"], name=op.f("fk_purchase_orders_facility")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_orders")),
    )
    for column in ("reference", "plan_id"):
        op.create_index(op.f(f"ix_purchase_orders_{column}"), "purchase_orders", [column])
    for column in ("supplier", "facility", "status"):
        op.create_index(f"ix_purchase_orders_{column}_id", "purchase_orders", [column, "id"])


def create_lines() -> None:
    op.create_table(
        "purchase_order_lines",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_cost", AMOUNT, nullable=False),
        sa.Column("outstanding", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("short", sa.BigInteger(), nullable=False),
        sa.Column("over", sa.BigInteger(), nullable=False),
        sa.Column("discrepancy_reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_purchase_order_lines_quantity")),
        sa.CheckConstraint("unit_cost >= 0", name=op.f("ck_purchase_order_lines_unit_cost")),
        sa.CheckConstraint(
            "outstanding >= 0 AND received >= 0 AND short >= 0 AND over >= 0",
            name=op.f("ck_purchase_order_lines_units"),
        ),
        sa.CheckConstraint(
            "quantity + over = received + outstanding + short"
            " OR (outstanding = 0 AND received = 0 AND short = 0 AND over = 0)",
            name=op.f("ck_purchase_order_lines_accounted_for"),
        ),
        sa.CheckConstraint(
            "(short = 0 AND over = 0) OR discrepancy_reason IS NOT NULL",
            name=op.f("ck_purchase_order_lines_reason_given"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_orders.id"], name=op.f("fk_purchase_order_lines_order_id")
        ),
        sa.ForeignKeyConstraint(["sku"], ["items.sku"], name=op.f("fk_purchase_order_lines_sku")),
        sa.PrimaryKeyConstraint("order_id", "sku", name=op.f("pk_purchase_order_lines")),
    )
    op.create_index(
        "ix_purchase_order_lines_outstanding_sku",
        "purchase_order_lines",
        ["sku"],
        sqlite_where=OUTSTANDING,
        postgresql_where=OUTSTANDING,
    )


def create_lead_times() -> None:
    op.create_table(
        "lead_times",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("supplier", sa.String(length=32), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("facility", sa.String(length=32), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("days", sa.Double(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_lead_times_quantity")),
        sa.CheckConstraint("days >= 0", name=op.f("ck_lead_times_days")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_orders.id"], name=op.f("fk_lead_times_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["supplier"], ["suppliers.code"], name=op.f("fk_lead_times_supplier")
        ),
        sa.ForeignKeyConstraint(["sku"], ["items.sku"], name=op.f("fk_lead_times_sku")),
        sa.ForeignKeyConstraint(
            ["facility"], ["facilities.code"], name=op.f("fk_lead_times_facility")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_times")),
    )
    op.create_index(
        "ix_lead_times_supplier_sku_received_at", "lead_times", ["supplier", "sku", "received_at"]
    )
    op.create_index("ix_lead_times_order_id", "lead_times", ["order_id"])


def downgrade() -> None:
    for table in (
        "lead_times",
        "purchase_order_lines",
        "purchase_orders",
        "supplier_items",
        "suppliers",
    ):
        op.drop_table(table)
    with op.batch_alter_table("transfers") as batch:
        batch.drop_index(op.f("ix_transfers_plan_id"))
        batch.drop_column("plan_id")
