"""Waves to measure: those of the data folder, and drawn ones like them."""

import gzip
import json
import math
import os
from pathlib import Path

import numpy as np

from fulfillment.optimization import allocation

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("FULFILLMENT_SHARED_DATA", ROOT.parent / "shared" / "data"))

# Stock and capacity as multiples of demand, Zipf exponent of the SKUs, dearness of distance.
KINDS = {
    "like": (1.15, 1.15, 0.9, 1.0),
    "ample": (2.5, 2.0, 0.9, 1.0),
    "scarce": (1.0, 1.0, 0.9, 1.0),
    "skewed": (1.1, 1.1, 1.4, 1.0),
    "long-haul": (1.15, 1.15, 0.9, 4.0),
}
ZONES, SKUS = 400, 5_000
LINES, LINES_SHARE = [1, 2, 3, 4, 5, 6], [0.55, 0.25, 0.10, 0.05, 0.03, 0.02]
UNITS, UNITS_SHARE = [1, 2, 3], [0.88, 0.10, 0.02]
KM = (4_200, 2_300)  # about the lower 48 states


def stored(orders: int) -> allocation.Problem | None:
    """The wave of so many orders in the data folder, if it is there."""
    path = FOLDER / "allocation" / f"orders_{orders:05d}.json.gz"
    return read(path) if path.exists() else None


def read(path: Path) -> allocation.Problem:
    document = json.loads(gzip.decompress(path.read_bytes()))
    orders = [
        {**entry, "lines": tuple(allocation.Line(**line) for line in entry["lines"])}
        for entry in document["orders"]
    ]
    return allocation.Problem(
        facilities=tuple(allocation.Facility(**entry) for entry in document["facilities"]),
        lanes=tuple(allocation.Lane(**entry) for entry in document["lanes"]),
        stock=tuple(allocation.Stock(**entry) for entry in document["stock"]),
        orders=tuple(allocation.Order(**entry) for entry in orders),
        items=tuple(allocation.Item(**entry) for entry in document.get("items", ())),
    )


def draw(kind: str, orders: int, seed: int, facilities: int = 40) -> allocation.Problem:
    """A wave of orders for popular and rare SKUs, from a country's sites with uneven stock."""
    stock, capacity, skew, haul = KINDS[kind]
    rng = np.random.default_rng([seed, orders])
    codes = [f"F{i:02d}" for i in range(facilities)]
    size = rng.dirichlet(np.full(facilities, 1.5))
    asked = _orders(rng, orders, skew)
    wanted = np.zeros(SKUS, dtype=np.int64)
    for order in asked:
        for line in order.lines:
            wanted[int(line.sku[1:])] += line.quantity
    units = np.maximum(np.ceil(size * capacity * wanted.sum()), 1).astype(int)
    return allocation.Problem(
        facilities=tuple(
            allocation.Facility(code, capacity_units=int(n))
            for code, n in zip(codes, units, strict=True)
        ),
        lanes=_lanes(rng, codes, haul),
        stock=_stock(rng, codes, size, wanted, stock),
        orders=asked,
    )


def _orders(rng: np.random.Generator, orders: int, skew: float) -> tuple[allocation.Order, ...]:
    share = 1 / np.arange(1, SKUS + 1) ** skew
    share = rng.permutation(share / share.sum())
    zones = rng.integers(0, ZONES, orders)
    lines = rng.choice(LINES, orders, p=LINES_SHARE)
    skus = np.split(rng.choice(SKUS, lines.sum(), p=share), lines.cumsum()[:-1])
    units = np.split(rng.choice(UNITS, lines.sum(), p=UNITS_SHARE), lines.cumsum()[:-1])
    return tuple(
        allocation.Order(
            id=f"O{i:06d}",
            zone=f"Z{zones[i]:03d}",
            lines=tuple(
                allocation.Line(f"S{sku:05d}", int(n))
                for sku, n in dict(zip(skus[i].tolist(), units[i].tolist(), strict=True)).items()
            ),
            unfilled_cost=45.0,
        )
        for i in range(orders)
    )


def _lanes(rng: np.random.Generator, codes: list[str], haul: float) -> tuple[allocation.Lane, ...]:
    sites, homes = rng.random((len(codes), 2)) * KM, rng.random((ZONES, 2)) * KM
    km = np.hypot(*(homes[:, None] - sites[None]).transpose(2, 0, 1))
    return tuple(
        allocation.Lane(
            zone=f"Z{z:03d}",
            facility=code,
            shipment_cost=8.76,
            unit_cost=round(0.42 + haul * 0.0004 * float(km[z, f]), 6),
            days=1 + math.ceil(km[z, f] / 800),
        )
        for z in range(ZONES)
        for f, code in enumerate(codes)
    )


def _stock(
    rng: np.random.Generator, codes: list[str], size: np.ndarray, wanted: np.ndarray, times: float
) -> tuple[allocation.Stock, ...]:
    """So many times what is wanted of each SKU, and a unit more; each unit at a site by size."""
    held = []
    for sku in np.flatnonzero(wanted).tolist():
        units = round(times * wanted[sku]) + (times > 1)
        share = rng.multinomial(units, size)
        held += [
            allocation.Stock(codes[f], f"S{sku:05d}", int(share[f])) for f in np.flatnonzero(share)
        ]
    return tuple(held)
