"""What the product expects at the end of each week of the replay: from the weeks before alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.planning import places
from benchmarks.planning.world import WEEK, Demand, World
from fulfillment.optimization import forecasting
from fulfillment.planning.forecasts import runs


@dataclass(frozen=True, eq=False)
class Outlook:
    """What a day brings: mean units, the variance per day of what weeks bring, and its pattern."""

    per_day: np.ndarray  # [K, F]
    variance: np.ndarray  # [K, F]
    pattern: np.ndarray  # [K, F]


def outlooks(world: World, every: int) -> Sequence[Outlook]:
    """The outlook at the end of each week from the start on, made anew after so many. [W]

    Customers ask whether there is stock or not, so that all policies know the same.
    """
    weeks = weekly(world.demand)
    found: list[Outlook] = []
    with places.within(world.settings):
        for week in range(world.demand.start, weeks.shape[2] + 1):
            stale = (week - world.demand.start) % every
            found.append(found[-1] if stale else outlook(weeks[:, :, :week], world.supplier))
    return found


def weekly(demand: Demand) -> np.ndarray:
    """Units by week, not known before a SKU was first asked for anywhere. [K, F, W]"""
    skus, sites, days = demand.units.shape
    weeks = demand.units.reshape(skus, sites, days // WEEK, WEEK).sum(axis=3).astype(np.float64)
    begun = np.maximum.accumulate(weeks.sum(axis=1) > 0, axis=1)
    return np.where(begun[:, None, :], weeks, np.nan)


def outlook(weeks: np.ndarray, classes: np.ndarray) -> Outlook:
    """Forecast as the nightly run does: new SKUs borrow, facilities add up to the SKU."""
    skus, sites, periods = weeks.shape
    sku = np.repeat(np.arange(skus), sites)
    history = weeks.reshape(-1, periods)
    lead = runs.lead_weeks()
    leads = np.full(len(history), lead, dtype=np.int64)
    options = forecasting.Options(models=runs.competitors(periods))
    own = forecasting.forecast(history, leads, options=options)
    own = forecasting.borrow(own, history, classes[sku])
    totals = forecasting.aggregate(history, sku)
    of_skus = forecasting.forecast(totals, leads[:skus], options=options)
    found = forecasting.reconcile(own, sku, of_skus.mean)
    shape = skus, sites
    # Rounded as they are kept.
    deviation = np.nan_to_num(found.deviation).round(6)
    return Outlook(
        np.nan_to_num(found.mean / WEEK).round(6).reshape(shape),
        (deviation**2 / (lead * WEEK)).reshape(shape),
        found.patterns.pattern.reshape(shape),
    )
