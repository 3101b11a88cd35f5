"""Strategies as people read them: who wrote which version, and which is in force."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from fulfillment.platform.db import db
from fulfillment.platform.pages import Page, decode, encode, paginate
from fulfillment.sourcing import strategies
from fulfillment.sourcing.models import StoredStrategy
from fulfillment.sourcing.strategies.strategy import BUILT_IN, Strategy


def described(strategy: Strategy) -> dict[str, Any]:
    """Return a version with its content, its author and whether it is in force."""
    row = db.session.get(StoredStrategy, (strategy.name, strategy.version))
    return row_of(strategy.label, row, strategies.active()) | {"document": strategy}


def row_of(
    label: Mapping[str, Any], row: StoredStrategy | None, in_force: Strategy
) -> dict[str, Any]:
    return {
        **label,
        "active": in_force.label == label,
        "actor": row.actor if row else None,
        "created_at": row.created_at if row else None,
    }


def version_page(name: str, limit: int, cursor: str | None) -> Page:
    """Return the versions of a strategy, the oldest first."""
    strategies.find(name)
    chosen = select(StoredStrategy).where(StoredStrategy.name == name)
    page = paginate(chosen, [StoredStrategy.version], limit, cursor)
    in_force = strategies.active()
    return Page([row_of(row.label, row, in_force) for row in page.items], page.next_cursor)


def list_page(limit: int, cursor: str | None) -> Page:
    """Return the latest version of every strategy, by name, the built-in one among them."""
    after = decode(cursor, [StoredStrategy.name])[0] if cursor else ""
    found = {row.name: row for row in db.session.scalars(newest_of_each())}
    names = sorted(name for name in {BUILT_IN, *found} if name > after)
    in_force = strategies.active()
    items = [listed(name, found.get(name), in_force) for name in names[:limit]]
    more = len(names) > limit
    return Page(items, encode([names[limit - 1]]) if more else None)


def newest_of_each() -> Select[Any]:
    later = aliased(StoredStrategy)
    same_name = later.name == StoredStrategy.name
    superseded = select(later.version).where(same_name, later.version > StoredStrategy.version)
    return select(StoredStrategy).where(~superseded.exists())


def listed(name: str, row: StoredStrategy | None, in_force: Strategy) -> dict[str, Any]:
    label = row.label if row else Strategy().label
    version = in_force.version if in_force.name == name else None
    return row_of(label, row, in_force) | {"active_version": version}
