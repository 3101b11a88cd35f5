"""Safety stock for normal demand: from a reorder point its service, and from service the stock.

Demand has `mean` and `sd` per period and is independent between periods; `lead_time` and
`review_period` count periods. Sources: Chopra and Meindl, Supply Chain Management, the chapter on
uncertainty and safety inventory; Silver, Pyke and Peterson (1998), chapter 7.
"""

import math
from dataclasses import dataclass

from fulfillment.optimization.documents import Fault
from fulfillment.optimization.policies import normal


@dataclass(frozen=True)
class Service:
    """The service of a reorder point; `short` is expected units short in a replenishment cycle."""

    safety_stock: float
    sigma: float
    cycle_service: float
    short: float
    fill_rate: float


@dataclass(frozen=True)
class Safety:
    """Safety stock: `z` standard deviations (`sigma`) of the demand that it must cover."""

    z: float
    sigma: float
    safety_stock: float
    level: float  # the mean over the same time, and the safety stock


@dataclass(frozen=True)
class Loss:
    """The standard normal at some z: P(Z <= z) and E(Z - z)+."""

    cdf: float
    loss: float


def service_of_reorder_point(
    mean: float, sd: float, lead_time: float, reorder_point: float, quantity: float
) -> Service:
    """What service a reorder point gives with lots of `quantity`.

    Fill rate is 1 - short / quantity, for lots so large that hardly two cycles overlap.
    """
    sigma, safety = spread(mean, sd, lead_time), reorder_point - mean * lead_time
    short = normal.short(0.0, sigma, safety)
    service = normal.below(safety / sigma) if sigma else float(safety >= 0)
    return Service(safety, sigma, service, short, 1 - short / quantity)


def safety_for_z(
    mean: float,
    sd: float,
    lead_time: float,
    z: float,
    lead_time_sd: float = 0.0,
    review_period: float = 0.0,
) -> Safety:
    """So many standard deviations of the demand over lead time and review."""
    protected = lead_time + review_period
    sigma = spread(mean, sd, protected, lead_time_sd)
    return Safety(z, sigma, z * sigma, mean * protected + z * sigma)


def safety_for_cycle_service(
    mean: float,
    sd: float,
    lead_time: float,
    cycle_service: float,
    lead_time_sd: float = 0.0,
    review_period: float = 0.0,
) -> Safety:
    """The stock with which a share `cycle_service` of cycles ends without a stock-out."""
    z = normal.quantile(cycle_service)
    return safety_for_z(mean, sd, lead_time, z, lead_time_sd, review_period)


def safety_for_fill_rate(
    mean: float,
    sd: float,
    lead_time: float,
    quantity: float,
    fill_rate: float,
    lead_time_sd: float = 0.0,
) -> Safety:
    """The stock with which a share `fill_rate` of the units of a lot is there when wanted."""
    sigma = spread(mean, sd, lead_time, lead_time_sd)
    if not sigma:
        raise Fault("sd", "must be above 0 over the lead time: steady demand needs no safety stock")
    z = normal.inverse_loss((1 - fill_rate) * quantity / sigma)
    return safety_for_z(mean, sd, lead_time, z, lead_time_sd)


def spread(mean: float, sd: float, periods: float, periods_sd: float = 0.0) -> float:
    """The standard deviation of demand over a time that itself may vary."""
    return math.sqrt(periods * sd**2 + (mean * periods_sd) ** 2)


def standard_normal_loss(z: float) -> Loss:
    """The standard normal distribution and its loss function at z."""
    return Loss(normal.below(z), normal.loss(z))
