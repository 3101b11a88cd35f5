"""What the service should say of its stock: a model in memory, of dicts and sums."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Key = tuple[str, str]
"""SKU and facility."""

OPEN = ("planned", "released", "picked", "packed")


@dataclass
class Shelf:
    """What lies in one facility of one SKU."""

    on_hand: int = 0
    unavailable: int = 0
    safety_stock: int = 0
    incoming: int = 0
    may_exceed: int = 0


@dataclass
class Cart:
    """What a reservation holds, and until when."""

    ref: str
    units: Counter[Key]
    until: datetime
    status: str = "live"


@dataclass
class Parcel:
    """A shipment, as the API last told of it."""

    facility: str
    status: str
    units: dict[str, int]

    def contents(self) -> Iterator[tuple[Key, int]]:
        return (((sku, self.facility), n) for sku, n in self.units.items())


@dataclass
class Sale:
    """An order: what was asked for, and what was cancelled of it."""

    asked: dict[str, int]
    cancelled: Counter[str] = field(default_factory=Counter)
    parcels: dict[str, Parcel] = field(default_factory=dict)

    def shipped(self, sku: str) -> int:
        return self.sum_of(sku, "handed_over")

    def allocated(self, sku: str) -> int:
        return self.sum_of(sku, *OPEN)

    def sum_of(self, sku: str, *statuses: str) -> int:
        return sum(p.units.get(sku, 0) for p in self.parcels.values() if p.status in statuses)

    def left(self, sku: str) -> int:
        """Return the units that can be cancelled."""
        return self.asked[sku] - self.cancelled[sku] - self.shipped(sku)


@dataclass
class Haul:
    """A transfer of units of one SKU."""

    sku: str
    sender: str
    receiver: str
    units: int
    status: str


@dataclass
class Purchase:
    """A purchase order of one SKU; `left` is what is outstanding of it."""

    sku: str
    facility: str
    units: int
    status: str
    left: int = 0


@dataclass
class Model:
    """Shelves, and everything that units are promised to."""

    shelves: dict[Key, Shelf]
    now: datetime
    carts: dict[str, Cart] = field(default_factory=dict)
    sales: dict[str, Sale] = field(default_factory=dict)
    hauls: dict[str, Haul] = field(default_factory=dict)
    purchases: dict[str, Purchase] = field(default_factory=dict)

    def alive(self, cart: Cart) -> bool:
        return cart.status == "live" and cart.until > self.now

    def reserved(self, key: Key) -> int:
        carts = sum(c.units[key] for c in self.carts.values() if self.alive(c))
        parcels = (p for s in self.sales.values() for p in s.parcels.values() if p.status in OPEN)
        sold = sum(n for p in parcels for at, n in p.contents() if at == key)
        ready = (h for h in self.hauls.values() if h.status == "ready")
        return carts + sold + sum(h.units for h in ready if (h.sku, h.sender) == key)

    def available(self, key: Key) -> int:
        shelf = self.shelves[key]
        return shelf.on_hand - shelf.unavailable - self.reserved(key)

    def promisable(self, key: Key, own: Mapping[Key, int] | None = None) -> int:
        free = self.available(key) + (own or {}).get(key, 0)
        return max(0, free - self.shelves[key].safety_stock)

    def promisable_of(self, sku: str, own: Mapping[Key, int] | None = None) -> int:
        return sum(self.promisable(key, own) for key in self.shelves if key[0] == sku)

    def live_cart(self, ref: str) -> Cart | None:
        return next((c for c in self.carts.values() if c.ref == ref and self.alive(c)), None)

    def excess(self, key: Key) -> int:
        return max(0, -self.available(key))

    def tell(self, key: Key) -> dict[str, Any]:
        """Return the stock level as the API should show it."""
        shelf = self.shelves[key]
        return {
            "sku": key[0],
            "facility": key[1],
            "on_hand": shelf.on_hand,
            "unavailable": shelf.unavailable,
            "reserved": self.reserved(key),
            "safety_stock": shelf.safety_stock,
            "incoming": shelf.incoming,
            "available": self.available(key),
            "promisable": self.promisable(key),
        }
