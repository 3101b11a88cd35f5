"""A rebalancing run's problem: the stock levels that could give or get, and the ways between."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from fulfillment.optimization import rebalancing
from fulfillment.planning.rebalancing.positions import Amounts, kept, lost_sales, spread
from fulfillment.planning.rebalancing.reading import Outlook, read, settings, transit, transit_days
from fulfillment.platform import clock

# Units of expected lost sales that are not worth a transfer, wherever they would come from.
WORTHLESS = 0.01

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Stated:
    """A problem, and what its figures are told by."""

    problem: rebalancing.Problem
    as_of: datetime
    horizon_days: int
    outlook: Outlook | None


def state(parameters: Mapping[str, Any]) -> Stated:
    """Read what there is and what is expected, as it is now, and state it as a problem."""
    chosen, now = settings(), clock.now()
    horizon = parameters.get("horizon_days", chosen.rebalancing_horizon_days)
    outlook = read(now, horizon)
    problem = rebalancing.Problem((), (), (), ())
    if outlook:
        keep = parameters.get("keep", chosen.rebalancing_keep)
        problem = problem_of(outlook, keep, parameters)
    return Stated(problem, now, horizon, outlook)


def problem_of(
    outlook: Outlook, keep_level: float, parameters: Mapping[str, Any]
) -> rebalancing.Problem:
    """State the outlook as a problem; SKUs that nobody could give or needs to get are left out."""
    chosen = settings()
    positions = tuple(positions_of(outlook, keep_level))
    skus = {position.sku for position in positions}
    return rebalancing.Problem(
        facilities=tuple(
            rebalancing.Facility(
                place.code, parameters.get("outbound_units"), parameters.get("inbound_units")
            )
            for place in outlook.places
        ),
        lanes=tuple(lanes_of(outlook, parameters.get("lane_units"))),
        positions=positions,
        items=tuple(
            rebalancing.Item(item.sku, item.pack_size, item.weight_g / 1000)
            for item in outlook.skus
            if item.sku in skus
        ),
        options=rebalancing.Options(
            seconds=parameters.get("seconds", chosen.rebalancing_seconds),
            gap=parameters.get("gap", chosen.rebalancing_gap),
            max_lanes=parameters.get("max_lanes"),
        ),
    )


def positions_of(outlook: Outlook, keep_level: float) -> Iterator[rebalancing.Position]:
    """Yield the stock levels that could give units, or are expected to lose sales."""
    shape = outlook.mean.shape
    mean, variance, need = (part.ravel() for part in (outlook.mean, outlook.variance, outlook.need))
    # Until the next receipt only: what comes then is not needed here before.
    own = kept(mean * need, variance * need, keep_level, np.zeros_like(mean)).reshape(shape)
    keep = np.minimum(np.maximum(own, outlook.safety), outlook.available)
    gives = outlook.available > keep
    demand, incoming = in_time(outlook, gives)
    lost = np.maximum(demand - (outlook.available + incoming)[..., None], 0.0).mean(axis=-1)
    gets = lost > WORTHLESS
    takes_part = (gives | gets) & (gives.any(axis=1) & gets.any(axis=1))[:, None]
    for row, column in zip(*(places.tolist() for places in takes_part.nonzero()), strict=True):
        yield rebalancing.Position(
            facility=outlook.places[column].code,
            sku=outlook.skus[row].sku,
            available=int(outlook.available[row, column]),
            keep=int(keep[row, column]),
            shortage_cost=round(float(outlook.shortage_cost[row, column]), 4),
            lost_sales=lost_sales(demand[row, column], float(incoming[row, column])),
        )


def in_time(outlook: Outlook, gives: Flags) -> tuple[Amounts, Amounts]:
    """Return the demand after the transfers [K, F, slices], and what comes [K, F].

    Before a truck can be there, who has nothing to give serves from the stock at hand: that leaves
    it, and what is lost by then no transfer saves.
    """
    early = np.where(gives, 0.0, np.minimum(transit(outlook.km) / outlook.days[:, None], 1.0))
    mean, variance = (outlook.mean * (1 - early)).ravel(), (outlook.variance * (1 - early)).ravel()
    demand = spread(mean, variance).reshape(*early.shape, -1)
    return demand, outlook.incoming - np.minimum(outlook.mean * early, outlook.stock)


def lanes_of(outlook: Outlook, capacity: int | None) -> Iterator[rebalancing.Lane]:
    """Yield the ways between all facilities: a truck for each that is used, and the weight."""
    chosen, codes = settings(), [place.code for place in outlook.places]
    for origin, row in zip(codes, outlook.km.tolist(), strict=True):
        for destination, km in zip(codes, row, strict=True):
            if origin != destination:
                yield rebalancing.Lane(
                    origin,
                    destination,
                    unit_cost=round(chosen.transfer_per_kg_km * km, 6),
                    fixed_cost=round(chosen.transfer_fixed + chosen.transfer_per_km * km, 2),
                    capacity_units=capacity,
                    days=transit_days(km),
                )


def imbalance(stated: Stated) -> float:
    """Return the share of the expected demand that is short here while others could give it."""
    outlook = stated.outlook
    if outlook is None or not outlook.mean.sum():
        return 0.0
    apart = outlook.stock - outlook.mean
    short, spare = np.maximum(-apart, 0.0).sum(axis=1), np.maximum(apart, 0.0).sum(axis=1)
    return float(np.minimum(short, spare).sum() / outlook.mean.sum())
