"""All that a reservation needs to know, by one read: who asks, what is there, what has changed."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache

from msgspec import Struct

from fulfillment.network.sites import CHANGES
from fulfillment.platform import direct
from fulfillment.platform.columns import TEN_THOUSANDTHS
from fulfillment.platform.direct import Line
from fulfillment.platform.fast_json import decoded, encoded
from fulfillment.sourcing.prices.outlooks import SkuOutlook, outlook_of

# One row for each SKU; every one repeats what is asked about the whole. The parameters: the SKUs,
# the moment, the key's digest and the moment, the actor and the Idempotency-Key, the cart.
KEY_LIVES = """EXISTS (SELECT FROM api_keys WHERE digest = %s AND revoked_at IS NULL
    AND (expires_at IS NULL OR expires_at > (SELECT %s::timestamptz)))"""
IS_KNOWN = """(EXISTS (SELECT FROM idempotency_keys WHERE actor = %s AND key = %s)
    OR EXISTS (SELECT FROM holds WHERE cart_ref = %s AND status = 'live'))"""
# By the index of dead holds, and no other: see `Promise`.
IS_DEAD = "p.outcome IS NULL AND p.expires_at <= (SELECT %s::timestamptz)"
POSTGRESQL = f"""
WITH wanted (sku) AS (WANTED)
SELECT wanted.sku, i.weight_g, i.tags, i.unit_price,
  (SELECT json_object_agg(
     l.facility, l.on_hand - l.unavailable - l.reserved - l.safety_stock)
   FROM stock_levels l WHERE l.sku = wanted.sku),
  (SELECT json_agg(json_build_array(p.facility, p.quantity))
   FROM promises p WHERE p.sku = wanted.sku AND {IS_DEAD}),
  (SELECT json_build_array(o.per_day, o.receipts, o.line_units)
   FROM outlooks o WHERE o.sku = wanted.sku),
  asked.*
FROM wanted LEFT JOIN items i ON i.sku = wanted.sku, (SELECT
  {KEY_LIVES}::int,
  {IS_KNOWN}::int,
  (SELECT ROW (CHANGES)::text FROM facilities),
  (SELECT ROW (CHANGES)::text FROM carriers),
  (SELECT max(id) FROM strategy_activations),
  (SELECT json_agg(json_build_array(source, as_of, plan_id)) FROM price_sources)
) asked
"""
SQLITE = """
WITH wanted (sku) AS (WANTED)
SELECT wanted.sku, i.weight_g, i.tags, i.unit_price,
  (SELECT json_group_object(
     l.facility, l.on_hand - l.unavailable - l.reserved - l.safety_stock)
   FROM stock_levels l WHERE l.sku = wanted.sku),
  (SELECT json_group_array(json_array(p.facility, p.quantity))
   FROM promises p WHERE p.sku = wanted.sku AND p.outcome IS NULL AND p.expires_at <= ?),
  (SELECT json_array(json(o.per_day), json(o.receipts), o.line_units)
   FROM outlooks o WHERE o.sku = wanted.sku),
  asked.*
FROM wanted LEFT JOIN items i ON i.sku = wanted.sku, (SELECT
  EXISTS (SELECT 1 FROM api_keys WHERE digest = ? AND revoked_at IS NULL
          AND (expires_at IS NULL OR expires_at > ?)),
  EXISTS (SELECT 1 FROM idempotency_keys WHERE actor = ? AND key = ?)
    OR EXISTS (SELECT 1 FROM holds WHERE cart_ref = ? AND status = 'live'),
  (SELECT json_array(CHANGES) FROM facilities),
  (SELECT json_array(CHANGES) FROM carriers),
  (SELECT max(id) FROM strategy_activations),
  (SELECT json_group_array(json_array(source, as_of, plan_id)) FROM price_sources)
) asked
"""
BOOKED = """
SELECT facility, ship_on, count(DISTINCT owner_id) FROM promises
WHERE facility IN (THESE) AND ship_on >= %s AND (closed_at IS NULL OR outcome = 'shipped')
  AND (expires_at IS NULL OR expires_at > %s)
GROUP BY facility, ship_on
"""
# PostgreSQL plans a prepared statement once, unless another plan looks cheaper for the values at
# hand; planning costs more than the read. So it is not told the moment before it has planned, and
# of so few SKUs it gets a list: before an array it plans anew each time.
FEW = 10
ARRAY, EACH = "SELECT unnest(%s::text[])", "SELECT value FROM json_each(?)"


class Goods(Struct, frozen=True):
    """What sourcing reads of an item."""

    weight_g: int
    tags: Collection[str]
    unit_price: Decimal | None


class Asked(Struct, frozen=True):
    """Whose state is read."""

    digest: str
    actor: str
    key: str | None
    cart_ref: str
    skus: Collection[str]


class State(Struct, frozen=True):
    """What the read found: `unusual` is what the ordinary path must look at."""

    is_live: bool
    unusual: bool
    facilities: str
    carriers: str
    activation: int | str | None
    published: str | None
    goods: Mapping[str, Goods]
    promisable: Mapping[str, Mapping[str, int]]
    outlooks: Mapping[str, SkuOutlook]


def read(to: Line, asked: Asked, now: datetime) -> State:
    """Read it."""
    at, skus = direct.moment(to, now), list(asked.skus)
    text = statement(to.is_postgresql, min(len(skus), FEW + 1))
    given = (at, asked.digest, at, asked.actor, asked.key, asked.cart_ref)
    rows = direct.rows(to, text, (*listed(to.is_postgresql, skus), *given))
    is_live, unusual, facilities, carriers, activation, published = rows[0][7:]
    known = [row for row in rows if row[1] is not None]
    return State(
        bool(int(is_live)),
        bool(int(unusual)),
        facilities,
        carriers,
        activation,
        published,
        {row[0]: Goods(int(row[1]), listing(row[2]), money(row[3])) for row in known},
        {row[0]: promisable(row[4], row[5]) for row in known},
        {row[0]: outlook_of(row[0], *decoded(row[6])) for row in known if row[6]},
    )


@cache
def statement(is_postgresql: bool, count: int) -> str:
    """Return the statement for so many SKUs, in the words of an engine."""
    text = POSTGRESQL if is_postgresql else SQLITE
    few = f"VALUES {', '.join(['(%s)'] * count)}" if is_postgresql and count <= FEW else None
    return text.replace("WANTED", few or each(is_postgresql)).replace("CHANGES", CHANGES)


def each(is_postgresql: bool) -> str:
    return ARRAY if is_postgresql else EACH


def listed(is_postgresql: bool, skus: Sequence[str]) -> Sequence[str]:
    return skus if is_postgresql and len(skus) <= FEW else [together(is_postgresql, skus)]


def together(is_postgresql: bool, texts: Sequence[str]) -> str:
    """Return texts as the one parameter that `each` takes apart."""
    return direct.array(texts) if is_postgresql else encoded(texts)


def booked(to: Line, facilities: Sequence[str], now: datetime) -> Counter[tuple[str, date]]:
    """Count the orders and carts that each facility ships, by its day: `availability.booked`."""
    text = BOOKED.replace("THESE", each(to.is_postgresql))
    # A day earlier, since it may still be yesterday there.
    since = (now - timedelta(days=1)).date().isoformat()
    given = together(to.is_postgresql, facilities), since, direct.moment(to, now)
    rows = direct.rows(to, text if to.is_postgresql else text.replace("%s", "?"), given)
    return Counter({(code, date.fromisoformat(day)): int(n) for code, day, n in rows if day})


def promisable(levels: str | None, dead: str | None) -> dict[str, int]:
    """Return the units that each facility can promise of a SKU.

    A hold is dead from the second it expires; until the sweep its units still look promised.
    """
    units: dict[str, int] = decoded(levels) if levels else {}
    if dead and dead != "[]":
        for facility, quantity in decoded(dead):
            units[facility] += quantity
    return units if min(units.values(), default=0) >= 0 else nothing_less(units)


@lru_cache(maxsize=1_000)
def listing(tags: str) -> Sequence[str]:
    return tuple(decoded(tags))


def nothing_less(units: Mapping[str, int]) -> dict[str, int]:
    return {facility: max(0, n) for facility, n in units.items()}


def money(amount: int | str | None) -> Decimal | None:
    if amount is None:
        return None
    return amount / TEN_THOUSANDTHS if isinstance(amount, int) else Decimal(amount)
