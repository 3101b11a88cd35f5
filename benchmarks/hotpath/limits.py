"""What PostgreSQL itself can do: a reservation's rows in one statement, as pgbench scripts."""

from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.hotpath.world import HOT

SKU = "'SKU-' || lpad(:sku{n}::text, 6, '0')"
FACILITY = "'F' || lpad(:facility::text, 3, '0')"

TAKE = """
WITH asked (sku, facility) AS (
    VALUES {keys}
), taken AS (
    UPDATE stock_levels AS level SET reserved = reserved + 1 FROM asked
    WHERE level.sku = asked.sku AND level.facility = asked.facility
        AND on_hand - unavailable - reserved - safety_stock >= 1
    RETURNING level.sku, level.facility
), whole AS (
    SELECT 1 / (count(*) = {lines})::int FROM taken
), hold AS (
    INSERT INTO holds (id, cart_ref, status, expires_at, plan, actor, created_at)
    SELECT uuidv7(), gen_random_uuid()::text, 'live', now() + interval '15 min', {plan},
        'pgbench', now()
    FROM whole RETURNING id, cart_ref
){key}
INSERT INTO promises (id, owner_kind, owner_id, hold_id, reference, sku, facility, quantity,
    ship_on, at_risk, actor, created_at, expires_at)
SELECT uuidv7(), 'hold', hold.id, hold.id, hold.cart_ref, taken.sku, taken.facility, 1,
    current_date, false, 'pgbench', now(), now() + interval '15 min'
FROM taken, hold;
"""
KEY = """, answered AS (
    INSERT INTO idempotency_keys (actor, key, fingerprint, created_at, status, headers, body)
    SELECT 'pgbench', gen_random_uuid()::text, repeat('f', 64), now(), 201, {headers}, {body}
    FROM whole
)"""

LAST_ANSWER = """
SELECT headers::text, body,
    (SELECT plan::text FROM holds WHERE actor <> 'pgbench' ORDER BY id DESC LIMIT 1)
FROM idempotency_keys WHERE actor <> 'pgbench' ORDER BY created_at DESC LIMIT 1
"""


@dataclass(frozen=True)
class Written:
    """The documents that the service wrote with its last reservation."""

    headers: str | None
    body: str | None
    plan: str


def last_written(url: str) -> Written:
    """Read them, so that the limit writes as many bytes."""
    with psycopg.connect(url) as connection:
        row = connection.execute(LAST_ANSWER).fetchone()
    if row is None:
        raise RuntimeError("the service has made no reservation yet")
    return Written(*row)


def bare(folder: Path, skus: int) -> Path:
    """Write the script of the bare limit: stock level, hold and promise, without documents."""
    statement = TAKE.format(keys=keys(1), lines=1, plan="'{}'", key="")
    return script(folder / "bare.sql", draws(1, skus), statement)


def same_rows(folder: Path, written: Written, skus: int, lines: int = 1) -> Path:
    """Write the script that writes all that the service writes for so many lines."""
    return script(folder / f"same_{lines}.sql", draws(lines, skus), all_rows(written, lines))


def hot_row(folder: Path, written: Written) -> Path:
    """Write the same, everybody wanting the same SKU in the same place."""
    first = f"\\set sku1 {HOT}\n\\set facility 1"
    return script(folder / "hot.sql", first, all_rows(written, 1))


def all_rows(written: Written, lines: int) -> str:
    key = KEY.format(headers=quoted(written.headers), body=quoted(written.body))
    return TAKE.format(keys=keys(lines), lines=lines, plan=quoted(written.plan), key=key)


def script(path: Path, drawn: str, statement: str) -> Path:
    path.write_text(f"{drawn}\n{statement.strip()}\n")
    return path


def draws(lines: int, skus: int) -> str:
    """Draw one SKU from each of `lines` stretches, so that rows are locked in key order."""
    width = skus // lines
    drawn = [f"\\set sku{n} random({n * width + 1}, {(n + 1) * width})" for n in range(lines)]
    numbered = [line.replace(f"sku{n}", f"sku{n + 1}", 1) for n, line in enumerate(drawn)]
    return "\n".join([*numbered, "\\set facility random(1, :facilities)"])


def keys(lines: int) -> str:
    return ", ".join(f"({SKU.format(n=n)}, {FACILITY})" for n in range(1, lines + 1))


def quoted(document: str | None) -> str:
    if document is None:
        return "NULL"
    # pgbench would take every colon for the start of a variable's name.
    inside = document.replace("\\", "\\\\").replace("'", "''").replace(":", "\\x3a")
    return f"E'{inside}'"
