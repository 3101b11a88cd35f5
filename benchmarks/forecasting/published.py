"""The MASE that design targets name for simple methods on car parts, against ours.

The targets do not say how they were measured. Of some thirty ways tried (missing months as 0 or
left out, rolling or one origin, scale of the naive or the seasonal naive, means or pooled) the one
below agrees best: missing months as 0, twelve months ahead from one origin, in units of the
in-sample error of the seasonal naive, mean over the parts whose scale is not 0. It is a guess that
fits, on the assumption that the figures are of all 2,674 parts, of which the data folder holds
about half: agreement is up to the sampling error of a half.
"""

import numpy as np

from fulfillment.optimization.forecasting import intermittent, measures, naive, smoothing

PUBLISHED = {
    "all zero": 0.746,
    "SES": 1.034,
    "TSB": 1.057,
    "seasonal naive": 1.127,
    "naive": 1.137,
    "SBA": 1.361,
    "Croston": 1.395,
}
MONTHS = 12


def reproduced(every: np.ndarray) -> list[tuple[bool, str]]:
    """Print the table; met where all are within two such standard errors."""
    errors = scaled_errors(np.nan_to_num(every))
    print(f"\nCar parts, MASE of {len(every):,} parts, missing months as 0: published, measured")
    worst = 0.0
    for name, figure in PUBLISHED.items():
        known = errors[name][~np.isnan(errors[name])]
        away = (known.mean() - figure) / (known.std() / np.sqrt(2 * known.size))
        worst = max(worst, abs(away))
        print(f"  {name:16s} {figure:.3f} {known.mean():.3f} ({away:+.1f} standard errors)")
    told = f"car parts: named MASE within {worst:.1f} standard errors, if measured as guessed"
    return [(worst <= 2, told)]


def scaled_errors(history: np.ndarray) -> dict[str, np.ndarray]:
    """MASE of each part by method, NaN where it has no scale."""
    past, actual = history[:, :-MONTHS], history[:, -MONTHS:]
    scale = measures.naive_scale(past, MONTHS)
    today = {
        "all zero": naive.zero(past),
        "SES": smoothing.ses(past, 0.1),
        "TSB": intermittent.tsb(past),
        "naive": naive.naive(past),
        "SBA": intermittent.sba(past),
        "Croston": intermittent.croston(past),
    }
    said = {name: path[:, -1:] for name, path in today.items()} | {
        "seasonal naive": past[:, -MONTHS:]
    }
    return {name: measures.mase(actual, forecast, scale) for name, forecast in said.items()}
