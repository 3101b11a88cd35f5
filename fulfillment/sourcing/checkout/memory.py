"""What this process last saw of SKUs, so that a cart need not ask before it is chosen for.

A choice by memory holds only if the statement that writes it finds the very same facilities with
enough, with some and with none, the same items, network and strategy: then it is the choice that a
look would have led to. Units told beside it may be off by what others have sold since it was seen.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from msgspec import Struct
from sqlalchemy import Engine

from fulfillment.inventory.holding import Condition
from fulfillment.inventory.promises import Part
from fulfillment.network.sites import CHANGES
from fulfillment.platform.direct import Line
from fulfillment.platform.fast_json import encoded
from fulfillment.sourcing.checkout import worlds
from fulfillment.sourcing.checkout.state import IS_DEAD, IS_KNOWN, KEY_LIVES, Asked, Goods, State
from fulfillment.sourcing.checkout.worlds import World

FRESH_SECONDS = 300.0
MOST_SKUS, MOST_LINES = 5_000, 10

# Facilities are told apart in the order in which the look had them too: that of the index. Each SKU
# asks for its item and for one dead hold: of a join, or of the question whether there is one,
# PostgreSQL may make a hash of all items, or of the dead holds of all SKUs.
SAME = f"""
SELECT WHERE {KEY_LIVES} AND NOT {IS_KNOWN}
  AND (SELECT ROW (CHANGES)::text FROM facilities) = %s
  AND (SELECT ROW (CHANGES)::text FROM carriers) = %s
  AND (SELECT max(id)::text FROM strategy_activations) IS NOT DISTINCT FROM %s
  AND NOT EXISTS (SELECT FROM price_sources)
  AND NOT EXISTS (SELECT FROM (VALUES SEEN) seen (sku, weight_g, tags, price, quantity, told)
    WHERE (SELECT i.weight_g = seen.weight_g AND i.tags = seen.tags
             AND i.unit_price IS NOT DISTINCT FROM seen.price
           FROM items i WHERE i.sku = seen.sku) IS NOT TRUE
      OR (SELECT true FROM promises p WHERE p.sku = seen.sku AND {IS_DEAD} LIMIT 1)
      OR seen.told IS DISTINCT FROM (
        SELECT string_agg(l.facility || CASE WHEN l.units >= seen.quantity THEN '+' ELSE '-' END,
                          ',')
        FROM (SELECT facility, on_hand - unavailable - reserved - safety_stock AS units
              FROM stock_levels WHERE sku = seen.sku) l
        WHERE l.units > 0))
"""
SEEN = "(%s, %s::int, %s::jsonb, %s::numeric, %s::bigint, %s)"


class Seen(Struct, frozen=True):
    """A SKU as it was seen: its units by facility, less what was taken since through here."""

    goods: Goods
    units: dict[str, int]
    until: float  # on the monotonic clock


class Memory(Struct, frozen=True):
    """What a cart is chosen by without a look."""

    state: State
    world: World


skus_seen: WeakKeyDictionary[Engine, dict[str, Seen]] = WeakKeyDictionary()


def keep(to: Line, found: State) -> None:
    """Remember the SKUs of a look; prices of units depend on more than is told apart here."""
    if not to.is_postgresql or found.published:
        return
    known, until = skus_seen.setdefault(to.engine, {}), time.monotonic() + FRESH_SECONDS
    if len(known) > MOST_SKUS:
        known.clear()
    for sku, goods in found.goods.items():
        known[sku] = Seen(goods, dict(found.promisable[sku]), until)


def recall(to: Line, skus: Iterable[str]) -> Memory | None:
    """Return what was seen of all these SKUs; None unless all of it may be used."""
    stamp, world = worlds.kept.get(to.engine, (None, None))
    known, now = skus_seen.get(to.engine), time.monotonic()
    if stamp is None or world is None or known is None or world.sources or world.limited:
        return None
    lines = {sku: known.get(sku) for sku in skus}
    fresh = {sku: one for sku, one in lines.items() if one and now < one.until}
    if not len(fresh) == len(lines) <= MOST_LINES:
        return None
    goods = {sku: one.goods for sku, one in fresh.items()}
    units = {sku: one.units for sku, one in fresh.items()}
    return Memory(State(True, False, *stamp, goods, units, {}), world)


def take(to: Line, parts: Iterable[Part]) -> None:
    """Take units that were held from what is remembered."""
    known = skus_seen.get(to.engine, {})
    for part in parts:
        one = known.get(part.sku)
        if one and part.facility in one.units:
            one.units[part.facility] -= part.quantity


def unchanged(state: State, asked: Asked, lines: Mapping[str, int], now: datetime) -> Condition:
    """Return what must hold still for a choice by memory to be the one of this moment."""
    given: list[Any] = [asked.digest, now, asked.actor, asked.key, asked.cart_ref]
    given += (state.facilities, state.carriers, state.activation)
    for sku, quantity in lines.items():
        goods, tags = state.goods[sku], encoded(list(state.goods[sku].tags))
        told = ",".join(facilities(state.promisable[sku], quantity)) or None
        given += (sku, goods.weight_g, tags, goods.unit_price, quantity, told)
    return Condition(statement(len(lines)), (*given, now))


def facilities(units: Mapping[str, int], quantity: int) -> Iterator[str]:
    for code, there in units.items():
        if there > 0:
            yield f"{code}+" if there >= quantity else f"{code}-"


@cache
def statement(lines: int) -> str:
    return SAME.replace("SEEN", ", ".join([SEEN] * lines)).replace("CHANGES", CHANGES)
