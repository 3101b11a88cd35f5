"""All that a reservation needs to know, by one read: who asks, what is there, what has changed."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from fulfillment.platform import direct
from fulfillment.platform.columns import TEN_THOUSANDTHS
from fulfillment.platform.direct import Line

# One row for each SKU that is known; every one repeats what is asked about the whole.
READ = direct.Statement(
    postgresql="""
    SELECT asked.*, i.sku, i.weight_g, i.tags, i.unit_price,
      (SELECT json_object_agg(
         l.facility, l.on_hand - l.unavailable - l.reserved - l.safety_stock)::text
       FROM stock_levels l WHERE l.sku = i.sku)
    FROM (SELECT
      EXISTS (SELECT FROM api_keys WHERE digest = %s AND revoked_at IS NULL
              AND (expires_at IS NULL OR expires_at > %s)),
      EXISTS (SELECT FROM idempotency_keys WHERE actor = %s AND key = %s)
        OR EXISTS (SELECT FROM holds WHERE cart_ref = %s AND status = 'live'),
      (SELECT json_agg(json_build_array(sku, facility, quantity))::text FROM promises
       WHERE closed_at IS NULL AND expires_at <= %s AND sku = ANY (%s::text[])),
      (SELECT row_to_json(f) FROM
        (SELECT count(*), sum(version), max(updated_at) FROM facilities) f)::text,
      (SELECT row_to_json(c) FROM
        (SELECT count(*), sum(version), max(updated_at) FROM carriers) c)::text,
      (SELECT max(id) FROM strategy_activations),
      EXISTS (SELECT FROM price_sources)
    ) asked LEFT JOIN items i ON i.sku = ANY (%s::text[])
    """,
    sqlite="""
    SELECT asked.*, i.sku, i.weight_g, i.tags, i.unit_price,
      (SELECT json_group_object(
         l.facility, l.on_hand - l.unavailable - l.reserved - l.safety_stock)
       FROM stock_levels l WHERE l.sku = i.sku)
    FROM (SELECT
      EXISTS (SELECT 1 FROM api_keys WHERE digest = ? AND revoked_at IS NULL
              AND (expires_at IS NULL OR expires_at > ?)),
      EXISTS (SELECT 1 FROM idempotency_keys WHERE actor = ? AND key = ?)
        OR EXISTS (SELECT 1 FROM holds WHERE cart_ref = ? AND status = 'live'),
      (SELECT json_group_array(json_array(sku, facility, quantity)) FROM promises
       WHERE closed_at IS NULL AND expires_at <= ? AND sku IN (SELECT value FROM json_each(?))),
      (SELECT json_array(count(*), sum(version), max(updated_at)) FROM facilities),
      (SELECT json_array(count(*), sum(version), max(updated_at)) FROM carriers),
      (SELECT max(id) FROM strategy_activations),
      EXISTS (SELECT 1 FROM price_sources)
    ) asked LEFT JOIN items i ON i.sku IN (SELECT value FROM json_each(?))
    """,
)


@dataclass(frozen=True, slots=True)
class Goods:
    """What sourcing reads of an item."""

    weight_g: int
    tags: Collection[str]
    unit_price: Decimal | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose state is read."""

    digest: str
    actor: str
    key: str | None
    cart_ref: str
    skus: Collection[str]


@dataclass(frozen=True, slots=True)
class State:
    """What the read found: `unusual` is what the ordinary path must look at."""

    is_live: bool
    unusual: bool
    facilities: str
    carriers: str
    activation: int | None
    has_prices: bool
    goods: Mapping[str, Goods]
    promisable: Mapping[str, Mapping[str, int]]


def read(to: Line, asked: Asked, now: datetime) -> State:
    """Read it."""
    at, skus = direct.moment(to, now), list(asked.skus)
    listed = direct.array(skus) if to.is_postgresql else json.dumps(skus)
    given = (asked.digest, at, asked.actor, asked.key, asked.cart_ref, at, listed, listed)
    rows = direct.rows(to, READ, given)
    is_live, unusual, dead, facilities, carriers, activation, has_prices, *_ = rows[0]
    known = [row[7:] for row in rows if row[7] is not None]
    units = {row[0]: json.loads(row[4] or "{}") for row in known}
    # A hold is dead from the second it expires; until the sweep its units still look promised.
    for sku, facility, quantity in json.loads(dead or "[]"):
        units[sku][facility] += quantity
    return State(
        bool(is_live),
        bool(unusual),
        facilities,
        carriers,
        activation,
        bool(has_prices),
        {row[0]: Goods(row[1], listing(row[2]), money(row[3])) for row in known},
        {sku: {at: max(0, n) for at, n in there.items()} for sku, there in units.items()},
    )


def listing(tags: Any) -> list[str]:
    found: list[str] = json.loads(tags) if isinstance(tags, str) else tags
    return found


def money(amount: Any) -> Decimal | None:
    return amount / TEN_THOUSANDTHS if isinstance(amount, int) else amount
