"""A client process: it does everything that changes stock until its input ends, and keeps a diary.

Run as `python -m benchmarks.chaos.client NAME SEED KEY PORT`. Every POST has an Idempotency-Key and
is repeated under it until it is answered; some are sent and left before the answer comes. Each
line of the diary is an answer: what was asked, by which reference, the status, and what it told.
"""

import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPException
from typing import Any

from benchmarks.chaos.service import ask

CUSTOMER = {"lat": 30.0, "lng": -90.0}
HOT, COLD, PLACES = ["hot"], [f"cold{n}" for n in range(8)], ["W1", "W2"]
HANGS_UP = 0.05
PAUSE = (0.02, 0.2)
STEPS = ("pick", "pack", "handover")
Asked = tuple[str, str, dict[str, Any]]


class Client:
    """One who shops, works in the warehouse, and moves stock about, at random."""

    def __init__(self, name: str, seed: int, key: str, port: int) -> None:
        self.name, self.port = name, port
        self.random = random.Random(f"{name} {seed}")
        self.headers = {"Authorization": f"Bearer {key}"}
        self.stop = threading.Event()
        self.number = 0
        self.repeated: Counter[str] = Counter()
        self.holds: list[str] = []
        self.orders: list[str] = []
        self.parcels: list[tuple[str, int]] = []
        self.transfers: list[str] = []

    def work(self) -> None:
        while not self.stop.is_set():
            kind, path, body = self.next_request()
            self.number += 1
            ref = f"{self.name} {self.number}"
            for name in ("cart_ref", "order_ref", "reference"):
                body |= {name: ref} if body.get(name) == "?" else {}
            for row in body.get("movements", ()):
                row["reference"] = ref
            answered = self.insist(path, body, ref)
            if answered is None:
                return
            self.note(kind, ref, path, *answered)
        tell({"kind": "end", "repeated": self.repeated})

    def insist(self, path: str, body: dict[str, Any], key: str) -> tuple[int, Any] | None:
        """Repeat the request until it is answered; None when nobody answers after the end."""
        patience = time.monotonic() + 60
        while not (self.stop.is_set() and time.monotonic() > patience):
            try:
                status, answer = self.send(path, body, key)
            except (OSError, HTTPException, ValueError) as error:
                self.repeated[type(error).__name__] += 1
                time.sleep(self.random.uniform(*PAUSE))
                continue
            if status < 500 and status != 429:
                return status, answer
            self.repeated[f"answer {status}"] += 1
            time.sleep(self.random.uniform(*PAUSE))
        return None

    def send(self, path: str, body: dict[str, Any], key: str) -> tuple[int, Any]:
        method, _, url = path.rpartition(" ")
        return ask(
            self.port,
            method or "POST",
            f"/v1/{url}",
            None if method else body,
            {**self.headers, "Idempotency-Key": key},
            seconds=20,
            hang_up=self.random.random() < HANGS_UP,
        )

    # --- what to do next ---

    def next_request(self) -> Asked:
        chosen = self.random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        return getattr(self, chosen)() or self.reserve()

    def lines(self) -> list[dict[str, Any]]:
        skus = {self.random.choice(HOT + COLD), self.random.choice(HOT), self.random.choice(COLD)}
        few = self.random.sample(sorted(skus), self.random.randint(1, len(skus)))
        return [{"sku": sku, "quantity": self.random.randint(1, 2)} for sku in few]

    def reserve(self) -> Asked:
        ttl = self.random.choice([1, 3, 30])
        body = {"cart_ref": "?", "destination": CUSTOMER, "lines": self.lines()}
        return "reserve", "reservations", body | {"ttl_seconds": ttl}

    def order(self) -> Asked:
        body = {"order_ref": "?", "destination": CUSTOMER, "lines": self.lines()}
        wave = {"allocate": "wave"} if self.random.random() < 0.2 else {}
        return "order", "orders", body | wave

    def order_held(self) -> Asked | None:
        held = self.drawn(self.holds)
        body = {"order_ref": "?", "reservation_id": held}
        return held and ("order", "orders", body)

    def extend(self) -> Asked | None:
        held = self.drawn(self.holds)
        return held and ("extend", f"reservations/{held}/extend", {"ttl_seconds": 5})

    def give_back(self) -> Asked | None:
        held = self.drawn(self.holds)
        return held and ("give back", f"DELETE reservations/{held}", {})

    def cancel(self) -> Asked | None:
        order = self.drawn(self.orders)
        return order and ("cancel", f"orders/{order}/cancel", {})

    def on_the_floor(self) -> Asked | None:
        parcel = self.drawn(self.parcels)
        if parcel is None:
            return None
        self.parcels.append(parcel)
        shipment, step = parcel
        if self.random.random() < 0.1:
            return "reject", f"shipments/{shipment}/reject", {"reason": "damaged"}
        return STEPS[step], f"shipments/{shipment}/{STEPS[step]}", {}

    def transfer(self) -> Asked:
        here, there = self.random.sample(PLACES, 2)
        sku = self.random.choice(HOT + COLD)
        body = {"from_facility": here, "to_facility": there, "reference": "?"}
        return "transfer", "transfers", body | {"lines": [{"sku": sku, "quantity": 1}]}

    def carry_on(self) -> Asked | None:
        transfer = self.drawn(self.transfers)
        step = self.random.choice(["ship", "ship", "receive", "receive", "cancel"])
        if transfer:
            self.transfers.append(transfer)
        return transfer and (f"{step} transfer", f"transfers/{transfer}/{step}", {})

    def move(self) -> Asked:
        kind = self.random.choice(["receipt", "receipt", "return", "adjustment", "scrap"])
        kind = self.random.choice([kind, kind, "hold", "unhold", "count"])
        units = self.random.randint(1, 3)
        rows = [
            {"kind": kind, "sku": sku, "facility": self.random.choice(PLACES)}
            | {"quantity": -units if kind == "adjustment" else units, "reason": "chaos"}
            for sku in sorted({self.random.choice(HOT), self.random.choice(COLD)})
        ]
        if kind == "count":
            rows = [row | {"quantity": 40, "expected_on_hand": 41} for row in rows]
        return f"move {kind}", "stock/movements", {"movements": rows}

    def wave(self) -> Asked:
        body = {"kind": "allocation", "apply": True, "parameters": {"seconds": 1, "limit": 20}}
        return "wave", "plans", body

    def drawn(self, things: list[Any]) -> Any:
        return things.pop(self.random.randrange(len(things))) if things else None

    # --- what came of it ---

    def note(self, kind: str, ref: str, path: str, status: int, told: Any) -> None:
        told = told or {}
        told_id = told.get("id")
        rows = len(told.get("movements", ()))
        fact = {"kind": kind, "ref": ref, "path": path, "status": status}
        tell(fact | {"id": told_id, "rows": rows})
        if status >= 300:
            return
        if kind in ("reserve", "extend"):
            self.holds.append(told_id)
        if kind == "order":
            self.orders.append(told_id)
            self.parcels += [(shipment["id"], 0) for shipment in told["shipments"]]
        if kind == "transfer":
            self.transfers.append(told_id)
        if kind in STEPS[:-1]:
            self.parcels = [p for p in self.parcels if p[0] != told_id]
            self.parcels.append((told_id, STEPS.index(kind) + 1))


WEIGHTS = {
    "reserve": 8,
    "order": 5,
    "order_held": 4,
    "extend": 2,
    "give_back": 2,
    "cancel": 3,
    "on_the_floor": 12,
    "transfer": 2,
    "carry_on": 4,
    "move": 6,
    "wave": 0.1,
}


def tell(fact: dict[str, Any]) -> None:
    print(json.dumps(fact), flush=True)


def facts(lines: Iterator[str]) -> list[dict[str, Any]]:
    """Read a diary; its last line may have been cut."""
    return [json.loads(line) for line in lines if line.endswith("\n")]


def main() -> None:
    name, seed, key, port = sys.argv[1:]
    client = Client(name, int(seed), key, int(port))
    threading.Thread(target=lambda: (sys.stdin.read(), client.stop.set()), daemon=True).start()
    client.work()


if __name__ == "__main__":
    main()
