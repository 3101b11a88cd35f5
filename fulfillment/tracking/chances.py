"""Transit times as they were measured: their quantiles, and the chance that a shipment is late.

The empirical distribution, taken as it is: no shape is assumed, so a share is off by about
1 / sqrt(4 n) at most, one standard error of a binomial share, for n samples.
All times are whole working days of a carrier; samples are sorted, ascending. `over` is how many
days are over without the arrival: -1 as long as it may still come in none.
"""

from bisect import bisect_right
from collections.abc import Sequence
from math import ceil


def quantile(samples: Sequence[int], share: float, over: int = -1) -> int | None:
    """Return the least days by which `share` of the deliveries came that took more than `over`.

    None where none of the samples took so long.
    """
    left = samples[bisect_right(samples, over) :]
    return left[max(0, ceil(share * len(left)) - 1)] if left else None


def chance_late(samples: Sequence[int], allowed: int, over: int) -> float:
    """Return the share of the deliveries of more than `over` days that took more than `allowed`.

    Once the allowed days are over, or none of the samples took so long, it is 1.
    """
    if over >= allowed:
        return 1.0
    left = len(samples) - bisect_right(samples, over)
    return (len(samples) - bisect_right(samples, allowed)) / left if left else 1.0


def risky_after(samples: Sequence[int], allowed: int, limit: float) -> int | None:
    """Return the least days over at which the chance to be late is above `limit` (< 1).

    None where it is not before the allowed days are over.
    """
    late = len(samples) - bisect_right(samples, allowed)
    if late == 0:
        return None
    if late / len(samples) > limit:
        return -1
    # So many may still be out at most: late / most > limit.
    most = ceil(late / limit) - 1
    return samples[len(samples) - most - 1] if most >= late else None
