"""Series to forecast: drawn ones, and three with forecasts known to many digits."""

import numpy as np

PARTS = [0, 0, 5, 0, 0, 3, 0, 0, 0, 7, 0, 0, 4, 0, 0]
SNIPPET = [0, 0, 3, 0, 4, 0, 0, 0, 2, 0]
# One-step forecasts by statsforecast 2.1.1; alphas 0.1 where none are named, ADIDA, IMAPA and the
# optimised ones fitted in [0.1, 0.3].
KNOWN = [
    (
        PARTS,
        {
            "croston": 1.5915857605177997,
            "sba": 1.5120064724919096,
            "tsb": 1.0181932245315564,
            "tsb 0.2 0.05": 0.692363753764578,
            "adida": 1.5097333333329572,
            "imapa": 1.3541747887838198,
            "ses": 0.9947839149405004,
            "average of 6": 1.8333333333333333,
        },
    ),
    (
        SNIPPET,
        {
            "croston": 0.9933554817275747,
            "sba": 0.9436877076411959,
            "tsb": 0.5886672831000002,
            "tsb 0.2 0.05": 0.35847349857187505,
            "adida": 0.9966666666666454,
            "imapa": 0.779154166801611,
            "ses": 0.5596850700000001,
            "average of 6": 1.0,
        },
    ),
]


def intermittent(series, periods, seed, chance=0.3, size=4.0):
    """Demand that comes now and then, in Poisson sizes of at least 1."""
    rng = np.random.default_rng(seed)
    sizes = 1 + rng.poisson(size - 1, (series, periods))
    return np.where(rng.random((series, periods)) < chance, sizes, 0).astype(float)


def with_gaps(history, share, seed):
    """The same with so much of it unknown."""
    rng = np.random.default_rng(seed)
    return np.where(rng.random(history.shape) < share, np.nan, history)
