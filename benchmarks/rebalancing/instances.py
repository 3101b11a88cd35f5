"""Networks to measure: seasonal stock that lies in the wrong places, drawn from a seed."""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from fulfillment.optimization import rebalancing

KM = (4_200, 2_300)  # about the lower 48 states
NORMAL = NormalDist()
# Where lost sales are worked out: quantiles of the demand over the horizon, and no stock.
DEPTHS = [NORMAL.inv_cdf(q) for q in (0.1, 0.25, 0.5, 0.75, 0.9, 0.97, 0.995)]
TARGET = 1.3  # standard deviations above the mean that a place in balance holds
PACKS, PACKS_SHARE = [1, 2, 6, 12], [0.4, 0.2, 0.3, 0.1]


@dataclass(frozen=True)
class Kind:
    """What makes networks different: room as a share of what would move, and costs."""

    room: float = math.inf  # of lanes and docks
    out_of_balance: float = 0.1
    fixed: float = 30.0
    per_km: float = 0.0006
    lanes: float = 1.0  # share of the pairs


KINDS = {
    "tight": Kind(room=0.6),
    "roomy": Kind(room=1.5),
    "free": Kind(fixed=0.0),
    "full": Kind(room=0.6, fixed=0.0),
    "sparse": Kind(room=0.7, lanes=0.2),
    "dear": Kind(room=0.8, fixed=150.0, per_km=0.002),
    "upset": Kind(room=0.5, out_of_balance=0.3),
}


def draw(kind: str, skus: int, facilities: int, seed: int) -> rebalancing.Problem:
    """A network of that kind, in which that many SKUs lie at all facilities."""
    shape, rng = KINDS[kind], np.random.default_rng([seed, skus, facilities])
    codes = [f"F{i:02d}" for i in range(facilities)]
    size = rng.dirichlet(np.full(facilities, 4.0)) * facilities
    mean = rng.lognormal(2.0, 1.1, skus)[:, None] * size * rng.lognormal(0, 0.3, (skus, facilities))
    spread = np.sqrt(mean * 1.5) + 0.25 * mean
    stock, upset = _stock(rng, mean, spread, shape.out_of_balance)
    margin = np.round(rng.lognormal(2.2, 0.6, skus), 2)
    positions = tuple(
        rebalancing.Position(
            codes[f],
            f"S{k:05d}",
            int(stock[k, f]),
            int(mean[k, f]),
            float(margin[k]),
            _lost(mean[k, f], spread[k, f]),
        )
        for k in range(skus)
        for f in range(facilities)
    )
    moved = 0.5 * np.abs(stock - mean - TARGET * spread)[upset].sum()
    return rebalancing.Problem(
        facilities=tuple(_facilities(codes, shape.room * moved / facilities)),
        lanes=tuple(_lanes(rng, codes, shape, 4 * shape.room * moved / facilities**2)),
        positions=positions,
        items=tuple(_items(rng, skus)),
    )


def _stock(rng, mean, spread, share):
    """What each place holds, and where that is far off: half of those have a lot too much."""
    depth = TARGET + rng.normal(0, 0.3, mean.shape)
    stock = mean + depth * spread
    upset = rng.random(mean.shape) < share
    times = np.where(rng.random(mean.shape) < 0.5, rng.uniform(2, 4, mean.shape), 0)
    times = np.where(times == 0, rng.uniform(0, 0.5, mean.shape), times)
    return np.where(upset, times * mean, stock).astype(int), upset


def _lost(mean: float, spread: float) -> tuple[tuple[float, float], ...]:
    """Expected units lost at rising stocks: the loss function of the normal distribution."""
    stocks = sorted({0, *(max(round(mean + z * spread), 0) for z in DEPTHS)})
    return tuple((s, spread * _loss((s - mean) / spread)) for s in stocks)


def _loss(z: float) -> float:
    return NORMAL.pdf(z) - z * (1 - NORMAL.cdf(z))


def _items(rng, skus):
    packs = rng.choice(PACKS, skus, p=PACKS_SHARE)
    weights = np.round(rng.lognormal(0, 0.5, skus), 3)
    for k in range(skus):
        yield rebalancing.Item(f"S{k:05d}", int(packs[k]), float(weights[k]))


def _facilities(codes, room):
    limit = math.ceil(room) if math.isfinite(room) else None
    return [rebalancing.Facility(code, limit, limit) for code in codes]


def _lanes(rng, codes, shape, room):
    sites = rng.random((len(codes), 2)) * KM
    limit = math.ceil(room) if math.isfinite(room) else None
    for i, origin in enumerate(codes):
        for j, destination in enumerate(codes):
            if i != j and rng.random() < shape.lanes:
                km = float(np.hypot(*(sites[i] - sites[j])))
                yield rebalancing.Lane(
                    origin,
                    destination,
                    unit_cost=round(0.05 + shape.per_km * km, 4),
                    fixed_cost=round(shape.fixed * (0.5 + km / 2_000), 2),
                    capacity_units=limit,
                    days=1 + math.ceil(km / 800),
                )
