"""Real demand, as matrices of series by periods; none of it is part of the project."""

import csv
import gzip
from datetime import date
from pathlib import Path

import numpy as np

MONDAY = date(2009, 11, 30).toordinal()


def car_parts(folder: Path) -> np.ndarray | None:
    """Monthly sales of car parts, NaN where missing; None where the file is absent."""
    path = folder / "carparts_monthly.csv.gz"
    if not path.exists():
        return None
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = list(csv.reader(lines))[1:]
    return np.array([[float(cell) if cell else np.nan for cell in row[1:]] for row in rows])


def online_retail(folder: Path) -> np.ndarray | None:
    """Weekly units by SKU of UCI Online Retail, NaN before a SKU's first sale; None if absent."""
    path = folder / "online_retail_daily.csv.gz"
    if not path.exists():
        return None
    skus: dict[str, int] = {}
    sales = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            number = (date.fromisoformat(row["date"]).toordinal() - MONDAY) // 7
            sales.append((skus.setdefault(row["sku"], len(skus)), number, float(row["units_sold"])))
    which, week, units = (np.array(column) for column in zip(*sales, strict=True))
    history = np.zeros((len(skus), int(week.max()) + 1))
    np.add.at(history, (which, week), units)
    first = (history > 0).argmax(axis=1)
    history[np.arange(history.shape[1]) < first[:, None]] = np.nan
    return history


def simulated(series: int, periods: int, seed: int) -> np.ndarray:
    """Intermittent demand: a chance of its own for each series, negative binomial sizes."""
    rng = np.random.default_rng(seed)
    chance = rng.beta(1.2, 4.0, series)[:, None]
    sizes = 1 + rng.negative_binomial(2, 0.3, (series, periods))
    return np.where(rng.random((series, periods)) < chance, sizes, 0).astype(float)
