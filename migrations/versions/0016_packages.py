"""Packages with their numbers, units scanned into them, and manifests."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
LIVE = sa.text("voided_at IS NULL")


def upgrade() -> None:
    create_packages()
    create_manifests()
    # In the words of both engines: alembic would copy the whole table on SQLite.
    rule = "CONSTRAINT ck_shipment_lines_packed CHECK (packed BETWEEN 0 AND quantity)"
    op.execute(f"ALTER TABLE shipment_lines ADD COLUMN packed BIGINT {rule}")


def create_packages() -> None:
    op.create_table(
        "sscc_ranges",
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("next_serial", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("next_serial >= 1", name=op.f("ck_sscc_ranges_next_serial")),
        sa.PrimaryKeyConstraint("prefix", name=op.f("pk_sscc_ranges")),
    )
    op.create_table(
        "packages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shipment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sscc", sa.String(length=18), nullable=False),
        sa.Column("weight_g", sa.BigInteger(), nullable=True),
        sa.Column("length_mm", sa.Integer(), nullable=True),
        sa.Column("width_mm", sa.Integer(), nullable=True),
        sa.Column("height_mm", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("voided_at", MOMENT, nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_packages_number")),
        sa.CheckConstraint("weight_g > 0", name=op.f("ck_packages_weight_g")),
        sa.CheckConstraint(
            "length_mm >= 1 AND width_mm >= 1 AND height_mm >= 1",
            name=op.f("ck_packages_dimensions"),
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name=op.f("fk_packages_shipment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packages")),
        sa.UniqueConstraint("sscc", name=op.f("uq_packages_sscc")),
    )
    op.create_index(op.f("ix_packages_shipment_id"), "packages", ["shipment_id"])
    op.create_index(
        "uq_packages_live_shipment_id_number",
        "packages",
        ["shipment_id", "number"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
    op.create_table(
        "package_lines",
        sa.Column("package_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_package_lines_quantity")),
        sa.ForeignKeyConstraint(
            ["package_id"], ["packages.id"], name=op.f("fk_package_lines_package_id")
        ),
        sa.ForeignKeyConstraint(["sku"], ["items.sku"], name=op.f("fk_package_lines_sku")),
        sa.PrimaryKeyConstraint("package_id", "sku", name=op.f("pk_package_lines")),
    )


def create_manifests() -> None:
    op.create_table(
        "manifests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("facility", sa.String(length=32), nullable=False),
        sa.Column("carrier", sa.String(length=32), nullable=False),
        sa.Column("shipments", sa.Integer(), nullable=False),
        sa.Column("packages", sa.Integer(), nullable=False),
        sa.Column("weight_g", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("handed_over_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("shipments > 0 AND packages > 0", name=op.f("ck_manifests_not_empty")),
        sa.ForeignKeyConstraint(
            ["facility"], ["facilities.code"], name=op.f("fk_manifests_facility")
        ),
        sa.ForeignKeyConstraint(["carrier"], ["carriers.code"], name=op.f("fk_manifests_carrier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manifests")),
    )
    op.create_index("ix_manifests_facility", "manifests", ["facility", "id"])
    op.create_index("ix_manifests_carrier", "manifests", ["carrier", "id"])
    op.create_table(
        "manifest_lines",
        sa.Column("manifest_id", sa.Uuid(), nullable=False),
        sa.Column("sscc", sa.String(length=18), nullable=False),
        sa.Column("shipment_id", sa.Uuid(), nullable=False),
        sa.Column("order_ref", sa.String(length=200), nullable=False),
        sa.Column("service", sa.String(length=32), nullable=True),
        sa.Column("weight_g", sa.BigInteger(), nullable=True),
        sa.Column("postal_code", sa.String(length=16), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["manifest_id"], ["manifests.id"], name=op.f("fk_manifest_lines_manifest_id")
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name=op.f("fk_manifest_lines_shipment_id")
        ),
        sa.PrimaryKeyConstraint("manifest_id", "sscc", name=op.f("pk_manifest_lines")),
    )
    op.create_index(op.f("ix_manifest_lines_shipment_id"), "manifest_lines", ["shipment_id"])
    op.create_index(op.f("ix_manifest_lines_sscc"), "manifest_lines", ["sscc"])


def downgrade() -> None:
    op.execute("ALTER TABLE shipment_lines DROP COLUMN packed")
    op.drop_table("manifest_lines")
    op.drop_table("manifests")
    op.drop_table("package_lines")
    op.drop_table("packages")
    op.drop_table("sscc_ranges")
