"""Variances that are alike for levels of like demand: by itself each series' own jumps.

A deviation that is measured on one slow series doubles after a spike and halves after a lull;
levels made of it rise, and the stock that they ordered stays. The variance per unit of many series
that sell about as much is steadier, and for each of them as true on the average.
"""

from collections.abc import Mapping

import numpy as np

from fulfillment.inventory.gate import Key
from fulfillment.planning.forecasts.queries import Expected

# Units a week that part the groups. What sells less than the first one, a unit in two years, is
# not stocked by itself.
EDGES = (0.01, 0.05, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
WEEK = 7


def steadied(found: Mapping[Key, Expected]) -> dict[Key, Expected]:
    """Return what is expected with the variance per unit of each group; who sells nothing is out.

    Each level weighs by its units: what its group's variances and means add up to stays the same.
    """
    mean = np.array([one.per_day for one in found.values()])
    variance = np.array([one.variance_per_day for one in found.values()])
    group = np.digitize(mean * WEEK, EDGES)
    per_unit = np.bincount(group, variance) / np.maximum(
        np.bincount(group, mean), np.finfo(float).tiny
    )
    told = zip(found, group.tolist(), mean.tolist(), (per_unit[group] * mean).tolist(), strict=True)
    return {key: Expected(units, spread) for key, number, units, spread in told if number}
