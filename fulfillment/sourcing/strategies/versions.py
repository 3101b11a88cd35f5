"""Strategies in versions: put one, put one in force, and know which is."""

from typing import Any

from sqlalchemy import Select, func, select

from fulfillment.network import facilities
from fulfillment.platform import clock, context
from fulfillment.platform.db import db, insert_once
from fulfillment.platform.errors import Invalid, NotFound
from fulfillment.platform.upserts import checked_key
from fulfillment.sourcing.models import Activation, StoredStrategy
from fulfillment.sourcing.strategies.documents import document_of, facilities_named, strategy_of
from fulfillment.sourcing.strategies.schemas import StrategyKey
from fulfillment.sourcing.strategies.strategy import BUILT_IN, Strategy

# The strategy in force, by the activation that put it there: versions never change.
kept: dict[tuple[Any, ...], Strategy] = {}


def active() -> Strategy:
    """Return the strategy in force: one small query, the content is kept in memory."""
    newest = newest_activation()
    if newest is None:
        return Strategy()
    stamp = (str(db.engine.url), *newest)
    strategy = kept.get(stamp)
    if strategy is None:
        strategy = find(newest.name, newest.version)
        kept.clear()
        kept[stamp] = strategy
    return strategy


def newest_activation() -> Any:
    columns = (Activation.id, Activation.name, Activation.version, Activation.at)
    return db.session.execute(select(*columns).order_by(Activation.id.desc()).limit(1)).first()


def find(name: str, version: int | None = None) -> Strategy:
    """Return a version of a strategy, by default the latest.

    Raises:
        NotFound: there is no such strategy, or no such version of it.
    """
    if is_built_in(name, version):
        return Strategy()
    row = stored(name, version)
    return strategy_of(row.document).named(row.name, row.version)


def is_built_in(name: str, version: int | None) -> bool:
    """Tell whether the strategy without a row is meant: version 0 of `default`."""
    return name == BUILT_IN and (version == 0 or (version is None and latest(name) is None))


def stored(name: str, version: int | None) -> StoredStrategy:
    row = latest(name) if version is None else db.session.get(StoredStrategy, (name, version))
    if row is None:
        numbered = "strategy" if version is None else f"version {version} of a strategy"
        raise NotFound(numbered, name)
    return row


def latest(name: str) -> StoredStrategy | None:
    return db.session.scalars(versions_of(name).limit(1)).first()


def versions_of(name: str) -> Select[Any]:
    chosen = select(StoredStrategy).where(StoredStrategy.name == name)
    return chosen.order_by(StoredStrategy.version.desc())


def latest_locked(name: str) -> StoredStrategy | None:
    """Return the latest version; nobody adds one before the transaction ends."""
    # The first version stands for all. Only what is read once it is locked is the latest.
    db.session.get(StoredStrategy, (name, 1), with_for_update=True, populate_existing=True)
    return latest(name)


def put(name: str, strategy: Strategy) -> tuple[Strategy, bool]:
    """Write a strategy: a new version, unless it is the latest one as it stands; tell which.

    Raises:
        Invalid: the name is none, or a facility is unknown, by the path that names it.
    """
    key = checked_key(StrategyKey, name=name)
    check_facilities(strategy)
    while True:
        present = latest_locked(name)
        version = present.version if present else 0
        if present and strategy_of(present.document) == strategy:
            return strategy.named(name, version), False
        row = {
            **key,
            "version": version + 1,
            "document": document_of(strategy),
            "actor": context.actor.get().name,
            "created_at": clock.now(),
        }
        # Only the very first version has no row to lock; a rival may have put it by now.
        if insert_once(StoredStrategy, row):
            return strategy.named(name, version + 1), True


def check_facilities(strategy: Strategy) -> None:
    named = facilities_named(strategy)
    unknown = set(facilities.unknown(named.values()))
    errors = {path: ["Unknown facility."] for path, code in named.items() if code in unknown}
    if errors:
        raise Invalid(errors)


def activate(name: str, version: int | None) -> Strategy:
    """Put a version in force, by default the latest one; what was in force stays on record.

    Raises:
        NotFound: there is no such strategy, or no such version of it.
    """
    strategy = find(name, version)
    while True:
        newest = db.session.scalar(select(func.max(Activation.id))) or 0
        row = {
            "id": newest + 1,
            "name": strategy.name,
            "version": strategy.version,
            "actor": context.actor.get().name,
            "at": clock.now(),
        }
        # A rival with the same number is waited for: who commits last is in force.
        if insert_once(Activation, row):
            return strategy


def current(name: str) -> StoredStrategy | Strategy | None:
    """Return what If-Match speaks of: the latest version, which stays the latest until the end."""
    return latest_locked(name) or (Strategy() if name == BUILT_IN else None)
