"""Medusa's own server on the same PostgreSQL, and a shop in it to send reservations to."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from typing import Any
from urllib.request import Request, urlopen

from benchmarks.hotpath import bodies, service
from benchmarks.hotpath.bodies import Shop
from benchmarks.hotpath.rounds import Round, Side
from benchmarks.hotpath.service import LOCAL, Service
from benchmarks.hotpath.world import Size
from benchmarks.peers import MEDUSA, MEDUSA_MODULES
from benchmarks.peers.programs import QUIET, answer_of, start

COMMAND = MEDUSA_MODULES / ".bin" / "medusa"
MOST_ITEMS, PLENTY = 200, 100_000_000
CALLS = 2  # for each reservation
WHO = {"email": "planner@example.com", "password": "a-secret-of-nobody"}
SHIPPED = {"NODE_ENV": "production"}


@contextmanager
def open_shop(url: str, size: Size, servers: int, connections: int) -> Iterator[Side]:
    """Run it with so many processes; lend the side that asks where items are and reserves them."""
    own = QUIET | SHIPPED | {"DATABASE_URL": url}
    prepare(own)
    port, count = service.free_port(), str(servers)
    at = ("--host", LOCAL, "--port", str(port), "--cluster", count, "--servers", count)
    with service.running([str(COMMAND), "start", *at], port, MEDUSA, **own) as process:
        key = post(port, "/auth/user/emailpass", WHO)["token"]
        asked = {"kind": bodies.MEDUSA, "key": key, "shop": furnished(port, key, size)}
        shop = Service(port, process.pid)

        def side(seconds: float) -> Round:
            done = shop.drive(asked | {"seed": service.next_seed()}, connections, seconds)
            if done.refused:
                raise RuntimeError(f"Medusa refused some: {done.refused}")
            return replace(done, rate=done.rate / CALLS, count=done.count // CALLS)

        yield side


def prepare(own: dict[str, str]) -> None:
    """Make its tables, and a user."""
    as_told = ("--email", WHO["email"], "--password", WHO["password"])
    for words in (("db:migrate", "--skip-scripts"), ("user", *as_told)):
        answer_of(start((COMMAND, *words), MEDUSA, own))


def furnished(port: int, key: str, size: Size) -> dict[str, Any]:
    """Give it as many locations, and items that never run out anywhere."""
    tell = partial(post, port, key=key)
    places = [location(tell, number) for number in range(size.facilities)]
    items = [item(tell, number, places) for number in range(min(size.skus, MOST_ITEMS))]
    return asdict(Shop(items, places, [], items[0]))


def location(tell: Callable[..., Any], number: int) -> str:
    made = tell("/admin/stock-locations", {"name": f"warehouse {number}"})
    return str(made["stock_location"]["id"])


def item(tell: Callable[..., Any], number: int, places: Sequence[str]) -> str:
    made = tell("/admin/inventory-items", {"sku": f"SKU-{number}"})["inventory_item"]["id"]
    levels = [{"location_id": place, "stocked_quantity": PLENTY} for place in places]
    tell(f"/admin/inventory-items/{made}/location-levels/batch", {"create": levels})
    return str(made)


def post(port: int, path: str, body: object, key: str = "") -> Any:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    asked = Request(f"http://{LOCAL}:{port}{path}", json.dumps(body).encode(), headers)
    with urlopen(asked, timeout=service.PATIENCE_SECONDS) as answer:
        return json.load(answer)
