"""Which kind of demand a series has, by how often and how evenly it asks.

Syntetos, Boylan and Croston (2005, JORS 56): ADI is the mean number of periods for each period
with demand, CV2 the squared coefficient of variation of the sizes of demand.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from fulfillment.optimization.forecasting.arrays import Amounts, Counts, ratio

ADI_CUT, CV2_CUT = 1.32, 0.49


class Pattern(IntEnum):
    """The kinds of demand; NONE has not sold yet."""

    NONE = 0
    SMOOTH = 1
    ERRATIC = 2
    INTERMITTENT = 3
    LUMPY = 4


@dataclass(frozen=True, eq=False)
class Patterns:
    """What the demand of S series looks like."""

    pattern: Counts  # [S] values of Pattern
    adi: Amounts  # [S] periods; NaN without demand
    cv2: Amounts  # [S] NaN without demand


def classify(history: Amounts) -> Patterns:
    """Tell each series' pattern from what is known of it. [S, T]"""
    asked = history > 0
    times = asked.sum(axis=1).astype(float)
    sizes = np.where(asked, history, 0.0)
    mean = ratio(sizes.sum(axis=1), times)
    apart = np.where(asked, history - mean[:, None], 0.0)
    cv2 = ratio((apart**2).sum(axis=1), times * mean**2)
    adi = ratio((~np.isnan(history)).sum(axis=1).astype(float), times)
    pattern = Pattern.SMOOTH + (cv2 >= CV2_CUT) + 2 * (adi >= ADI_CUT)
    return Patterns(np.where(times > 0, pattern, Pattern.NONE).astype(np.int64), adi, cv2)
