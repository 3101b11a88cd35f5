"""Carriers that are asked over HTTP: where, how they are, and each request to one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
STATUSES = "'pending', 'confirmed', 'refused'"
LIVE = "kind = 'shipment' AND status IN ('pending', 'confirmed')"
ASKED = sa.text("carrier_status IS NOT NULL")
SETTINGS = ("url", "manifest_url", "secret", "buy_at", "timeout_seconds")
HEALTH = ("failures", "rest_until", "problem")


def upgrade() -> None:
    with op.batch_alter_table("carriers") as batch:
        batch.drop_constraint(op.f("ck_carriers_type"), type_="check")
        batch.add_column(sa.Column("url", sa.Text(), nullable=True))
        batch.add_column(sa.Column("manifest_url", sa.Text(), nullable=True))
        batch.add_column(sa.Column("secret", sa.String(length=100), nullable=True))
        batch.add_column(
            sa.Column("buy_at", sa.String(length=16), server_default="handover", nullable=False)
        )
        batch.add_column(
            sa.Column("timeout_seconds", sa.Double(), server_default="10", nullable=False)
        )
        batch.add_column(sa.Column("failures", sa.Integer(), server_default="0", nullable=False))
        batch.add_column(sa.Column("rest_until", MOMENT, nullable=True))
        batch.add_column(sa.Column("problem", sa.Text(), nullable=True))
        batch.create_check_constraint(op.f("ck_carriers_url"), "type <> 'http' OR url IS NOT NULL")
        batch.create_check_constraint(
            op.f("ck_carriers_buy_at"), "buy_at IN ('packing', 'handover')"
        )
        batch.create_check_constraint(op.f("ck_carriers_timeout_seconds"), "timeout_seconds > 0")
    # In the words of both engines: alembic would copy the whole table on SQLite.
    rule = f"CONSTRAINT ck_shipments_carrier_status CHECK (carrier_status IN ({STATUSES}))"
    op.execute(f"ALTER TABLE shipments ADD COLUMN carrier_status VARCHAR(16) {rule}")
    op.add_column("shipments", sa.Column("carrier_problem", sa.Text(), nullable=True))
    op.create_index(
        "ix_shipments_carrier_status_ship_by",
        "shipments",
        ["carrier_status", "ship_by"],
        sqlite_where=ASKED,
        postgresql_where=ASKED,
    )
    create_requests()


def create_requests() -> None:
    op.create_table(
        "carrier_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("carrier", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("shipment_id", sa.Uuid(), nullable=True),
        sa.Column("manifest_id", sa.Uuid(), nullable=True),
        sa.Column("payload", DOCUMENT, nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("queued_at", MOMENT, nullable=False),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("answer", sa.Integer(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("tracking_number", sa.String(length=64), nullable=True),
        sa.Column("label", sa.LargeBinary(), nullable=True),
        sa.Column("label_type", sa.String(length=32), nullable=True),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_carrier_requests_{name}"))
            for name, rule in (
                ("kind", "kind IN ('shipment', 'void', 'manifest')"),
                ("manifest_id", "(kind = 'manifest') = (manifest_id IS NOT NULL)"),
                ("shipment_id", "(kind = 'manifest') = (shipment_id IS NULL)"),
                ("status", f"status IN ({STATUSES}, 'withdrawn')"),
                ("finished_at", "(status = 'pending') = (finished_at IS NULL)"),
                ("next_at", "(status = 'pending') = (next_at IS NOT NULL)"),
                ("attempts", "attempts >= 0"),
                ("label_type", "(label IS NULL) = (label_type IS NULL)"),
            )
        ),
        sa.ForeignKeyConstraint(
            ["carrier"], ["carriers.code"], name=op.f("fk_carrier_requests_carrier")
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name=op.f("fk_carrier_requests_shipment_id")
        ),
        sa.ForeignKeyConstraint(
            ["manifest_id"], ["manifests.id"], name=op.f("fk_carrier_requests_manifest_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_requests")),
    )
    for name, columns, where, unique in (
        ("ix_carrier_requests_carrier", ["carrier", "id"], None, False),
        ("ix_carrier_requests_status", ["carrier", "status", "id"], None, False),
        ("ix_carrier_requests_shipment_id", ["shipment_id"], None, False),
        ("ix_carrier_requests_manifest_id", ["manifest_id"], None, False),
        ("ix_carrier_requests_finished_at", ["finished_at"], "finished_at IS NOT NULL", False),
        ("ix_carrier_requests_next_at", ["carrier", "next_at"], "next_at IS NOT NULL", False),
        (
            "ix_carrier_requests_lease_until",
            ["carrier", "lease_until"],
            "lease_until IS NOT NULL",
            False,
        ),
        ("uq_carrier_requests_live_shipment_id", ["shipment_id"], LIVE, True),
    ):
        which = sa.text(where) if where else None
        op.create_index(
            name,
            "carrier_requests",
            columns,
            unique=unique,
            sqlite_where=which,
            postgresql_where=which,
        )


def downgrade() -> None:
    op.drop_table("carrier_requests")
    op.drop_index("ix_shipments_carrier_status_ship_by", table_name="shipments")
    op.drop_column("shipments", "carrier_problem")
    op.drop_column("shipments", "carrier_status")
    op.execute("UPDATE carriers SET type = 'table'")
    with op.batch_alter_table("carriers") as batch:
        for name in ("url", "buy_at", "timeout_seconds"):
            batch.drop_constraint(op.f(f"ck_carriers_{name}"), type_="check")
        for name in (*SETTINGS, *HEALTH):
            batch.drop_column(name)
        batch.create_check_constraint(op.f("ck_carriers_type"), "type IN ('table')")
