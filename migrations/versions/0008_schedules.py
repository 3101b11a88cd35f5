"""The timetable as rows, and runs that are asked for, leased, and given up."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WAITING = sa.text("started_at IS NULL")
RUNNING = sa.text("started_at IS NOT NULL AND finished_at IS NULL")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "schedules",
        sa.Column("job", sa.String(length=64), nullable=False),
        sa.Column("cron", sa.String(length=200), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("jitter_seconds", sa.Integer(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("updated_by", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("jitter_seconds >= 0", name=op.f("ck_schedules_jitter_seconds")),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_schedules")),
    )
    # Whoever began these is gone.
    op.execute(
        "UPDATE job_runs SET outcome = 'abandoned', finished_at = started_at WHERE finished_at IS NULL"
    )
    with op.batch_alter_table("job_runs") as batch:
        batch.alter_column("started_at", existing_type=MOMENT, nullable=True)
        batch.add_column(
            sa.Column("asked_by", sa.String(length=64), server_default="clock", nullable=False)
        )
        batch.add_column(sa.Column("lease_until", MOMENT, nullable=True))
        batch.create_check_constraint(
            op.f("ck_job_runs_outcome"), "outcome IN ('done', 'failed', 'abandoned')"
        )
        batch.create_check_constraint(
            op.f("ck_job_runs_finished_at"), "(outcome IS NULL) = (finished_at IS NULL)"
        )
    for name, which in (("uq_job_runs_waiting", WAITING), ("uq_job_runs_running", RUNNING)):
        op.create_index(
            name, "job_runs", ["job"], unique=True, sqlite_where=which, postgresql_where=which
        )


def downgrade() -> None:
    op.drop_index("uq_job_runs_running", table_name="job_runs")
    op.drop_index("uq_job_runs_waiting", table_name="job_runs")
    op.execute("DELETE FROM job_runs WHERE started_at IS NULL")
    with op.batch_alter_table("job_runs") as batch:
        batch.drop_constraint(op.f("ck_job_runs_finished_at"), type_="check")
        batch.drop_constraint(op.f("ck_job_runs_outcome"), type_="check")
        batch.drop_column("lease_until")
        batch.drop_column("asked_by")
        batch.alter_column("started_at", existing_type=MOMENT, nullable=False)
    op.drop_table("schedules")
