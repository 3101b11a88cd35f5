"""The dead holds of a SKU by an index that no other can stand in for.

A promise without outcome is one that is not closed: a constraint says so. PostgreSQL does not know,
and takes this index for it alone. The one by facility has the same rows, and until PostgreSQL has
counted a new table both look alike to it: that one reads all open promises of the SKU.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

COLUMNS = ["sku", "expires_at"]
BEFORE = "ix_promises_open_sku_expires_at", sa.text("closed_at IS NULL")
AFTER = "ix_promises_without_outcome_sku_expires_at", sa.text("outcome IS NULL")


def upgrade() -> None:
    change(BEFORE, AFTER)


def downgrade() -> None:
    change(AFTER, BEFORE)


def change(before, after) -> None:
    name, rows = after
    op.drop_index(before[0], table_name="promises")
    op.create_index(name, "promises", COLUMNS, sqlite_where=rows, postgresql_where=rows)
