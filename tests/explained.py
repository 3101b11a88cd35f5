"""What the database was asked, heard at the driver, and how it says that it would find the rows."""

from collections.abc import Container, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import psycopg

from fulfillment.platform.db import db
from tests.grown import GROWING

# PostgreSQL also walks along an index and drops what it did not look for.
MOST_DROPPED = 500

Scans = Iterator[tuple[str, str]]
"""Tables that a statement reads as a whole, and how."""


@dataclass
class Ear:
    """Hears every statement that reaches the database, by what was being done then."""

    doing: str = ""
    heard: dict[tuple[str, str], Any] = field(default_factory=dict)

    def hear(self, statement: str, parameters: Any = None) -> None:
        if self.doing and statement.split(None, 1)[0] in ("SELECT", "UPDATE", "DELETE", "WITH"):
            self.heard.setdefault((self.doing, statement), parameters)

    def listen(self, connection: Any, _record: Any = None) -> None:
        if isinstance(connection, psycopg.Connection):
            ear = self

            class Cursor(psycopg.Cursor):
                def execute(self, query, params=None, **options):
                    ear.hear(str(query), params)
                    return super().execute(query, params, **options)

                def executemany(self, query, params_seq, **options):
                    ear.hear(str(query), params_seq[0])
                    return super().executemany(query, params_seq, **options)

            connection.cursor_factory = Cursor
        else:
            connection.set_trace_callback(self.hear)


def full_scans(ear: Ear, allowed: Container[tuple[str, str]]) -> list[str]:
    """Explain what was heard, and name the statements that read a growing table as a whole."""
    find = scanned_by_sqlite if db.engine.dialect.name == "sqlite" else scanned_by_postgresql
    with closing(db.engine.raw_connection()) as pooled:
        return [
            f"{doing}: {table} ({how}) in {' '.join(statement.split())}"
            for (doing, statement), parameters in list(ear.heard.items())
            for table, how in find(pooled.driver_connection, statement, parameters)
            if (doing, table) not in allowed
        ]


def scanned_by_sqlite(connection: Any, statement: str, _parameters: Any) -> Scans:
    for *_, detail in connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall():
        words = detail.split()
        if words[0] == "SCAN" and words[1] in GROWING and "INDEX" not in words:
            yield words[1], "scan"


def scanned_by_postgresql(connection: Any, statement: str, parameters: Any) -> Scans:
    how = "ANALYZE, " if statement.startswith("SELECT") else ""
    explained = connection.execute(f"EXPLAIN ({how}FORMAT JSON) {statement}", parameters)
    ahead = [explained.fetchone()[0][0]["Plan"]]
    connection.rollback()
    while ahead:
        node = ahead.pop()
        dropped = node.get("Rows Removed by Filter", 0) * node.get("Actual Loops", 1)
        if node.get("Relation Name") in GROWING and (
            node["Node Type"] == "Seq Scan" or dropped > MOST_DROPPED
        ):
            yield node["Relation Name"], f"{node['Node Type']}, {dropped:.0f} rows dropped"
        ahead += node.get("Plans", [])
