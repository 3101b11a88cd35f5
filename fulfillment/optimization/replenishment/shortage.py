"""Expected units short by stock position: a convex curve, and the demand behind it.

The curve is E(D - x)+, linear between its points, which are the forecast's own: each value of a
table of chances, each quantile, or a normal's quantiles at fixed distances from the mean.
"""

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np

from fulfillment.optimization.policies import Demand, certain, rounded_normal, tabulated
from fulfillment.optimization.policies.normal import loss
from fulfillment.optimization.replenishment.problem import Forecast, Policy, Position

USUAL_SERVICE = 0.95  # of a reorder point that comes without demand and without a service
DISTANCES = (-3.0, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0)
LOSSES = tuple(loss(z) - loss(DISTANCES[-1]) for z in DISTANCES)
SHARES = (0.0, 0.05, 0.15, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 1.0)


@dataclass(frozen=True)
class Curve:
    """Units short at stock `points`: linear between them, and 0 after the last.

    Each unit missing below the first is a unit short.
    """

    points: tuple[float, ...]
    shorts: tuple[float, ...]

    def at(self, stock: float) -> float:
        """Expected units short at a stock position."""
        points, shorts = self.points, self.shorts
        i = bisect_right(points, stock)
        if i == 0:
            return shorts[0] + points[0] - stock
        if i == len(points):
            return shorts[-1]
        share = (stock - points[i - 1]) / (points[i] - points[i - 1])
        return shorts[i - 1] + share * (shorts[i] - shorts[i - 1])


NOTHING = Curve((0.0,), (0.0,))  # nobody wants any


def curve(position: Position, reorder_point: int, order_up_to: int) -> Curve:
    """The curve of a position's demand; without one, of demand as the levels have it.

    That demand is 0 at least, within the reorder point in as many cases as the service says, and
    never above the order-up-to level: units below s are dear, and those from s to S cheap.
    """
    if position.demand is not None and position.lead_demand is not None:
        both = distribution(position.lead_demand).plus(distribution(position.demand))
        return _of_distribution(both)
    if position.demand is not None:
        return _of_forecast(position.demand)
    if position.policy.kind == "none":
        return NOTHING
    return _of_levels(position.policy, max(reorder_point, 0), max(order_up_to, 0))


def distribution(forecast: Forecast) -> Demand:
    """The forecast as chances of whole units."""
    if forecast.pmf is not None:
        return tabulated(dict(forecast.pmf))
    if forecast.quantiles is None:
        return rounded_normal(forecast.mean or 0.0, forecast.sd or 0.0)
    shares, units = zip(*forecast.quantiles, strict=True)
    least, most = int(np.floor(units[0])), int(np.ceil(units[-1]))
    if least == most:
        return certain(least)
    # A quantile may stand twice, where demand is the same in many cases: the higher share counts.
    upper = dict(zip(units, shares, strict=True))
    within = np.interp(np.arange(least, most), list(upper), list(upper.values()), left=0.0)
    return Demand(np.diff(np.concatenate([[0.0], within, [1.0]])), least)


def _of_forecast(forecast: Forecast) -> Curve:
    if forecast.pmf is not None:
        return _of_chances(forecast.pmf)
    if forecast.quantiles is not None:
        return _of_quantiles(forecast.quantiles)
    mean, sd = forecast.mean or 0.0, forecast.sd or 0.0
    if not sd:
        return Curve((mean,), (0.0,))
    points = tuple(mean + z * sd for z in DISTANCES)
    return Curve(points, tuple(sd * short for short in LOSSES))


def _of_chances(pmf: tuple[tuple[int, float], ...]) -> Curve:
    table = sorted(pmf)
    total = sum(chance for _, chance in table)
    shorts, beyond = [0.0], 0.0
    for (units, _), (more, chance) in zip(table[-2::-1], table[:0:-1], strict=True):
        beyond += chance / total
        shorts.append(shorts[-1] + beyond * (more - units))
    return Curve(tuple(float(units) for units, _ in table), tuple(shorts[::-1]))


def _of_quantiles(quantiles: tuple[tuple[float, float], ...]) -> Curve:
    """Linear between quantiles; cases below the first or above the last count as those."""
    points, shorts = [quantiles[-1][1]], [0.0]
    for (share, units), (next_share, more) in zip(quantiles[-2::-1], quantiles[:0:-1], strict=True):
        if units < more:
            points.append(units)
            shorts.append(shorts[-1] + (more - units) * (1 - (share + next_share) / 2))
    return Curve(tuple(map(float, points[::-1])), tuple(shorts[::-1]))


def _of_distribution(demand: Demand) -> Curve:
    points = sorted({demand.start, demand.most, *map(demand.quantile, SHARES[1:-1])})
    return Curve(tuple(map(float, points)), tuple(demand.short(np.array(points)).tolist()))


def _of_levels(policy: Policy, low: int, high: int) -> Curve:
    service = policy.cycle_service or policy.fill_rate or USUAL_SERVICE
    middle, upper = service / 2, (1 + service) / 2
    return _of_quantiles(
        ((0.0, 0.0), (middle, low / 2), (service, low), (upper, (low + high) / 2), (1.0, high))
    )
