"""Requests as bytes: random carts, each with a key and a cart of its own."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from uuid import uuid4

QUESTIONED_SKUS = 200
MOVED_ROWS = 10_000
BULK_CARTS = 1_000
LINES = 3
MEDUSA = "medusa"


@dataclass(frozen=True)
class Shop:
    """What carts are drawn from."""

    skus: Sequence[str]
    facilities: Sequence[str]
    postal_codes: Sequence[str]
    hot_sku: str


def sku_of(number: int) -> str:
    """Return the name of the SKU of this number; SQL scripts name them alike."""
    return f"SKU-{number:06d}"


def facility_of(number: int) -> str:
    """Return the code of the facility of this number."""
    return f"F{number:03d}"


def destination(shop: Shop, draw: Random) -> dict[str, str]:
    return {"postal_code": draw.choice(shop.postal_codes), "country": "US"}


def cart(shop: Shop, draw: Random, skus: Sequence[str]) -> dict[str, object]:
    return {
        "cart_ref": f"cart-{draw.getrandbits(96):024x}",
        "destination": destination(shop, draw),
        "lines": [{"sku": sku, "quantity": 1} for sku in skus],
    }


def reserve_1(shop: Shop, draw: Random) -> object:
    return cart(shop, draw, [draw.choice(shop.skus)])


def reserve_3(shop: Shop, draw: Random) -> object:
    return cart(shop, draw, draw.sample(shop.skus, LINES))


def reserve_hot(shop: Shop, draw: Random) -> object:
    return cart(shop, draw, [shop.hot_sku])


def bulk(shop: Shop, draw: Random) -> object:
    return {"reservations": [reserve_1(shop, draw) for _ in range(BULK_CARTS)]}


def sourcing(shop: Shop, draw: Random) -> object:
    lines = [{"sku": sku, "quantity": 1} for sku in draw.sample(shop.skus, LINES)]
    return {"destination": destination(shop, draw), "lines": lines}


def availability(shop: Shop, draw: Random) -> object:
    skus = draw.sample(shop.skus, QUESTIONED_SKUS)
    return {"skus": skus, "destination": destination(shop, draw)}


def movements(shop: Shop, draw: Random, rows: int = MOVED_ROWS) -> object:
    return {
        "movements": [
            {"kind": "receipt", "sku": sku, "facility": code, "quantity": draw.randint(1, 9)}
            for sku, code in levels(shop, draw, rows)
        ]
    }


def fewer_movements(shop: Shop, draw: Random) -> object:
    return movements(shop, draw, MOVED_ROWS // 10)


def levels(shop: Shop, draw: Random, count: int) -> list[tuple[str, str]]:
    """Draw different stock levels."""
    most = len(shop.skus) * len(shop.facilities)
    chosen = draw.sample(range(most), min(count, most))
    width = len(shop.facilities)
    return [(shop.skus[n // width], shop.facilities[n % width]) for n in chosen]


KINDS: dict[str, tuple[str, Callable[[Shop, Random], object]]] = {
    "reserve_1": ("/v1/reservations", reserve_1),
    "reserve_3": ("/v1/reservations", reserve_3),
    "reserve_hot": ("/v1/reservations", reserve_hot),
    "bulk": ("/v1/reservations/bulk", bulk),
    "sourcing": ("/v1/sourcing", sourcing),
    "availability": ("/v1/availability", availability),
    "movements": ("/v1/stock/movements", movements),
    "fewer_movements": ("/v1/stock/movements", fewer_movements),
}
HELLO = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
ASKED = "GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n\r\n"
HEAD = (
    "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n"
    "Content-Type: application/json\r\nIdempotency-Key: {name}\r\nContent-Length: {length}\r\n\r\n"
)


def requests(kind: str, key: str, shop: dict[str, object], seed: int) -> Iterator[bytes]:
    """Yield requests of one kind without end, no two alike."""
    if kind == "hello":
        while True:
            yield HELLO
    drawn_from, draw = Shop(**shop), Random(seed)  # type: ignore[arg-type]
    if kind == MEDUSA:
        yield from medusa(key, drawn_from, draw)
    path, body_of = KINDS[kind]
    while True:
        yield post(path, key, body_of(drawn_from, draw))


def medusa(key: str, shop: Shop, draw: Random) -> Iterator[bytes]:
    """Yield what sources and reserves at Medusa: where an item is, and its reservation there."""
    while True:
        item, place = draw.choice(shop.skus), draw.choice(shop.facilities)
        levels = f"/admin/inventory-items/{item}/location-levels?limit={len(shop.facilities)}"
        yield ASKED.format(path=levels, key=key).encode()
        wanted = {"inventory_item_id": item, "location_id": place, "quantity": 1}
        yield post("/admin/reservations", key, wanted)


def post(path: str, key: str, asked: object) -> bytes:
    body = json.dumps(asked, separators=(",", ":"))
    return (HEAD.format(path=path, key=key, name=uuid4(), length=len(body)) + body).encode()
