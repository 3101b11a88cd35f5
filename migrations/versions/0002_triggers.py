"""What the database refuses by itself, whichever program writes to it.

A later revision that alters `movements` or `promises` on SQLite copies the table and loses its
triggers: it must create them again (a test looks for them at head).
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# An order is never promised or sent more of a SKU than it asked for. On PostgreSQL the line is
# locked, so that two writers cannot each see room for themselves.
PROMISED = (
    "(SELECT COALESCE(SUM(p.quantity), 0) FROM promises p WHERE p.owner_id = NEW.owner_id"
    " AND p.sku = NEW.sku AND p.owner_kind = 'order'"
    " AND (p.closed_at IS NULL OR p.outcome = 'shipped'))"
)
COUNTS = "NEW.owner_kind = 'order' AND (NEW.closed_at IS NULL OR NEW.outcome = 'shipped')"

SQLITE_WITHIN_ORDER = f"""
CREATE TRIGGER promises_within_order_{{event}} AFTER {{event}} ON promises WHEN {COUNTS}
BEGIN
    SELECT RAISE(ABORT, 'more promised than ordered')
    WHERE {PROMISED} > COALESCE((SELECT l.quantity - l.cancelled FROM order_lines l
                                 WHERE l.order_id = NEW.owner_id AND l.sku = NEW.sku), 0);
END
"""

POSTGRESQL_WITHIN_ORDER = f"""
CREATE FUNCTION refuse_promising_beyond_order() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE asked bigint;
BEGIN
    IF NOT ({COUNTS}) THEN RETURN NULL; END IF;
    SELECT l.quantity - l.cancelled INTO asked FROM order_lines l
    WHERE l.order_id = NEW.owner_id AND l.sku = NEW.sku FOR UPDATE;
    IF {PROMISED} > COALESCE(asked, 0) THEN RAISE EXCEPTION 'more promised than ordered'; END IF;
    RETURN NULL;
END $$
"""

UP = {
    "sqlite": [
        "CREATE TRIGGER movements_no_update BEFORE UPDATE ON movements"
        " BEGIN SELECT RAISE(ABORT, 'movements are append-only'); END",
        "CREATE TRIGGER movements_no_delete BEFORE DELETE ON movements"
        " BEGIN SELECT RAISE(ABORT, 'movements are append-only'); END",
        SQLITE_WITHIN_ORDER.format(event="INSERT"),
        SQLITE_WITHIN_ORDER.format(event="UPDATE"),
    ],
    "postgresql": [
        "CREATE FUNCTION refuse_rewriting_movements() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'movements are append-only'; END $$",
        "CREATE TRIGGER movements_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON movements"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_movements()",
        POSTGRESQL_WITHIN_ORDER,
        "CREATE TRIGGER promises_within_order AFTER INSERT OR UPDATE ON promises"
        " FOR EACH ROW EXECUTE FUNCTION refuse_promising_beyond_order()",
    ],
}

DOWN = {
    "sqlite": [
        "DROP TRIGGER promises_within_order_UPDATE",
        "DROP TRIGGER promises_within_order_INSERT",
        "DROP TRIGGER movements_no_delete",
        "DROP TRIGGER movements_no_update",
    ],
    "postgresql": [
        "DROP TRIGGER promises_within_order ON promises",
        "DROP FUNCTION refuse_promising_beyond_order()",
        "DROP TRIGGER movements_append_only ON movements",
        "DROP FUNCTION refuse_rewriting_movements()",
    ],
}


def upgrade() -> None:
    for statement in UP[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN[op.get_bind().dialect.name]:
        op.execute(statement)
