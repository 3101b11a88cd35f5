"""Two years of a gift wholesaler (UCI Online Retail), split over the sites by a seeded rule.

Real: units and invoices by SKU and day, and prices. The split: a day's units are cut into as many
parts as there were invoices, at random points; each part goes to a site drawn by its share of the
people, times a taste of the SKU there that wanders from week to week, so that what was right once
stands in the wrong place later. Drawn, too: what a unit weighs.
"""

import csv
import gzip
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.planning import places
from benchmarks.planning.world import WEEK, Demand

MONDAY = date(2009, 11, 30).toordinal()
KNOWN, MEASURED = 45, 53  # weeks before the policies begin, and before they are measured
LEAST_WEEKS = 10  # with demand before, or nobody would plan for the SKU
TASTE, KEEPS = 0.5, 0.98  # deviation of its logarithm, and what is left of it a week later
MEDIAN_GRAMS = 350.0


def demand(folder: Path, count: int, seed: int) -> Demand | None:
    """The demand for so many SKUs, drawn from those that sold in the first year; None: no file."""
    path = folder / "online_retail_daily.csv.gz"
    if not path.exists():
        return None
    skus, units, invoices, price = read(path)
    weeks = units[:, : KNOWN * WEEK].reshape(len(skus), KNOWN, WEEK).sum(axis=2)
    listed = np.flatnonzero((weeks > 0).sum(axis=1) >= LEAST_WEEKS)
    rng = np.random.default_rng([seed, 11])
    chosen = np.sort(rng.permutation(listed)[:count])
    return Demand(
        name="UCI Online Retail",
        skus=[skus[row] for row in chosen],
        units=split(rng, units[chosen], invoices[chosen]),
        price=price[chosen],
        weight=np.rint(MEDIAN_GRAMS * rng.lognormal(0.0, 0.6, chosen.size)) + 20,
        share=float(weeks[chosen].sum() / weeks[listed].sum()),
        start=KNOWN,
        measured=MEASURED,
    )


def read(path: Path) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray]:
    """SKUs, their units and invoices by day [N, D], and mean prices [N]."""
    numbers: dict[str, int] = {}
    sales = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            number = date.fromisoformat(row["date"]).toordinal() - MONDAY
            sku = numbers.setdefault(row["sku"], len(numbers))
            figures = (row["units_sold"], row["invoices"], row["revenue_gbp"])
            sales.append((sku, number, *map(float, figures)))
    which, day, units, invoices, revenue = (np.array(column) for column in zip(*sales, strict=True))
    shape = len(numbers), (int(day.max()) + 1) // WEEK * WEEK
    kept = day < shape[1]
    tables = np.zeros((2, *shape), dtype=np.int64)
    np.add.at(tables[0], (which[kept], day[kept]), units[kept].astype(np.int64))
    np.add.at(tables[1], (which[kept], day[kept]), invoices[kept].astype(np.int64))
    sold = np.maximum(np.bincount(which, units), 1)
    return list(numbers), tables[0], tables[1], np.bincount(which, revenue) / sold


def split(rng: np.random.Generator, units: np.ndarray, invoices: np.ndarray) -> np.ndarray:
    """Share out each day's units. [K, D] twice to [K, F, D]"""
    skus, days = units.shape
    shares = tastes(rng, skus, days // WEEK)
    sku, day = np.nonzero(units)
    sale = np.repeat(np.arange(sku.size), np.maximum(invoices[sku, day], 1))
    upto = shares.cumsum(axis=1)[sku[sale], :, day[sale] // WEEK]
    site = (rng.random((sale.size, 1)) > upto).sum(axis=1).clip(max=len(places.CODES) - 1)
    size = np.zeros((sku.size, len(places.CODES)))
    np.add.at(size, (sale, site), rng.exponential(size=sale.size))
    found = np.zeros((skus, len(places.CODES), days), dtype=np.int64)
    chances = size / size.sum(axis=1, keepdims=True)
    found[sku, :, day] = rng.multinomial(units[sku, day], chances)
    return found


def tastes(rng: np.random.Generator, skus: int, weeks: int) -> np.ndarray:
    """Each site's share of each SKU, week by week. [K, F, W]"""
    level = TASTE * rng.standard_normal((skus, len(places.CODES)))
    found = np.empty((skus, len(places.CODES), weeks))
    for week in range(weeks):
        found[:, :, week] = level
        level = KEEPS * level + TASTE * (1 - KEEPS**2) ** 0.5 * rng.standard_normal(level.shape)
    weights = np.exp(found) * places.people()[:, None]
    return weights / weights.sum(axis=1, keepdims=True)
