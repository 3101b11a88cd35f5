"""The world that is measured: a migrated database with facilities, items, rates and stock."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice, product
from random import Random
from typing import Any

import zipcodes
from msgspec import structs
from sqlalchemy import insert, text

from benchmarks.hotpath.bodies import Shop, facility_of, sku_of
from fulfillment.app import create_app
from fulfillment.catalog.models import Item
from fulfillment.inventory.models import Movement, StockLevel
from fulfillment.network.models import Carrier, CarrierRate, Facility
from fulfillment.platform import audit, config, keys, migrations
from fulfillment.platform.context import Role
from fulfillment.platform.db import Base, db, transaction
from fulfillment.platform.ids import new_id

SEED = 20_261_122
PLENTY = 10**8
AT_ONCE = 5_000
DESTINATIONS = 5_000
SOUTH, NORTH, WEST, EAST = 24.5, 49.5, -125.0, -66.0
DISTANCES_KM = (250, 600, 1_200, 2_400, None)
WEIGHTS_G = (500, 2_000, 10_000, 30_000)
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
HOT = 0  # the number of the SKU that only the first facility has

Rows = Iterable[dict[str, Any]]


@dataclass(frozen=True)
class Size:
    """How many SKUs, each in stock in how many facilities."""

    skus: int
    facilities: int


@dataclass(frozen=True)
class World:
    """A filled database: what carts are drawn from, and a key that may do everything."""

    url: str
    shop: Shop
    key: str

    def requests(self, kind: str, seed: int) -> dict[str, Any]:
        """Return what the load generator needs to make requests of this kind."""
        return {"kind": kind, "key": self.key, "shop": asdict(self.shop), "seed": seed}


@contextmanager
def in_app(url: str) -> Iterator[None]:
    """Speak to the database as the product does."""
    quiet = structs.replace(config.load({}), database_url=url, log_level="ERROR")
    with create_app(quiet).app_context():
        yield
        db.session.remove()
        db.engine.dispose()


def build(url: str, size: Size) -> World:
    """Migrate the empty database at `url` and fill it."""
    draw, places = Random(SEED), contiguous_places()
    with in_app(url):
        migrations.upgrade()
        with transaction() as session:
            fill(draw.sample(places, size.facilities), size)
            key = keys.create(Role.ADMIN, "bench")
            session.execute(text("ANALYZE"))
    codes = [place["zip_code"] for place in draw.sample(places, DESTINATIONS)]
    skus = [sku_of(n) for n in range(1, size.skus + 1)]
    stocked = [facility_of(n) for n in range(1, size.facilities + 1)]
    return World(url, Shop(skus, stocked, codes, sku_of(HOT)), key)


def findings(url: str) -> int:
    """Return how many rows break an invariant."""
    with in_app(url):
        return sum(len(verdict.findings) for verdict in audit.run().invariants)


def contiguous_places() -> list[dict[str, Any]]:
    """Return the ZIP codes between the two oceans."""
    everywhere = zipcodes.filter_by(active=True, zip_code_type="STANDARD")
    return [place for place in everywhere if is_contiguous(place)]


def is_contiguous(place: dict[str, Any]) -> bool:
    lat, lng = float(place["lat"]), float(place["long"])
    return SOUTH <= lat <= NORTH and WEST <= lng <= EAST


def fill(sites: Sequence[dict[str, Any]], size: Size) -> None:
    """Write the rows, with a receipt behind every unit."""
    write(Facility, (facility_row(n, site) for n, site in enumerate(sites, 1)))
    write(Item, (item_row(n) for n in range(size.skus + 1)))
    write(Carrier, ({"code": code, "name": code, "version": 1} for code in ("GROUND", "AIR")))
    write(CarrierRate, rate_rows())
    everywhere = product(range(1, size.skus + 1), range(1, size.facilities + 1))
    levels = [(sku_of(HOT), facility_of(1)), *((sku_of(s), facility_of(f)) for s, f in everywhere)]
    write(StockLevel, ({**key_of(k), "on_hand": PLENTY, "entries": 1} for k in levels))
    write(Movement, (receipt_row(key) for key in levels))


def write(table: type[Base], rows: Rows) -> None:
    waiting = iter(rows)
    while some := list(islice(waiting, AT_ONCE)):
        db.session.execute(insert(table), some)


def key_of(key: tuple[str, str]) -> dict[str, Any]:
    return {"sku": key[0], "facility": key[1]}


def facility_row(number: int, site: dict[str, Any]) -> dict[str, Any]:
    place = {"lat": float(site["lat"]), "lng": float(site["long"]), "timezone": site["timezone"]}
    code = facility_of(number)
    return {"code": code, "name": code, "postal_code": site["zip_code"], "version": 1, **place}


def item_row(number: int) -> dict[str, Any]:
    return {"sku": sku_of(number), "name": f"Item {number}", "weight_g": 200 + number % 40 * 100}


def rate_rows() -> Rows:
    """Two carriers, with prices that rise with distance and weight."""
    for code, dearer, days in (("GROUND", 1, 1), ("AIR", 3, 0)):
        for band, weight in product(range(len(DISTANCES_KM)), WEIGHTS_G):
            yield {
                "carrier": code,
                "service": "STANDARD",
                "zone": f"Z{band + 1}",
                "max_distance_km": DISTANCES_KM[band],
                "max_weight_g": weight,
                "price": dearer * (4 + band + weight // 1_000),
                "transit_days": 1 + days * band,
            }


def receipt_row(key: tuple[str, str]) -> dict[str, Any]:
    moved = {"kind": "receipt", "quantity": PLENTY, "unavailable": 0, "balance_after": PLENTY}
    when = {"occurred_at": BEGAN, "recorded_at": BEGAN}
    return {
        "id": new_id(),
        **key_of(key),
        **moved,
        **when,
        "entry": 1,
        "actor": "bench",
        "cause": "api",
    }
