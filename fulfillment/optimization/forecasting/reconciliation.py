"""One SKU, many facilities: their forecasts add up to the SKU's.

Top-down by the proportions of the facilities' own forecasts (Athanasopoulos, Ahmed and Hyndman
2009, IJF 25): the SKU's history is denser, the facilities know who sells it.
"""

import numpy as np

from fulfillment.optimization.forecasting.arrays import Amounts, Counts, mean_known, ratio
from fulfillment.optimization.forecasting.leadtime import LEAST_KNOWN
from fulfillment.optimization.forecasting.results import Forecasts


def aggregate(history: Amounts, skus: Counts) -> Amounts:
    """Add the facilities of each SKU up. [S, T], [S] numbers from 0 to [K, T]

    Where a facility's demand is not known, the others stand for it by their usual shares, as
    long as these are half of the SKU's demand; else the SKU's is not known either.
    """
    usual = np.nan_to_num(mean_known(history))[:, None]
    known = _sums(np.where(np.isnan(history), 0.0, np.where(usual > 0, usual, 1e-9)), skus)
    whole = _sums(np.where(usual > 0, usual, 1e-9), skus)
    share = known / whole
    sums = _sums(np.nan_to_num(history), skus)
    return np.where(share >= LEAST_KNOWN, ratio(sums, share, empty=0.0), np.nan)


def reconcile(forecasts: Forecasts, skus: Counts, totals: Amounts) -> Forecasts:
    """Scale each SKU's facilities so that their means add up to its forecast. [S], [K] per period

    Deviations scale along. Where no facility expects anything, all get the same, with Poisson's
    variance. A SKU without a forecast (NaN) leaves its facilities as they are.
    """
    own = np.nan_to_num(forecasts.mean)
    sums = _sums(own, skus)[skus]
    members = np.bincount(skus, minlength=totals.size)[skus]
    total = totals[skus]
    mean = np.where(sums > 0, own * ratio(total, sums, empty=0.0), total / members)
    scaled = np.nan_to_num(forecasts.deviation) * ratio(total, sums, empty=0.0)
    deviation = np.where(sums > 0, scaled, np.sqrt(forecasts.leads * total / members))
    keep = np.isnan(total)
    return forecasts.changed(
        np.where(keep, forecasts.mean, mean), np.where(keep, forecasts.deviation, deviation)
    )


def _sums(values: Amounts, skus: Counts) -> Amounts:
    sums = np.zeros((int(skus.max(initial=-1)) + 1, *values.shape[1:]))
    np.add.at(sums, skus, values)
    return sums
