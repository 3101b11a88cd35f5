"""The marginal value of the stock that an order asks for, from what is expected of its SKUs."""

from collections.abc import Mapping

import numpy as np

from fulfillment.optimization.pricing import Network, Skus, marginal_values
from fulfillment.sourcing.costs import unfilled_cost
from fulfillment.sourcing.prices import outlooks, zones
from fulfillment.sourcing.prices.outlooks import Baskets, SkuOutlook
from fulfillment.sourcing.prices.published import Source
from fulfillment.sourcing.prices.unit_prices import Marginal
from fulfillment.sourcing.prices.zones import Zones
from fulfillment.sourcing.question import Question


def marginal_of(
    question: Question, source: Source | None, known: Mapping[str, SkuOutlook]
) -> Marginal | None:
    """Return the marginal values of an order's SKUs; None where nobody is expected to ask."""
    found = {sku: known[sku] for sku in question.ask.lines if sku in known}
    if source is None or not found:
        return None
    state = question.state
    places = zones.between(state.facilities, state.moment, state.rates)
    skus = skus_of(question, found, places)
    network = network_of(places, outlooks.baskets_of(source.figures))
    return Marginal(
        codes=places.codes,
        skus=list(found),
        value=marginal_values(skus, network),
        stock=skus.stock,
        demand=skus.demand,
        as_of=source.as_of,
    )


def skus_of(question: Question, found: Mapping[str, SkuOutlook], places: Zones) -> Skus:
    """Return the SKUs that have an outlook before all facilities that ship."""
    moment, horizon = question.state.moment, question.strategy.prices.horizon_days
    weight = np.array([question.items[sku].weight_g for sku in found], dtype=np.float64)
    demand = [[one.demand(at, moment, horizon) for at in places.codes] for one in found.values()]
    stock = [[promisable(question, sku, at) for at in places.codes] for sku in found]
    return Skus(
        stock=np.array(stock, dtype=np.int64),
        demand=np.array(demand, dtype=np.float64),
        weight=weight,
        line_units=np.array([one.line_units for one in found.values()]),
        unfilled_cost=unfilled_cost(0) + places.dearest_unit(weight),
    )


def promisable(question: Question, sku: str, facility: str) -> int:
    return question.state.promisable.get(sku, {}).get(facility, 0)


def network_of(places: Zones, baskets: Baskets) -> Network:
    return Network(
        unit_cost=places.unit_cost,
        shipment_cost=places.shipment_cost,
        cover=np.array([baskets.cover.get(code, 0.0) for code in places.codes]),
        companions=np.array(baskets.companions),
        line_weight=baskets.line_weight_g,
    )
