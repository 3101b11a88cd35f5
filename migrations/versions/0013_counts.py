"""Counts: shelves to look at, why, and what was found there."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

OPEN = sa.text("closed_at IS NULL")
MOMENT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
AMOUNT = sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite")
RULES = {
    "status": "status IN ('open', 'done', 'skipped')",
    "closed_at": "(status = 'open') = (closed_at IS NULL)",
    "counted": "(status = 'done') = (quantity IS NOT NULL)",
    "expected": "(status = 'done') = (expected IS NOT NULL)",
    "closed_by": "status = 'open' OR closed_by IS NOT NULL",
    "skipped_why": "status <> 'skipped' OR note IS NOT NULL",
    "quantity": "quantity >= 0 AND first_quantity >= 0",
    "abc_class": "abc_class IN ('A', 'B', 'C', '-')",
}


def upgrade() -> None:
    op.create_table(
        "counts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("facility", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("abc_class", sa.String(length=1), nullable=False),
        sa.Column("rank", sa.Double(), nullable=False),
        sa.Column("reasons", DOCUMENT, nullable=False),
        sa.Column("planned_for", sa.Date(), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("first_quantity", sa.BigInteger(), nullable=True),
        sa.Column("first_counted_by", sa.String(length=200), nullable=True),
        sa.Column("expected", sa.BigInteger(), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("unit_value", AMOUNT, nullable=True),
        sa.Column("counted_by", sa.String(length=200), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("closed_by", sa.String(length=64), nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_counts_{name}")) for name, rule in RULES.items()),
        sa.ForeignKeyConstraint(["sku"], ["items.sku"], name=op.f("fk_counts_sku")),
        sa.ForeignKeyConstraint(["facility"], ["facilities.code"], name=op.f("fk_counts_facility")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counts")),
    )
    create_indexes()


def create_indexes() -> None:
    partial = {"sqlite_where": OPEN, "postgresql_where": OPEN}
    key = ["sku", "facility"]
    op.create_index("uq_counts_open_sku_facility", "counts", key, unique=True, **partial)
    op.create_index("ix_counts_open_rank", "counts", ["rank", "id"], **partial)
    ranked = ["facility", "rank", "id"]
    op.create_index("ix_counts_open_facility_rank", "counts", ranked, **partial)
    closed = ["status", "closed_at", "id"]
    op.create_index("ix_counts_status_closed_at", "counts", closed)
    for column in key:
        op.create_index(f"ix_counts_{column}_status_closed_at", "counts", [column, *closed])
    op.create_index("ix_counts_planned_for_facility", "counts", ["planned_for", "facility"])


def downgrade() -> None:
    op.drop_table("counts")
