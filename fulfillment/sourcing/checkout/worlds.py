"""The network and the strategy as of one state, kept in memory until one of them changes."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from weakref import WeakKeyDictionary

from msgspec import Struct
from sqlalchemy import Engine

from fulfillment.network import rates, sites
from fulfillment.network.rates import ServiceRates
from fulfillment.network.sites import Site
from fulfillment.platform.db import db
from fulfillment.sourcing import strategies
from fulfillment.sourcing.checkout.state import State
from fulfillment.sourcing.prices import published
from fulfillment.sourcing.prices.published import Source
from fulfillment.sourcing.strategies.strategy import Strategy


class World(Struct, frozen=True, dict=True):
    """All that changes rarely."""

    sites: Sequence[Site]
    rates: Sequence[ServiceRates]
    strategy: Strategy
    sources: Mapping[str, Source]  # what planning has published, by its name

    @cached_property
    def limited(self) -> list[str]:
        """The facilities that take so many orders a day, and no more."""
        return [site.code for site in self.sites if site.daily_order_capacity is not None]


Stamp = tuple[str, str, int | str | None, str | None]

# The world of each database, as of what its state says has changed.
kept: WeakKeyDictionary[Engine, tuple[Stamp, World]] = WeakKeyDictionary()


def known(engine: Engine, found: State) -> World | None:
    """Return the world of this state, None if it has to be read."""
    stamp, world = kept.get(engine, (None, None))
    return world if stamp == stamp_of(found) else None


def read(engine: Engine, found: State) -> World:
    """Read the world, and keep it for this state.

    It may be newer than that, never older: then the next state has another stamp.
    """
    # On SQLite a session sees what was there when it first read, maybe before this state.
    db.session.rollback()
    world = World(sites.all_by_code(), rates.loaded(), strategies.active(), published.sources())
    kept[engine] = stamp_of(found), world
    return world


def stamp_of(found: State) -> Stamp:
    return found.facilities, found.carriers, found.activation, found.published
