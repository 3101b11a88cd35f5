"""Demand as a distribution over whole units: its tail, its losses, its sums."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Chances = NDArray[np.float64]

NEGLIGIBLE = 1e-18  # a probability that changes no figure
WIDEST = 2**24  # units between the least and the most demand; beyond, count in cases
BY_SUMS = 2**20  # products; above, a Fourier transform takes less time
NOISE = 1e-16  # of a transform of chances
TIE = 1e-9  # relative; a chance this close to the one asked for is that one


@dataclass(frozen=True, eq=False)
class Demand:
    """Units wanted over some time: P(start), P(start + 1) and so on; they sum to 1.

    Below `start` and above the last there is no demand; start is at least 0.
    """

    chances: Chances
    start: int = 0

    def __post_init__(self) -> None:
        """Refuse what is no distribution."""
        check_width(self.chances.size)
        if self.start < 0 or self.chances.ndim != 1 or not self.chances.size:
            raise ValueError("demand is for at least 0 units, each number with its chance")
        if not (self.chances >= 0).all() or abs(self.chances.sum() - 1) > 1e-6:
            raise ValueError("chances are at least 0 and sum to 1")

    @cached_property
    def exceeding(self) -> Chances:
        """P(D > start + i); summed from the far end, so that small tails keep their digits."""
        return np.append(np.cumsum(self.chances[:0:-1])[::-1], 0.0)

    @cached_property
    def losses(self) -> Chances:
        """E(D - start - i)+, in units."""
        return np.append(np.cumsum(self.exceeding[-2::-1])[::-1], 0.0)

    @property
    def most(self) -> int:
        """The largest demand that there is a chance of."""
        return self.start + self.chances.size - 1

    @cached_property
    def mean(self) -> float:
        """E(D)."""
        return self.start + float(self.exceeding.sum())

    @cached_property
    def variance(self) -> float:
        """E(D - E(D))**2."""
        away = self.start + np.arange(self.chances.size) - self.mean
        return float(self.chances @ away**2)

    def above(self, stock: ArrayLike) -> Chances:
        """P(D > stock), for whole numbers of any sign and an array of any shape."""
        place = np.asarray(stock) - self.start
        inside = self.exceeding[np.clip(place, 0, self.chances.size - 1)]
        return np.where(place < 0, 1.0, inside)

    def short(self, stock: ArrayLike) -> Chances:
        """E(D - stock)+, the units that this stock cannot serve (the loss function)."""
        place = np.asarray(stock) - self.start
        inside = self.losses[np.clip(place, 0, self.chances.size - 1)]
        return np.asarray(np.where(place < 0, self.losses[0] - place, inside))

    def quantile(self, chance: float) -> int:
        """The least stock that demand exceeds with a chance of at most 1 - `chance`."""
        allowed = (1 - chance) * (1 + TIE)
        return self.start + int(np.searchsorted(-self.exceeding, -allowed))

    def plus(self, other: "Demand") -> "Demand":
        """The sum of two demands that know nothing of each other."""
        check_width(self.chances.size + other.chances.size)
        chances = convolution(self.chances, other.chances)
        # What is below the noise of a transform is nothing.
        chances[chances < NOISE] = 0.0
        return trimmed(chances, self.start + other.start)

    def over(self, periods: int) -> "Demand":
        """Demand over so many periods, each like this one and independent of the others."""
        total, power = Demand(np.ones(1)), self
        while periods:
            if periods & 1:
                total = total.plus(power)
            periods >>= 1
            power = power.plus(power) if periods else power
        return total

    def over_lead_time(self, lead_time: Mapping[int, float]) -> "Demand":
        """Demand over a lead time of so many periods with such a chance, summing to 1."""
        parts = [(self.over(periods), chance) for periods, chance in lead_time.items()]
        start = min(part.start for part, _ in parts)
        chances = np.zeros(max(part.most for part, _ in parts) - start + 1)
        for part, chance in parts:
            begin = part.start - start
            chances[begin : begin + part.chances.size] += chance * part.chances
        return Demand(chances, start)


def trimmed(chances: Chances, start: int) -> Demand:
    """The distribution in proportion to these weights, without ends that are negligible."""
    found = np.flatnonzero(chances > NEGLIGIBLE * chances.sum())
    kept = chances[found[0] : found[-1] + 1]
    return Demand(np.maximum(kept, 0.0) / np.maximum(kept, 0.0).sum(), start + int(found[0]))


def check_width(width: float) -> None:
    """Refuse demand that spreads over too many units to go through them one by one."""
    if width > WIDEST:
        raise ValueError(f"demand spreads over more than {WIDEST} units: count in cases")


def convolution(ours: Chances, theirs: Chances) -> Chances:
    """The sums over i of ours[i] * theirs[n - i], for long arrays in n log n steps."""
    if ours.size * theirs.size <= BY_SUMS:
        return np.convolve(ours, theirs)
    size = ours.size + theirs.size - 1
    length = 1 << (size - 1).bit_length()
    product = np.fft.rfft(ours, length) * np.fft.rfft(theirs, length)
    return np.fft.irfft(product, length)[:size]
