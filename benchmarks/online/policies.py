"""Where a price comes from: nowhere, the marginal value, duals of imagined futures, or a blend."""

from collections.abc import Callable

import numpy as np

from benchmarks.online.duals import Duals
from benchmarks.online.replay import Prices
from benchmarks.online.world import Cycle, Order, World
from fulfillment.optimization.pricing import Network, Skus, at_least, blend, cover, marginal_values

SHARE = 0.15  # of the fixed shipment cost, in the design's formula
COVER_AGE = 0.25  # days for which the shares of what facilities have are kept


def free(world: World, cycle: Cycle) -> Prices:
    """No prices: exact myopic."""
    return lambda stock, order: np.zeros((order.sku.size, stock.shape[1]))


def marginal(world: World, cycle: Cycle) -> Prices:
    """The project's marginal value, worked out anew for each order's SKUs."""
    fixed = _box_cost(world)
    known = {"at": -1.0, "cover": np.zeros(fixed.size)}

    def prices(stock: np.ndarray, order: Order) -> np.ndarray:
        if not known["at"] <= order.at < known["at"] + COVER_AGE or known["at"] < 0:
            known.update(at=order.at, cover=cover(stock, cycle.rate))
        network = Network(
            world.zone_cost, fixed, known["cover"], cycle.companions, cycle.line_weight
        )
        skus = Skus(
            stock=stock[order.sku],
            demand=cycle.rate[order.sku] * (cycle.days - order.at),
            weight=world.weight[order.sku],
            line_units=cycle.line_units[order.sku],
            unfilled_cost=np.full(order.sku.size, world.unfilled_cost),
        )
        return marginal_values(skus, network)

    return prices


def one_share(world: World, cycle: Cycle) -> Prices:
    """The formula with one share for all: P * (extra unit cost + SHARE * shipment cost).

    Zones whose facility holds no stock ask at the cheapest that did when the cycle began.
    """
    fixed = SHARE * _box_cost(world)
    extra = world.zone_cost - world.zone_cost.diagonal()[:, None]
    np.fill_diagonal(extra, np.inf)
    keeps = cycle.stock > 0
    rate = np.zeros(cycle.rate.shape)
    for facility, costs in enumerate(world.zone_cost):
        nearest = np.where(keeps, costs, np.inf).argmin(axis=1)
        rate[np.arange(len(rate)), nearest] += cycle.rate[:, facility]

    def prices(stock: np.ndarray, order: Order) -> np.ndarray:
        held, weight = stock[order.sku], world.weight[order.sku, None]
        more = np.where((held > 0)[:, None, :], extra, np.inf).min(axis=2) * weight
        unserved = world.unfilled_cost - weight * world.zone_cost.diagonal()
        chance = at_least(held, rate[order.sku] * (cycle.days - order.at))
        return chance * np.clip(more + fixed, 0.0, unserved)

    return prices


def dual_prices(samples: int) -> Callable[[World, Cycle], Prices]:
    """The mean duals of so many imagined futures, renewed each day."""

    def source(world: World, cycle: Cycle) -> Prices:
        duals = Duals(world, cycle, samples)
        return lambda stock, order: duals.at(stock, order.at)[order.sku]

    return source


def blended(samples: int, trust: float) -> Callable[[World, Cycle], Prices]:
    """The project's blend of marginal value and duals, where these priced a scarce SKU."""

    def source(world: World, cycle: Cycle) -> Prices:
        duals, values = Duals(world, cycle, samples), marginal(world, cycle)
        no_capacity = np.zeros(cycle.stock.shape[1])

        def prices(stock: np.ndarray, order: Order) -> np.ndarray:
            priced = duals.at(stock, order.at)[order.sku]
            return blend(values(stock, order), priced, priced > 0, no_capacity, trust)

        return prices

    return source


def _box_cost(world: World) -> np.ndarray:
    """What a second box costs from each facility, on average over destinations. [F]"""
    return world.shipment_cost.mean(axis=1)
