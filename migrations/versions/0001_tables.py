"""tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("prefix", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column(
            "facilities", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("carrier", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('warehouse', 'storefront', 'planner', 'carrier', 'viewer', 'admin')",
            name=op.f("ck_api_keys_role"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_keys_digest")),
    )
    op.create_table(
        "carriers",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("tracking_prefix", sa.String(length=16), nullable=False),
        sa.Column("next_number", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "working_days", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("holidays_country", sa.String(length=2), nullable=True),
        sa.Column("holidays_subdivision", sa.String(length=8), nullable=True),
        sa.CheckConstraint("type IN ('table')", name=op.f("ck_carriers_type")),
        sa.CheckConstraint("next_number >= 0", name=op.f("ck_carriers_next_number")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_carriers")),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column(
            "payload", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index("ix_events_due_at_id", ["due_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_events_subject"), ["subject"], unique=False)

    op.create_table(
        "facilities",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lng", sa.Double(), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("postal_code", sa.String(length=16), nullable=True),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("cutoff", sa.Time(), nullable=False),
        sa.Column(
            "closed_on", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("handling_days", sa.Integer(), nullable=False),
        sa.Column("daily_order_capacity", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column(
            "fixed_cost", sa.Numeric(18, 4).with_variant(sa.BigInteger(), "sqlite"), nullable=False
        ),
        sa.Column("tags", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "working_days", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("holidays_country", sa.String(length=2), nullable=True),
        sa.Column("holidays_subdivision", sa.String(length=8), nullable=True),
        sa.CheckConstraint("(lat IS NULL) = (lng IS NULL)", name=op.f("ck_facilities_coordinates")),
        sa.CheckConstraint(
            "daily_order_capacity >= 0", name=op.f("ck_facilities_daily_order_capacity")
        ),
        sa.CheckConstraint("fixed_cost >= 0", name=op.f("ck_facilities_fixed_cost")),
        sa.CheckConstraint("handling_days >= 0", name=op.f("ck_facilities_handling_days")),
        sa.CheckConstraint("lat BETWEEN -90 AND 90", name=op.f("ck_facilities_lat")),
        sa.CheckConstraint("lng BETWEEN -180 AND 180", name=op.f("ck_facilities_lng")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_facilities")),
    )
    op.create_table(
        "holds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cart_ref", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('live', 'placed', 'released', 'expired')", name=op.f("ck_holds_status")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.create_index(
            "ix_holds_live_expires_at",
            ["expires_at"],
            unique=False,
            sqlite_where=sa.text("status = 'live'"),
            postgresql_where=sa.text("status = 'live'"),
        )
        batch_op.create_index(
            "uq_holds_live_cart_ref",
            ["cart_ref"],
            unique=True,
            sqlite_where=sa.text("status = 'live'"),
            postgresql_where=sa.text("status = 'live'"),
        )

    op.create_table(
        "idempotency_keys",
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column(
            "headers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True
        ),
        sa.Column("body", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_idempotency_keys")),
    )
    with op.batch_alter_table("idempotency_keys", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_idempotency_keys_created_at"), ["created_at"], unique=False
        )

    op.create_table(
        "items",
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("gtin", sa.String(length=14), nullable=True),
        sa.Column("weight_g", sa.Integer(), nullable=False),
        sa.Column("length_mm", sa.Integer(), nullable=True),
        sa.Column("width_mm", sa.Integer(), nullable=True),
        sa.Column("height_mm", sa.Integer(), nullable=True),
        sa.Column(
            "unit_cost", sa.Numeric(18, 4).with_variant(sa.BigInteger(), "sqlite"), nullable=True
        ),
        sa.Column(
            "unit_price", sa.Numeric(18, 4).with_variant(sa.BigInteger(), "sqlite"), nullable=True
        ),
        sa.Column("pack_size", sa.Integer(), nullable=False),
        sa.Column("tags", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "length_mm >= 1 AND width_mm >= 1 AND height_mm >= 1", name=op.f("ck_items_dimensions")
        ),
        sa.CheckConstraint("pack_size >= 1", name=op.f("ck_items_pack_size")),
        sa.CheckConstraint("unit_cost >= 0", name=op.f("ck_items_unit_cost")),
        sa.CheckConstraint("unit_price >= 0", name=op.f("ck_items_unit_price")),
        sa.CheckConstraint("weight_g >= 1", name=op.f("ck_items_weight_g")),
        sa.PrimaryKeyConstraint("sku", name=op.f("pk_items")),
    )
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_items_gtin"), ["gtin"], unique=False)

    op.create_table(
        "job_runs",
        sa.Column("job", sa.String(length=64), nullable=False),
        sa.Column("scheduled_for", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("job", "scheduled_for", name=op.f("pk_job_runs")),
    )
    with op.batch_alter_table("job_runs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_runs_started_at"), ["started_at"], unique=False)

    op.create_table(
        "plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column(
            "parameters", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("apply", sa.Boolean(), nullable=False),
        sa.Column("progress", sa.Double(), nullable=False),
        sa.Column("inputs_hash", sa.String(length=64), nullable=True),
        sa.Column(
            "summary", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "problem", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True
        ),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('allocation')", name=op.f("ck_plans_kind")),
        sa.CheckConstraint(
            "status IN ('queued', 'running', 'ready', 'applied', 'failed', 'cancelled')",
            name=op.f("ck_plans_status"),
        ),
        sa.CheckConstraint("progress BETWEEN 0 AND 1", name=op.f("ck_plans_progress")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
    )
    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.create_index("ix_plans_status_id", ["status", "id"], unique=False)
        batch_op.create_index(
            "uq_plans_running_kind",
            ["kind"],
            unique=True,
            sqlite_where=sa.text("status = 'running'"),
            postgresql_where=sa.text("status = 'running'"),
        )

    op.create_table(
        "postal_codes",
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("postal_code", sa.String(length=16), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lng", sa.Double(), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=True),
        sa.CheckConstraint("lat BETWEEN -90 AND 90", name=op.f("ck_postal_codes_lat")),
        sa.CheckConstraint("lng BETWEEN -180 AND 180", name=op.f("ck_postal_codes_lng")),
        sa.PrimaryKeyConstraint("country", "postal_code", name=op.f("pk_postal_codes")),
    )
    op.create_table(
        "carrier_rates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("carrier", sa.String(length=32), nullable=False),
        sa.Column("service", sa.String(length=32), nullable=False),
        sa.Column("zone", sa.String(length=32), nullable=True),
        sa.Column("max_distance_km", sa.Double(), nullable=True),
        sa.Column("max_weight_g", sa.Integer(), nullable=False),
        sa.Column(
            "price", sa.Numeric(18, 4).with_variant(sa.BigInteger(), "sqlite"), nullable=False
        ),
        sa.Column("transit_days", sa.Integer(), nullable=False),
        sa.CheckConstraint("max_distance_km > 0", name=op.f("ck_carrier_rates_max_distance_km")),
        sa.CheckConstraint("max_weight_g >= 1", name=op.f("ck_carrier_rates_max_weight_g")),
        sa.CheckConstraint("price >= 0", name=op.f("ck_carrier_rates_price")),
        sa.CheckConstraint("transit_days >= 0", name=op.f("ck_carrier_rates_transit_days")),
        sa.ForeignKeyConstraint(
            ["carrier"], ["carriers.code"], name=op.f("fk_carrier_rates_carrier")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_rates")),
        sa.UniqueConstraint(
            "carrier",
            "service",
            "max_distance_km",
            "max_weight_g",
            name=op.f("uq_carrier_rates_carrier_service_max_distance_km_max_weight_g"),
        ),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_ref", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column(
            "destination", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("requested_by", sa.Date(), nullable=True),
        sa.Column("max_shipments", sa.Integer(), nullable=True),
        sa.Column("promised_by", sa.Date(), nullable=True),
        sa.Column("hold_id", sa.Uuid(), nullable=True),
        sa.Column("awaiting", sa.Boolean(), nullable=False),
        sa.Column(
            "decision", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("priority BETWEEN 0 AND 9", name=op.f("ck_orders_priority")),
        sa.ForeignKeyConstraint(["hold_id"], ["holds.id"], name=op.f("fk_orders_hold_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("order_ref", name=op.f("uq_orders_order_ref")),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(
            "ix_orders_awaiting_id",
            ["id"],
            unique=False,
            sqlite_where=sa.text("awaiting"),
            postgresql_where=sa.text("awaiting"),
        )

    op.create_table(
        "stock_levels",
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("facility", sa.String(length=32), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("unavailable", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("safety_stock", sa.BigInteger(), nullable=False),
        sa.Column("incoming", sa.BigInteger(), nullable=False),
        sa.Column("at_risk", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("at_risk >= 0", name=op.f("ck_stock_levels_at_risk")),
        sa.CheckConstraint("incoming >= 0", name=op.f("ck_stock_levels_incoming")),
        sa.CheckConstraint(
            "reserved + unavailable <= on_hand + at_risk", name=op.f("ck_stock_levels_not_oversold")
        ),
        sa.CheckConstraint("reserved >= 0", name=op.f("ck_stock_levels_reserved")),
        sa.CheckConstraint("safety_stock >= 0", name=op.f("ck_stock_levels_safety_stock")),
        sa.CheckConstraint("unavailable >= 0", name=op.f("ck_stock_levels_unavailable")),
        sa.ForeignKeyConstraint(
            ["facility"], ["facilities.code"], name=op.f("fk_stock_levels_facility")
        ),
        sa.ForeignKeyConstraint(["sku"], ["items.sku"], name=op.f("fk_stock_levels_sku")),
        sa.PrimaryKeyConstraint("sku", "facility", name=op.f("pk_stock_levels")),
    )
    with op.batch_alter_table("stock_levels", schema=None) as batch_op:
        batch_op.create_index("ix_stock_levels_facility_sku", ["facility", "sku"], unique=False)

    op.create_table(
        "transfers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=True),
        sa.Column("from_facility", sa.String(length=32), nullable=False),
        sa.Column("to_facility", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "shipped_at IS NOT NULL OR status NOT IN ('in_transit', 'received')",
            name=op.f("ck_transfers_shipped_at"),
        ),
        sa.CheckConstraint(
            "status IN ('proposed', 'ready', 'in_transit', 'received', 'cancelled')",
            name=op.f("ck_transfers_status"),
        ),
        sa.CheckConstraint(
            "from_facility <> to_facility", name=op.f("ck_transfers_two_facilities")
        ),
        sa.ForeignKeyConstraint(
            ["from_facility"], ["facilities.code"], name=op.f("fk_transfers_from_facility")
        ),
        sa.ForeignKeyConstraint(
            ["to_facility"], ["facilities.code"], name=op.f("fk_transfers_to_facility")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfers")),
    )
    with op.batch_alter_table("transfers", schema=None) as batch_op:
        batch_op.create_index(
            "ix_transfers_from_facility_status", ["from_facility", "status"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_transfers_reference"), ["reference"], unique=False)
        batch_op.create_index(
            "ix_transfers_to_facility_status", ["to_facility", "status"], unique=False
        )

    op.create_table(
        "movements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("facility", sa.String(length=32), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unavailable", sa.BigInteger(), nullable=False),
        sa.Column("balance_after", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("cause_id", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("reference", sa.String(length=200), nullable=True),
        sa.Column("forced", sa.Boolean(), nullable=False),
        sa.Column("reverses", sa.Uuid(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind IN ('receipt', 'transfer_in', 'return') AND quantity > 0 AND unavailable = 0) OR (kind IN ('shipment', 'transfer_out', 'scrap') AND quantity < 0 AND unavailable = 0) OR (kind = 'adjustment' AND quantity <> 0 AND unavailable = 0) OR (kind = 'count' AND unavailable = 0) OR (kind = 'hold' AND quantity = 0 AND unavailable > 0) OR (kind = 'unhold' AND quantity = 0 AND unavailable < 0)",
            name=op.f("ck_movements_sign_of_kind"),
        ),
        sa.CheckConstraint(
            "reason IS NOT NULL OR NOT (forced OR kind IN ('adjustment', 'scrap', 'hold'))",
            name=op.f("ck_movements_reason_given"),
        ),
        sa.ForeignKeyConstraint(["reverses"], ["movements.id"], name=op.f("fk_movements_reverses")),
        sa.ForeignKeyConstraint(
            ["sku", "facility"],
            ["stock_levels.sku", "stock_levels.facility"],
            name=op.f("fk_movements_sku_facility"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movements")),
        sa.UniqueConstraint("reverses", name=op.f("uq_movements_reverses")),
        sa.UniqueConstraint(
            "sku", "facility", "entry", name=op.f("uq_movements_sku_facility_entry")
        ),
    )
    with op.batch_alter_table("movements", schema=None) as batch_op:
        batch_op.create_index("ix_movements_cause_cause_id", ["cause", "cause_id"], unique=False)
        batch_op.create_index("ix_movements_facility_id", ["facility", "id"], unique=False)
        batch_op.create_index("ix_movements_sku_id", ["sku", "id"], unique=False)

    op.create_table(
        "order_lines",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("cancelled", sa.BigInteger(), nullable=False),
        sa.Column(
            "excluded", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.CheckConstraint(
            "cancelled BETWEEN 0 AND quantity", name=op.f("ck_order_lines_cancelled")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_lines_quantity")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id")),
        sa.ForeignKeyConstraint(["sku"], ["items.sku"], name=op.f("fk_order_lines_sku")),
        sa.PrimaryKeyConstraint("order_id", "sku", name=op.f("pk_order_lines")),
    )
    op.create_table(
        "plan_lines",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("facility", sa.String(length=32), nullable=True),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "(facility IS NULL) = (outcome = 'unfilled')", name=op.f("ck_plan_lines_unfilled")
        ),
        sa.CheckConstraint(
            "outcome IN ('proposed', 'applied', 'lost', 'unfilled')",
            name=op.f("ck_plan_lines_outcome"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_plan_lines_quantity")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_plan_lines_order_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_lines_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "number", name=op.f("pk_plan_lines")),
    )
    op.create_table(
        "promises",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_kind", sa.String(length=16), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("hold_id", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("facility", sa.String(length=32), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("ship_on", sa.Date(), nullable=True),
        sa.Column("at_risk", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.CheckConstraint(
            "(owner_kind = 'hold') = (expires_at IS NOT NULL)",
            name=op.f("ck_promises_holds_expire"),
        ),
        sa.CheckConstraint(
            "outcome IN ('released', 'expired', 'shipped')", name=op.f("ck_promises_outcome")
        ),
        sa.CheckConstraint(
            "owner_kind IN ('hold', 'order', 'transfer')", name=op.f("ck_promises_owner_kind")
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (outcome IS NULL)", name=op.f("ck_promises_closed_with_outcome")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_promises_quantity")),
        sa.ForeignKeyConstraint(["hold_id"], ["holds.id"], name=op.f("fk_promises_hold_id")),
        sa.ForeignKeyConstraint(
            ["sku", "facility"],
            ["stock_levels.sku", "stock_levels.facility"],
            name=op.f("fk_promises_sku_facility"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
    )
    with op.batch_alter_table("promises", schema=None) as batch_op:
        batch_op.create_index(
            "ix_promises_at_risk_id",
            ["id"],
            unique=False,
            sqlite_where=sa.text("at_risk"),
            postgresql_where=sa.text("at_risk"),
        )
        batch_op.create_index("ix_promises_facility_ship_on", ["facility", "ship_on"], unique=False)
        batch_op.create_index(
            "ix_promises_open_expires_at",
            ["expires_at"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL AND expires_at IS NOT NULL"),
            postgresql_where=sa.text("closed_at IS NULL AND expires_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_promises_open_sku_facility",
            ["sku", "facility"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.create_index("ix_promises_owner_id", ["owner_id"], unique=False)

    op.create_table(
        "shipments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("order_ref", sa.String(length=200), nullable=False),
        sa.Column("facility", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column(
            "destination", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("carrier", sa.String(length=32), nullable=True),
        sa.Column("service", sa.String(length=32), nullable=True),
        sa.Column("distance_km", sa.Double(), nullable=False),
        sa.Column(
            "cost", sa.Numeric(18, 4).with_variant(sa.BigInteger(), "sqlite"), nullable=False
        ),
        sa.Column("ship_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deliver_by", sa.Date(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("tracking_number", sa.String(length=64), nullable=True),
        sa.Column("packages", sa.Integer(), nullable=True),
        sa.Column("weight_g", sa.BigInteger(), nullable=True),
        sa.Column("reject_reason", sa.String(length=200), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("picked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("packed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rejected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status <> 'handed_over' OR handed_over_at IS NOT NULL",
            name=op.f("ck_shipments_handed_over_at"),
        ),
        sa.CheckConstraint(
            "status <> 'rejected' OR reject_reason IS NOT NULL",
            name=op.f("ck_shipments_reject_reason"),
        ),
        sa.CheckConstraint(
            "status IN ('planned', 'released', 'picked', 'packed', 'handed_over', 'rejected', 'cancelled')",
            name=op.f("ck_shipments_status"),
        ),
        sa.CheckConstraint("cost >= 0", name=op.f("ck_shipments_cost")),
        sa.CheckConstraint("distance_km >= 0", name=op.f("ck_shipments_distance_km")),
        sa.CheckConstraint("packages > 0", name=op.f("ck_shipments_packages")),
        sa.CheckConstraint("priority BETWEEN 0 AND 9", name=op.f("ck_shipments_priority")),
        sa.CheckConstraint("weight_g > 0", name=op.f("ck_shipments_weight_g")),
        sa.ForeignKeyConstraint(["carrier"], ["carriers.code"], name=op.f("fk_shipments_carrier")),
        sa.ForeignKeyConstraint(
            ["facility"], ["facilities.code"], name=op.f("fk_shipments_facility")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_shipments_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipments")),
        sa.UniqueConstraint(
            "carrier", "tracking_number", name=op.f("uq_shipments_carrier_tracking_number")
        ),
    )
    with op.batch_alter_table("shipments", schema=None) as batch_op:
        batch_op.create_index(
            "ix_shipments_facility_status_ship_by", ["facility", "status", "ship_by"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_shipments_order_id"), ["order_id"], unique=False)

    op.create_table(
        "shipment_lines",
        sa.Column("shipment_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("promise_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("picked", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("picked BETWEEN 0 AND quantity", name=op.f("ck_shipment_lines_picked")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_shipment_lines_quantity")),
        sa.ForeignKeyConstraint(
            ["promise_id"], ["promises.id"], name=op.f("fk_shipment_lines_promise_id")
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name=op.f("fk_shipment_lines_shipment_id")
        ),
        sa.ForeignKeyConstraint(["sku"], ["items.sku"], name=op.f("fk_shipment_lines_sku")),
        sa.PrimaryKeyConstraint("shipment_id", "sku", name=op.f("pk_shipment_lines")),
        sa.UniqueConstraint("promise_id", name=op.f("uq_shipment_lines_promise_id")),
    )
    op.create_table(
        "transfer_lines",
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("promise_id", sa.Uuid(), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("shipped", sa.BigInteger(), nullable=False),
        sa.Column("in_transit", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("discrepancy", sa.BigInteger(), nullable=False),
        sa.Column("discrepancy_reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "discrepancy = 0 OR discrepancy_reason IS NOT NULL",
            name=op.f("ck_transfer_lines_reason_given"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_transfer_lines_quantity")),
        sa.CheckConstraint(
            "received >= 0 AND in_transit >= 0 AND discrepancy >= 0",
            name=op.f("ck_transfer_lines_units"),
        ),
        sa.CheckConstraint(
            "shipped = received + in_transit + discrepancy",
            name=op.f("ck_transfer_lines_accounted_for"),
        ),
        sa.CheckConstraint("shipped IN (0, quantity)", name=op.f("ck_transfer_lines_shipped")),
        sa.ForeignKeyConstraint(
            ["promise_id"], ["promises.id"], name=op.f("fk_transfer_lines_promise_id")
        ),
        sa.ForeignKeyConstraint(["sku"], ["items.sku"], name=op.f("fk_transfer_lines_sku")),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfers.id"], name=op.f("fk_transfer_lines_transfer_id")
        ),
        sa.PrimaryKeyConstraint("transfer_id", "sku", name=op.f("pk_transfer_lines")),
        sa.UniqueConstraint("promise_id", name=op.f("uq_transfer_lines_promise_id")),
    )
    with op.batch_alter_table("transfer_lines", schema=None) as batch_op:
        batch_op.create_index(
            "ix_transfer_lines_in_transit_sku",
            ["sku"],
            unique=False,
            sqlite_where=sa.text("in_transit > 0"),
            postgresql_where=sa.text("in_transit > 0"),
        )


def downgrade() -> None:
    with op.batch_alter_table("transfer_lines", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_transfer_lines_in_transit_sku",
            sqlite_where=sa.text("in_transit > 0"),
            postgresql_where=sa.text("in_transit > 0"),
        )

    op.drop_table("transfer_lines")
    op.drop_table("shipment_lines")
    with op.batch_alter_table("shipments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shipments_order_id"))
        batch_op.drop_index("ix_shipments_facility_status_ship_by")

    op.drop_table("shipments")
    with op.batch_alter_table("promises", schema=None) as batch_op:
        batch_op.drop_index("ix_promises_owner_id")
        batch_op.drop_index(
            "ix_promises_open_sku_facility",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_promises_open_expires_at",
            sqlite_where=sa.text("closed_at IS NULL AND expires_at IS NOT NULL"),
            postgresql_where=sa.text("closed_at IS NULL AND expires_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_promises_facility_ship_on")
        batch_op.drop_index(
            "ix_promises_at_risk_id",
            sqlite_where=sa.text("at_risk"),
            postgresql_where=sa.text("at_risk"),
        )

    op.drop_table("promises")
    op.drop_table("plan_lines")
    op.drop_table("order_lines")
    with op.batch_alter_table("movements", schema=None) as batch_op:
        batch_op.drop_index("ix_movements_sku_id")
        batch_op.drop_index("ix_movements_facility_id")
        batch_op.drop_index("ix_movements_cause_cause_id")

    op.drop_table("movements")
    with op.batch_alter_table("transfers", schema=None) as batch_op:
        batch_op.drop_index("ix_transfers_to_facility_status")
        batch_op.drop_index(batch_op.f("ix_transfers_reference"))
        batch_op.drop_index("ix_transfers_from_facility_status")

    op.drop_table("transfers")
    with op.batch_alter_table("stock_levels", schema=None) as batch_op:
        batch_op.drop_index("ix_stock_levels_facility_sku")

    op.drop_table("stock_levels")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_orders_awaiting_id",
            sqlite_where=sa.text("awaiting"),
            postgresql_where=sa.text("awaiting"),
        )

    op.drop_table("orders")
    op.drop_table("carrier_rates")
    op.drop_table("postal_codes")
    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_plans_running_kind",
            sqlite_where=sa.text("status = 'running'"),
            postgresql_where=sa.text("status = 'running'"),
        )
        batch_op.drop_index("ix_plans_status_id")

    op.drop_table("plans")
    with op.batch_alter_table("job_runs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_runs_started_at"))

    op.drop_table("job_runs")
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_items_gtin"))

    op.drop_table("items")
    with op.batch_alter_table("idempotency_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotency_keys_created_at"))

    op.drop_table("idempotency_keys")
    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_holds_live_cart_ref",
            sqlite_where=sa.text("status = 'live'"),
            postgresql_where=sa.text("status = 'live'"),
        )
        batch_op.drop_index(
            "ix_holds_live_expires_at",
            sqlite_where=sa.text("status = 'live'"),
            postgresql_where=sa.text("status = 'live'"),
        )

    op.drop_table("holds")
    op.drop_table("facilities")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_events_subject"))
        batch_op.drop_index("ix_events_due_at_id")

    op.drop_table("events")
    op.drop_table("carriers")
    op.drop_table("api_keys")
