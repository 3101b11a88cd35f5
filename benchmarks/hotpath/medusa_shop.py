"""Medusa's own server on the same PostgreSQL, and a shop in it to send reservations to."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from typing import Any
from urllib.request import Request, urlopen

from benchmarks.hotpath import service
from benchmarks.hotpath.bodies import Shop
from benchmarks.hotpath.service import LOCAL, Service
from benchmarks.peers import MEDUSA, MEDUSA_MODULES

COMMAND = MEDUSA_MODULES / ".bin" / "medusa"
ITEMS, PLENTY = 200, 100_000_000
WHO = {"email": "planner@example.com", "password": "a-secret-of-nobody"}
QUIET = {"MEDUSA_DISABLE_TELEMETRY": "1", "NODE_ENV": "production"}


@contextmanager
def open_shop(url: str, servers: int) -> Iterator[tuple[Service, Mapping[str, Any]]]:
    """Run it with so many processes; lend it, and the requests that its load is made of."""
    own = QUIET | {"DATABASE_URL": url}
    prepare(own)
    port, size = service.free_port(), str(servers)
    at = ("--host", LOCAL, "--port", str(port), "--cluster", size, "--servers", size)
    with service.running([str(COMMAND), "start", *at], port, MEDUSA, **own) as process:
        key = post(port, "/auth/user/emailpass", WHO)["token"]
        yield (
            Service(port, process.pid),
            {"kind": "medusa", "key": key, "shop": furnished(port, key)},
        )


def prepare(own: dict[str, str]) -> None:
    """Make its tables, and a user."""
    as_told = ("--email", WHO["email"], "--password", WHO["password"])
    for words in (("db:migrate", "--skip-scripts"), ("user", *as_told)):
        done = subprocess.run(
            [COMMAND, *words],
            cwd=MEDUSA,
            env=os.environ | own,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"medusa {words[0]}: {done.stderr[-2000:]}")


def furnished(port: int, key: str) -> dict[str, Any]:
    """Give it a location and items that never run out there."""
    tell = partial(post, port, key=key)
    location = tell("/admin/stock-locations", {"name": "warehouse"})["stock_location"]["id"]
    level = {"location_id": location, "stocked_quantity": PLENTY}
    items = []
    for number in range(ITEMS):
        made = tell("/admin/inventory-items", {"sku": f"SKU-{number}"})["inventory_item"]["id"]
        tell(f"/admin/inventory-items/{made}/location-levels", level)
        items.append(made)
    return asdict(Shop(items, [location], [], items[0]))


def post(port: int, path: str, body: object, key: str = "") -> Any:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    asked = Request(f"http://{LOCAL}:{port}{path}", json.dumps(body).encode(), headers)
    with urlopen(asked, timeout=service.PATIENCE_SECONDS) as answer:
        return json.load(answer)
