"""Variances that are steadier than those of single series.

What one series' few errors say of its variance jumps: it doubles after a spike and halves after a
lull. Series of one kind that sell about as much vary about alike, by a mean that Poisson's part and
a part of the squared mean make up (the variance function of the negative binomial distribution);
a variance between the two errs less than either, as in Smyth (2004, SAGMB 3), here by a share that
the past has shown to be good.
"""

import numpy as np

from fulfillment.optimization.forecasting.arrays import Amounts

LEAST_ALIKE = 10  # series, before anything is said of what is usual among them
LITTLE = 0.1  # of the mean demand: series that sell less have less to say


def steadied(mean: Amounts, variance: Amounts, share: float) -> Amounts:
    """Variances, by this share what is usual for such a mean, as weighted geometric means. [S]

    `mean` and `variance` are of the same demand; where either is 0 or unknown, and where there
    are few series, variances stay as they are.
    """
    rows = (mean > 0) & (variance > 0)
    if not share or rows.sum() < LEAST_ALIKE:
        return variance
    out = variance.copy()
    out[rows] = variance[rows] ** (1 - share) * usual(mean[rows], variance[rows]) ** share
    return out


def usual(mean: Amounts, variance: Amounts) -> Amounts:
    """The variance a mean + b mean^2 of series like these, in sum what theirs is. [S], above 0"""
    weight = np.minimum(mean / (LITTLE * mean.mean()), 1.0)
    per_unit, centre = variance / mean, np.average(mean, weights=weight)
    apart = weight * (mean - centre)
    slope = (apart * per_unit).sum() / max((apart * mean).sum(), np.finfo(float).tiny)
    at_none = np.average(per_unit, weights=weight) - slope * centre
    if slope < 0 or at_none < 0:  # one of the two parts explains it alone
        at_none, slope = (1.0, 0.0) if slope < 0 else (0.0, 1.0)
    found = (at_none + slope * mean) * mean
    told: Amounts = found * (variance.sum() / found.sum())
    return told
