"""Measured transit times, in working days; what each promise was made from."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
CODE = sa.String(length=32)
DAY = timedelta(days=1)
SATURDAY = 6
JOURNEYS = sa.table(
    "journeys",
    sa.column("shipment_id", sa.Uuid()),
    sa.column("left_at", MOMENT),
    sa.column("ended_at", MOMENT),
    sa.column("days", sa.Double()),
)


def upgrade() -> None:
    create_lane_transits()
    # In the words of both engines: alembic would copy the whole table on SQLite.
    rule = "CONSTRAINT ck_shipments_transit CHECK (transit IN ('measured', 'brochure'))"
    column = f"transit VARCHAR(16) DEFAULT 'brochure' NOT NULL {rule}"
    op.execute(f"ALTER TABLE shipments ADD COLUMN {column}")
    count_weekdays()
    change_days(sa.Double(), sa.Integer())


def create_lane_transits() -> None:
    op.create_table(
        "lane_transits",
        sa.Column("facility", CODE, nullable=False),
        sa.Column("carrier", CODE, nullable=False),
        sa.Column("service", CODE, nullable=False),
        sa.Column("band", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("measured_at", MOMENT, nullable=False),
        sa.CheckConstraint("band >= 0", name=op.f("ck_lane_transits_band")),
        sa.CheckConstraint("days >= 0", name=op.f("ck_lane_transits_days")),
        sa.CheckConstraint("samples >= 1", name=op.f("ck_lane_transits_samples")),
        sa.ForeignKeyConstraint(
            ["facility"], ["facilities.code"], name=op.f("fk_lane_transits_facility")
        ),
        sa.PrimaryKeyConstraint(
            "facility", "carrier", "service", "band", name=op.f("pk_lane_transits")
        ),
    )


def count_weekdays() -> None:
    """Count what journeys took from Monday to Friday: near enough until newer ones are known."""
    connection = op.get_bind()
    ended = sa.select(JOURNEYS).where(JOURNEYS.c.days.is_not(None))
    counted = [
        {"at": row.shipment_id, "taken": weekdays(row.left_at, row.ended_at)}
        for row in connection.execute(ended)
    ]
    if counted:
        theirs = JOURNEYS.c.shipment_id == sa.bindparam("at")
        new = {"days": sa.bindparam("taken")}
        connection.execute(sa.update(JOURNEYS).where(theirs).values(new), counted)


def weekdays(left_at, ended_at) -> int:
    day, last, count = left_at.date(), ended_at.date(), 0
    while day < last or day.isoweekday() >= SATURDAY:
        day += DAY
        count += day.isoweekday() < SATURDAY
    return count


def change_days(before, after) -> None:
    with op.batch_alter_table("journeys") as batch:
        batch.alter_column("days", existing_type=before, type_=after, existing_nullable=True)


def downgrade() -> None:
    change_days(sa.Integer(), sa.Double())
    op.drop_column("shipments", "transit")
    op.drop_table("lane_transits")
