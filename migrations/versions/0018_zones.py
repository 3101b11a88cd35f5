"""Zone charts of carriers; dimensional weight and surcharges of their rates."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

AMOUNT = sa.Numeric(18, 4).with_variant(sa.BigInteger(), "sqlite")
RULES = {
    "dim_divisor": "dim_divisor > 0",
    "fuel_percent": "fuel_percent >= 0",
    "residential_surcharge": "residential_surcharge >= 0",
}


def upgrade() -> None:
    op.create_table(
        "carrier_zones",
        sa.Column("carrier", sa.String(length=32), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("origin_prefix", sa.String(length=16), nullable=False),
        sa.Column("destination_prefix", sa.String(length=16), nullable=False),
        sa.Column("zone", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["carrier"], ["carriers.code"], name=op.f("fk_carrier_zones_carrier")
        ),
        sa.PrimaryKeyConstraint(
            "carrier",
            "country",
            "origin_prefix",
            "destination_prefix",
            name=op.f("pk_carrier_zones"),
        ),
    )
    with op.batch_alter_table("carrier_rates") as batch:
        batch.add_column(sa.Column("dim_divisor", sa.Double(), nullable=True))
        batch.add_column(sa.Column("fuel_percent", sa.Double(), nullable=True))
        batch.add_column(sa.Column("residential_surcharge", AMOUNT, nullable=True))
        for column, rule in RULES.items():
            batch.create_check_constraint(op.f(f"ck_carrier_rates_{column}"), rule)


def downgrade() -> None:
    with op.batch_alter_table("carrier_rates") as batch:
        for column in RULES:
            batch.drop_constraint(op.f(f"ck_carrier_rates_{column}"), type_="check")
            batch.drop_column(column)
    op.drop_table("carrier_zones")
