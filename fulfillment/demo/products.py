"""What the baskets hold: names, weights and prices of the products.

Real: product types, brands, package sizes and what was paid. A weight is read from the package
size where that says one, a multipack's as the number of packs times the weight of each; a volume
weighs what water does. Assumed: any other product weighs what the median product of its category
does, or else of its department, or else of them all; packaging weighs nothing.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from statistics import median_high
from typing import Any

GRAMS = {"OZ": 28.349523, "LB": 453.59237}
# Grams of water.
VOLUMES = {
    "ML": 1.0, "L": 1_000.0, "LT": 1_000.0, "PT": 473.176473, "QT": 946.352946,
    "GA": 3_785.411784, "GAL": 3_785.411784,
}  # fmt: skip
# "12 PK/12 OZ", "10/6.75 OZ", "6-4 OZ", "15 1/4 OZ", "1/2 GAL", "(600) 4 LB", ".5 L"
SIZE = re.compile(
    r"(?:(?!1/2)(?P<packs>\d+) *(?:PK *[/ ]|[/-]) *)?"
    r"(?P<number>\d+ \d/\d|1/2|\d*\.?\d+) *"
    r"(?:FL )?(?P<unit>OZ|LB|ML|LT|L|PT|QT|GAL|GA)S?(?![A-Z])"
)
LARGEST_VOLUME = 5_000  # beyond it, the size is what a bin holds or what a powder makes
HEAVIEST_GRAMS = 30_000  # beyond it, no parcel

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Product:
    """An item that the demo's orders ask for."""

    sku: str
    name: str
    department: str
    weight_grams: int
    unit_price: Decimal


def grams(package_size: str | None) -> int | None:
    """Read a weight from a package size such as `6/12 OZ`; None where it tells none."""
    size = (package_size or "").strip()
    found = SIZE.search(f"1 {size}" if size in GRAMS | VOLUMES else size)
    if found is None:
        return None
    each = _number(found["number"]) * (GRAMS | VOLUMES)[found["unit"]]
    if found["unit"] in VOLUMES and each > LARGEST_VOLUME:
        return None
    weight = round(int(found["packs"] or 1) * each)
    return weight if 1 <= weight <= HEAVIEST_GRAMS else None


def products(records: Iterable[Record], prices: Mapping[int, Decimal]) -> tuple[Product, ...]:
    """Describe the products of the records, sorted by SKU; each needs a price."""
    rows = sorted(records, key=lambda row: str(row["product_id"]))
    weights = _weights(rows)
    return tuple(
        Product(
            sku=str(row["product_id"]),
            name=_name(row),
            department=row["department"],
            weight_grams=weight,
            unit_price=prices[row["product_id"]],
        )
        for row, weight in zip(rows, weights, strict=True)
    )


def _number(text: str) -> float:
    """Read `12`, `.5`, `15 1/4` or `1/2`."""
    total = 0.0
    for part in text.split():
        numerator, _, denominator = part.partition("/")
        total += float(numerator) / float(denominator or 1)
    return total


def _weights(rows: list[Record]) -> list[int]:
    known = [grams(row["package_size"]) for row in rows]
    peers: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for row, weight in zip(rows, known, strict=True):
        if weight is not None:
            for group in _groups(row):
                peers[group].append(weight)
    return [weight or _typical(row, peers) for row, weight in zip(rows, known, strict=True)]


def _typical(row: Record, peers: Mapping[tuple[str, ...], list[int]]) -> int:
    return next(median_high(peers[group]) for group in _groups(row) if group in peers)


def _groups(row: Record) -> list[tuple[str, ...]]:
    return [(row["department"], row["product_category"]), (row["department"],), ()]


def _name(row: Record) -> str:
    name = (row["product_type"] or row["product_category"]).title()
    size = f", {row['package_size'].strip().lower()}" if row["package_size"] else ""
    return f"{name}{size} ({row['brand'].lower()} brand)"
