"""An index by which a reservation finds the dead holds of a SKU, however many live ones it has."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NAME, OPEN = "ix_promises_open_sku_expires_at", sa.text("closed_at IS NULL")


def upgrade() -> None:
    columns = ["sku", "expires_at"]
    op.create_index(NAME, "promises", columns, sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    op.drop_index(NAME, table_name="promises")
