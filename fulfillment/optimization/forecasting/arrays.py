"""The arrays that all of forecasting speaks in: a row for each series, a column for each period."""

import numpy as np
from numpy.typing import NDArray

Amounts = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]


def ratio(above: Amounts, below: Amounts, empty: float = np.nan) -> Amounts:
    """Divide element by element; `empty` where the divisor is 0 or unknown."""
    out: Amounts = np.full(np.broadcast_shapes(above.shape, below.shape), empty)
    np.divide(above, below, out=out, where=below > 0)
    return out


def mean_known(values: Amounts, axis: int = -1) -> Amounts:
    """The mean of what is known along an axis, NaN where nothing is."""
    known = ~np.isnan(values)
    return ratio(np.where(known, values, 0.0).sum(axis=axis), known.sum(axis=axis).astype(float))


def last_known(path: Amounts) -> Amounts:
    """The last known value of each row, NaN where there is none. [S, T] to [S]"""
    columns = np.arange(1, path.shape[1] + 1)
    last = np.where(np.isnan(path), 0, columns).max(axis=1, initial=0)
    value: Amounts = path[np.arange(len(path)), last - 1]
    return value
