"""Returns of what was shipped, and the customers and shops that orders come from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
PENDING = sa.text("status = 'pending'")
NAMED = sa.text("external_ref IS NOT NULL")
CUSTOMER_KNOWN = sa.text("customer_ref IS NOT NULL")


def upgrade() -> None:
    # In the words of both engines: alembic would copy the whole table on SQLite.
    rule = "CONSTRAINT ck_shipment_lines_returned CHECK (returned BETWEEN 0 AND quantity)"
    op.execute(f"ALTER TABLE shipment_lines ADD COLUMN returned BIGINT DEFAULT 0 NOT NULL {rule}")
    create_returns()
    create_return_lines()
    name_customers()
    create_shops()
    create_shop_orders()
    create_shop_messages()


def create_index(name, table, columns, where) -> None:
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def create_returns() -> None:
    op.create_table(
        "returns",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("order_ref", sa.String(length=200), nullable=False),
        sa.Column("facility", sa.String(length=32), nullable=False),
        sa.Column("external_ref", sa.String(length=200), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=True),
        sa.Column("cancelled_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('expected', 'partly_received', 'received', 'cancelled')",
            name=op.f("ck_returns_status"),
        ),
        sa.CheckConstraint(
            "(status = 'received') = (received_at IS NOT NULL)", name=op.f("ck_returns_received_at")
        ),
        sa.CheckConstraint(
            "(status = 'cancelled') = (cancelled_at IS NOT NULL)",
            name=op.f("ck_returns_cancelled_at"),
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_returns_order_id")),
        sa.ForeignKeyConstraint(
            ["facility"], ["facilities.code"], name=op.f("fk_returns_facility")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returns")),
    )
    op.create_index("ix_returns_order_id_id", "returns", ["order_id", "id"])
    op.create_index("ix_returns_facility_id", "returns", ["facility", "id"])
    op.create_index("ix_returns_status_id", "returns", ["status", "id"])
    create_index("ix_returns_external_ref_id", "returns", ["external_ref", "id"], NAMED)


def create_return_lines() -> None:
    op.create_table(
        "return_lines",
        sa.Column("return_id", sa.Uuid(), nullable=False),
        sa.Column("shipment_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("unavailable", sa.BigInteger(), nullable=False),
        sa.Column("short", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_return_lines_quantity")),
        sa.CheckConstraint(
            "received >= 0 AND short >= 0 AND received + short <= quantity",
            name=op.f("ck_return_lines_received"),
        ),
        sa.CheckConstraint(
            "unavailable BETWEEN 0 AND received", name=op.f("ck_return_lines_unavailable")
        ),
        sa.ForeignKeyConstraint(
            ["return_id"], ["returns.id"], name=op.f("fk_return_lines_return_id")
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id", "sku"],
            ["shipment_lines.shipment_id", "shipment_lines.sku"],
            name=op.f("fk_return_lines_shipment_id"),
        ),
        sa.PrimaryKeyConstraint("return_id", "shipment_id", "sku", name=op.f("pk_return_lines")),
    )
    op.create_index(op.f("ix_return_lines_shipment_id_sku"), "return_lines", ["shipment_id", "sku"])


def name_customers() -> None:
    for table, columns in (("orders", ["customer_ref", "id"]), ("journeys", ["customer_ref"])):
        op.add_column(table, sa.Column("customer_ref", sa.String(length=255), nullable=True))
        create_index(f"ix_{table}_{'_'.join(columns)}", table, columns, CUSTOMER_KNOWN)


def create_shops() -> None:
    op.create_table(
        "shops",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("secrets", DOCUMENT, nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=True),
        sa.Column("locations", DOCUMENT, nullable=False),
        sa.Column("unsigned_reads", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("rest_until", MOMENT, nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('shopify', 'woocommerce')", name=op.f("ck_shops_kind")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_shops")),
    )


def create_shop_orders() -> None:
    op.create_table(
        "shop_orders",
        sa.Column("shop", sa.String(length=32), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("said_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["shop"], ["shops.code"], name=op.f("fk_shop_orders_shop"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_shop_orders_order_id")),
        sa.PrimaryKeyConstraint("shop", "external_id", name=op.f("pk_shop_orders")),
    )
    op.create_index("ix_shop_orders_shop_name", "shop_orders", ["shop", "name"])
    op.create_index("ix_shop_orders_order_id", "shop_orders", ["order_id"])


def create_shop_messages() -> None:
    op.create_table(
        "shop_messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shop", sa.String(length=32), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", DOCUMENT, nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("queued_at", MOMENT, nullable=False),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.CheckConstraint("direction IN ('in', 'out')", name=op.f("ck_shop_messages_direction")),
        sa.CheckConstraint(
            "status IN ('pending', 'done', 'ignored', 'refused')",
            name=op.f("ck_shop_messages_status"),
        ),
        sa.CheckConstraint(
            "(status = 'pending') = (finished_at IS NULL)",
            name=op.f("ck_shop_messages_finished_at"),
        ),
        sa.CheckConstraint(
            "(status = 'pending') = (next_at IS NOT NULL)", name=op.f("ck_shop_messages_next_at")
        ),
        sa.CheckConstraint(
            "status <> 'refused' OR problem IS NOT NULL", name=op.f("ck_shop_messages_problem")
        ),
        sa.ForeignKeyConstraint(
            ["shop"], ["shops.code"], name=op.f("fk_shop_messages_shop"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_messages")),
    )
    keys = ["shop", "direction", "key"]
    op.create_index("uq_shop_messages_shop_direction_key", "shop_messages", keys, unique=True)
    for name in ("status", "subject"):
        columns = ["shop", name, "id"]
        op.create_index(f"ix_shop_messages_shop_{name}_id", "shop_messages", columns)
    columns = ["direction", "shop", "next_at"]
    create_index("ix_shop_messages_pending_next_at", "shop_messages", columns, PENDING)


def downgrade() -> None:
    for table in ("shop_messages", "shop_orders", "shops"):
        op.drop_table(table)
    for name, table in (
        ("ix_journeys_customer_ref", "journeys"),
        ("ix_orders_customer_ref_id", "orders"),
    ):
        op.drop_index(name, table_name=table)
        op.drop_column(table, "customer_ref")
    op.drop_table("return_lines")
    op.drop_table("returns")
    op.execute("ALTER TABLE shipment_lines DROP COLUMN returned")
