"""Transit times as they were measured: their quantiles, and the chance that a shipment is late.

The empirical distribution, taken as it is: no shape is assumed, so a share is off by about
1 / sqrt(4 n) at most, one standard error of a binomial share, for n samples.
All times are days; samples are sorted, ascending.
"""

from bisect import bisect_right
from collections.abc import Sequence
from math import ceil


def quantile(samples: Sequence[float], share: float, elapsed: float = 0.0) -> float | None:
    """Return the least time by which `share` of the deliveries came that took over `elapsed` days.

    None where none of the samples took so long.
    """
    left = samples[bisect_right(samples, elapsed) :] if elapsed > 0 else samples
    return left[max(0, ceil(share * len(left)) - 1)] if left else None


def chance_late(samples: Sequence[float], allowed: float, elapsed: float) -> float:
    """Return the share of deliveries over `elapsed` days that took more than the `allowed` days.

    Once the allowed days are over, or none of the samples took so long, it is 1.
    """
    if elapsed >= allowed:
        return 1.0
    left = len(samples) - bisect_right(samples, elapsed)
    return (len(samples) - bisect_right(samples, allowed)) / left if left else 1.0


def risky_after(samples: Sequence[float], allowed: float, limit: float) -> float | None:
    """Return the least elapsed time in days at which the chance to be late is above `limit` (< 1).

    None where it is not before the allowed days are over.
    """
    late = len(samples) - bisect_right(samples, allowed)
    if late == 0:
        return None
    if late / len(samples) > limit:
        return 0.0
    # So many may still be out at most: late / most > limit.
    most = ceil(late / limit) - 1
    return samples[len(samples) - most - 1] if most >= late else None
