"""New SKUs borrow from their class until they have a past of their own."""

import numpy as np

from fulfillment.optimization.forecasting.arrays import Amounts, Counts, Flags, mean_known, ratio
from fulfillment.optimization.forecasting.results import Forecasts

ENOUGH = 26  # known periods after which a series stands alone


def borrow(forecasts: Forecasts, history: Amounts, groups: Counts) -> Forecasts:
    """Mix the forecast of each new series with that of its group. [S, T], [S]

    The credibility of Buehlmann (1967, ASTIN Bulletin 4): with n known periods a series' own
    level counts n / (n + k), where k is the variance within series over the one between their
    means, both estimated from the group's established series (from all, where it has none). What
    the members differ by is part of the deviation. `groups` are numbers from 0.
    """
    known: Amounts = (~np.isnan(history)).sum(axis=1).astype(np.float64)
    new = known < ENOUGH
    if not new.any() or new.all():
        return forecasts
    level, within, between, noise = _groups(forecasts, history, groups, ~new)
    steady = ratio(within, between, empty=np.inf)[groups]
    own = np.where(np.isnan(forecasts.mean), 0.0, ratio(known, known + steady, 0.0))
    mean = own * np.nan_to_num(forecasts.mean) + (1 - own) * level[groups]
    borrowed = forecasts.leads * noise[groups] + forecasts.leads**2.0 * between[groups]
    variance = own * np.nan_to_num(forecasts.deviation) ** 2 + (1 - own) * borrowed
    return forecasts.changed(
        np.where(new, mean, forecasts.mean),
        np.where(new, np.sqrt(variance), forecasts.deviation),
    )


def _groups(
    forecasts: Forecasts, history: Amounts, groups: Counts, old: Flags
) -> tuple[Amounts, Amounts, Amounts, Amounts]:
    """Each group's mean level, variances within and between, and lead-time variance per period."""
    count = int(groups.max()) + 1
    means = mean_known(history)
    spread = mean_known((history - means[:, None]) ** 2)
    per_period = forecasts.deviation**2 / forecasts.leads

    def mean_of(values: Amounts) -> Amounts:
        rows = old & ~np.isnan(values)
        sums = np.bincount(groups[rows], values[rows], count).astype(np.float64)
        sizes: Amounts = np.bincount(groups[rows], minlength=count).astype(np.float64)
        overall = float(values[rows].mean()) if rows.any() else 0.0
        return ratio(sums, sizes, empty=overall)

    level, within = mean_of(forecasts.mean), mean_of(spread)
    apart = mean_of((forecasts.mean - level[groups]) ** 2)
    return level, within, apart, mean_of(per_period)
