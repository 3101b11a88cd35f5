"""The normal distribution: density, tails, quantile, and its losses of first and second order."""

import math
from statistics import NormalDist

STANDARD = NormalDist()
ROOT_OF_2 = math.sqrt(2)
ROOT_OF_TAU = math.sqrt(math.tau)
ENOUGH = 1e-15  # relative; the steps below reach it or stop moving
MOST_STEPS = 2_000  # a loss of 1e-300 needs some 700


def density(z: float) -> float:
    """The density at z."""
    return math.exp(-z * z / 2) / ROOT_OF_TAU


def below(z: float) -> float:
    """P(Z <= z)."""
    return math.erfc(-z / ROOT_OF_2) / 2


def above(z: float) -> float:
    """P(Z > z), exact in its own digits however small it is."""
    return math.erfc(z / ROOT_OF_2) / 2


def quantile(probability: float) -> float:
    """The z that Z stays below with this probability, which lies strictly between 0 and 1."""
    if not 0 < probability < 1:
        raise ValueError("a chance so near to 0 or 1 needs a stock beyond all bounds")
    return STANDARD.inv_cdf(probability)


def loss(z: float) -> float:
    """E(Z - z)+, the standard loss function (Snyder and Shen, Fundamentals, appendix C.3)."""
    return max(density(z) - z * above(z), 0.0)


def second_loss(z: float) -> float:
    """The integral of the loss from z on, E((Z - z)+)**2 / 2 (the same appendix)."""
    return max(((z * z + 1) * above(z) - z * density(z)) / 2, 0.0)


def inverse_loss(amount: float) -> float:
    """The z whose loss is `amount`, which is above 0.

    Newton's steps on a convex falling function that start left of the root never pass it.
    """
    z = -amount
    for _ in range(MOST_STEPS):
        step = (loss(z) - amount) / above(z)
        z += step
        if step <= ENOUGH * max(abs(z), 1.0):
            break
    return z


def short(mean: float, sd: float, stock: float) -> float:
    """E(D - stock)+ for normal demand; without spread, what is missing."""
    return sd * loss((stock - mean) / sd) if sd else max(mean - stock, 0.0)


def short_from(mean: float, sd: float, stock: float) -> float:
    """The integral of E(D - y)+ over y from `stock` on."""
    if sd:
        return sd * sd * second_loss((stock - mean) / sd)
    return max(mean - stock, 0.0) ** 2 / 2
