"""A process that asks one database, in the web application itself: `asker URL SCALE SECRET`.

It reads lines of `NAME COUNT` and answers each with the seconds and the CPU of one request.
"""

import base64
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from statistics import median
from typing import Any

from benchmarks.growth.ground import size_of
from fulfillment.app import create_app
from fulfillment.platform import config
from tests.grown import Size

WANTED = 40
CUSTOMER = {"lat": 30.0, "lng": -90.0, "country": "US"}

Request = tuple[str, dict[str, Any] | None]


class Asker:
    """Makes the requests; no two carts or orders are the same.

    Carts want as many SKUs at either size, from all of the catalogue: so as much is remembered of
    them. What a SKU costs that is not, the row of sourcing tells, which looks each time.
    """

    def __init__(self, size: Size) -> None:
        self.size = size
        self.draw = random.Random(1)
        self.numbers = count(time.time_ns())
        self.wanted = self.draw.sample(range(size.skus), WANTED)

    def cart(self, lines: int) -> dict[str, Any]:
        skus = self.draw.sample(self.wanted, lines)
        asked = [{"sku": self.size.sku_of(sku), "quantity": 1} for sku in skus]
        return {"destination": CUSTOMER, "lines": asked}

    def sourcing(self) -> Request:
        return "sourcing", self.cart(3)

    def reservation(self, lines: int = 1) -> Request:
        return "reservations", self.cart(lines) | {"cart_ref": f"c{next(self.numbers)}"}

    def reservation_3(self) -> Request:
        return self.reservation(3)

    def order(self) -> Request:
        return "orders", self.cart(2) | {"order_ref": f"o{next(self.numbers)}"}

    def movement(self) -> Request:
        level = self.draw.randrange(self.size.levels)
        here = {"sku": self.size.sku_of(level), "facility": self.size.place_of(level)}
        return "stock/movements", {"movements": [{**here, "kind": "receipt", "quantity": 1}]}

    def orders_first(self) -> Request:
        return "orders?limit=50", None

    def orders_deep(self) -> Request:
        order = self.deep()
        return f"orders?limit=50&cursor={cursor(self.size.made_id(order, order + 1))}", None

    def ledger_first(self) -> Request:
        return f"stock/movements?limit=50&sku={self.size.sku_of(self.deep())}", None

    def ledger_deep(self) -> Request:
        moment = self.size.made_at(self.deep()).isoformat()
        after = cursor(moment, self.size.made_id(0, 0))
        return f"stock/movements?limit=50&cursor={after}", None

    def stock_deep(self) -> Request:
        level = self.size.levels * 9 // 10
        after = cursor(self.size.sku_of(level), self.size.place_of(0))
        return f"stock?limit=50&cursor={after}", None

    def queue_first(self) -> Request:
        return f"shipments?limit=50&facility={self.size.place_of(0)}", None

    def deep(self) -> int:
        """The number of an order about nine tenths down the list."""
        return self.size.orders * 9 // 10 + self.draw.randrange(self.size.orders // 20)


NAMES = [
    "sourcing",
    "reservation",
    "reservation_3",
    "order",
    "movement",
    "orders_first",
    "orders_deep",
    "ledger_first",
    "ledger_deep",
    "stock_deep",
    "queue_first",
]


def cursor(*values: object) -> str:
    return (
        base64.urlsafe_b64encode(json.dumps(list(map(str, values))).encode()).decode().rstrip("=")
    )


def sender(url: str, secret: str) -> Callable[[Request], None]:
    """Return what sends a request to the application and insists on a good answer."""
    given = {"database_url": url, "log_level": "ERROR"}
    client = create_app(config.checked(config.read_toml(config.DEFAULTS) | given)).test_client()
    headers = {"Authorization": f"Bearer {secret}"}

    def send(request: Request) -> None:
        path, body = request
        method = "GET" if body is None else "POST"
        answer = client.open(f"/v1/{path}", method=method, json=body, headers=headers)
        if answer.status_code not in (200, 201):
            raise RuntimeError(f"{path}: {answer.get_data(as_text=True)[:500]}")

    return send


def answers(lines: Iterator[str], asker: Asker, send: Callable[[Request], None]) -> Iterator[str]:
    for line in lines:
        name, number = line.split()
        requests = [getattr(asker, name)() for _ in range(int(number))]
        seconds, used = [], time.process_time()
        for request in requests:
            began = time.perf_counter()
            send(request)
            seconds.append(time.perf_counter() - began)
        cpu = (time.process_time() - used) / len(requests)
        yield json.dumps({"seconds": median(seconds), "cpu": cpu})


def main() -> None:
    url, scale, secret = sys.argv[1:]
    for answer in answers(sys.stdin, Asker(size_of(int(scale))), sender(url, secret)):
        print(answer, flush=True)


if __name__ == "__main__":
    main()
