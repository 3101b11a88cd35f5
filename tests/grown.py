"""Years of business in one database, written by a few set-based statements on either engine.

`grown.sql` is what they write, in proportions that hold at any size; the audit has nothing to say
of it. The functions that it uses are defined here, for each engine in its way.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from string import Template
from uuid import UUID

from sqlalchemy import Connection, text

STATEMENTS = Path(__file__).with_suffix(".sql")
PERIOD_MS = 3 * 365 * 24 * 3600 * 1000
UNITS = 1000
# A prime, so that its multiples reach every level.
FAR_APART = 7919

# What grows with the business and with time; the other tables have the size of the network.
GROWING = {
    "carrier_requests",
    "counts",
    "demand_days",
    "events",
    "forecasts",
    "holds",
    "idempotency_keys",
    "items",
    "job_runs",
    "journeys",
    "lead_times",
    "manifest_lines",
    "manifests",
    "movements",
    "order_lines",
    "orders",
    "package_lines",
    "packages",
    "plan_lines",
    "plan_prices",
    "plan_stock",
    "plans",
    "promises",
    "replenishment_policies",
    "purchase_order_lines",
    "purchase_orders",
    "return_lines",
    "returns",
    "shipment_lines",
    "shipments",
    "shop_messages",
    "shop_orders",
    "stock_levels",
    "supplier_items",
    "tracking_events",
    "tracking_links",
    "transfer_lines",
    "transfers",
    "webhook_deliveries",
}

POSTGRESQL = """
CREATE FUNCTION made_ms(n bigint) RETURNS bigint IMMUTABLE LANGUAGE sql AS
  $$ SELECT {first_ms} + n * {step_ms} $$;
CREATE FUNCTION made_id(n bigint, k bigint) RETURNS uuid IMMUTABLE LANGUAGE sql AS
  $$ SELECT CAST(lpad(to_hex(made_ms(n)), 12, '0') || '70008000' || lpad(to_hex(k), 12, '0')
                 AS uuid) $$;
CREATE FUNCTION made_at(n bigint) RETURNS timestamptz IMMUTABLE LANGUAGE sql AS
  $$ SELECT to_timestamp(made_ms(n) / 1000.0) $$;
CREATE FUNCTION sku_of(l bigint) RETURNS text IMMUTABLE LANGUAGE sql AS
  $$ SELECT 'S' || lpad(CAST(l % {skus} AS text), 6, '0') $$;
CREATE FUNCTION place_of(l bigint) RETURNS text IMMUTABLE LANGUAGE sql AS
  $$ SELECT 'F' || lpad(CAST(l / {skus} AS text), 6, '0') $$
"""
FUNCTIONS = ("place_of", "sku_of", "made_at", "made_id", "made_ms")


@dataclass(frozen=True)
class Size:
    """How large the world is, and when its three years end; the number of SKUs is even."""

    orders: int
    skus: int
    facilities: int
    receipts: int
    now: datetime

    @property
    def levels(self) -> int:
        return self.skus * self.facilities

    @property
    def shipped(self) -> int:
        """How many orders were handed over: the oldest ones."""
        return self.orders * 990 // 1000

    @property
    def promised(self) -> int:
        """How many orders were ever promised anything; the youngest ones wait for a wave."""
        return self.orders * 998 // 1000

    @property
    def first_ms(self) -> int:
        return int(self.now.timestamp() * 1000) - PERIOD_MS

    @property
    def step_ms(self) -> int:
        return PERIOD_MS // self.orders

    def made_ms(self, order: int) -> int:
        return self.first_ms + order * self.step_ms

    def made_id(self, order: int, number: int) -> UUID:
        """Return an id that was made when that order was placed."""
        return UUID(f"{self.made_ms(order):012x}70008000{number:012x}")

    def made_at(self, order: int) -> datetime:
        """Return when that order was placed."""
        return datetime.fromtimestamp(self.made_ms(order) / 1000, UTC)

    def sku_of(self, level: int) -> str:
        return f"S{level % self.skus:06d}"

    def place_of(self, level: int) -> str:
        return f"F{level // self.skus:06d}"


def fill(connection: Connection, size: Size) -> None:
    """Write the growing tables; facilities and items of these names are there already."""
    words = words_of(size)
    is_sqlite = connection.dialect.name == "sqlite"
    define_sqlite(connection, size) if is_sqlite else define_postgresql(connection, size)
    for statement in STATEMENTS.read_text().split(";\n"):
        if statement.strip():
            connection.execute(text(Template(statement).substitute(words)))
    if not is_sqlite:
        for name in FUNCTIONS:
            connection.execute(text(f"DROP FUNCTION {name}"))


def words_of(size: Size) -> dict[str, object]:
    """Return the words of the statements: figures, and the tables `n` that count rows."""
    names = ("orders", "skus", "levels", "receipts", "shipped", "promised")
    words: dict[str, object] = {name: getattr(size, name) for name in names}
    words["units"] = UNITS
    receipts = size.levels * size.receipts
    words["mixed"] = f"CAST(i AS bigint) * {FAR_APART} % {size.levels}"
    words["then"] = f"CAST(i AS bigint) * {size.orders} / {receipts}"
    for name, lines in (("gone", 2 * size.shipped), ("taken", 2 * size.promised)):
        # How many of so many lines took their unit from level i.
        words[name] = f"(({lines} + {size.levels} - 1 - i) / {size.levels})"
    rows = {"order": size.orders, "line": 2 * size.orders, "level": size.levels}
    for name, count in (rows | {"receipt": receipts}).items():
        words[f"each_{name}"] = (
            f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {count})"
        )
    return words


def define_postgresql(connection: Connection, size: Size) -> None:
    # Neither triggers nor foreign keys look at each of millions of rows.
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    sql = POSTGRESQL.format(first_ms=size.first_ms, step_ms=size.step_ms, skus=size.skus)
    for statement in sql.split(";\n"):
        connection.execute(text(statement))


def define_sqlite(connection: Connection, size: Size) -> None:
    driver = connection.connection.driver_connection
    driver.create_function("made_id", 2, lambda n, k: size.made_id(n, k).hex)
    driver.create_function("made_at", 1, lambda n: f"{size.made_at(n):%Y-%m-%d %H:%M:%S.%f}")
    driver.create_function("sku_of", 1, size.sku_of)
    driver.create_function("place_of", 1, size.place_of)
