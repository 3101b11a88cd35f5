"""Strategies for a wave: one cost for each lane, so that many orders fit one linear model."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from fulfillment.network.lanes import Lane
from fulfillment.sourcing.costs import late_cost_per_day, settings
from fulfillment.sourcing.strategies.strategy import Strategy

# By stage: the smallest difference between two plans of an order that must count, and the
# largest one that is usual.
STEPS = {"shipments": 1.0, "late": 1.0, "distance": 50.0, "cost": 0.5}
SPANS = {"shipments": 3.0, "late": 10.0, "distance": 6_000.0, "cost": 60.0}


@dataclass(frozen=True)
class LaneCosts:
    """What a lane costs a wave: for each shipment its money, its way and its being one, a gram."""

    shipping: float
    distance: float
    split: float
    per_g: float

    @property
    def shipment(self) -> float:
        """What a shipment costs before its units."""
        return self.shipping + self.distance + self.split


@cache
def stage_weights(stages: tuple[str, ...]) -> Mapping[str, float]:
    """Return what a shipment, a day late and a kilometre weigh beside one unit of money.

    A step at a stage outweighs the usual span of all the stages after it. That is a rule of
    thumb, where the kernel is exact: a wave may break a rule by less than a step, or where an
    order spans more than is usual, and its gap is one of the weighted sum. Money weighs 1.
    """
    if not stages:
        return {"shipments": 0.0, "late": 0.0, "distance": 0.0, "cost": 1.0}
    weights: dict[str, float] = {}
    for stage in reversed(stages if "cost" in stages else (*stages, "cost")):
        below = sum(weight * SPANS[name] for name, weight in weights.items())
        weights[stage] = below / STEPS[stage] if weights else 1.0
    return {name: weights.get(name, 0.0) / weights["cost"] for name in STEPS}


def lane_costs(strategy: Strategy, lane: Lane) -> LaneCosts:
    """Return what a lane costs by a strategy's weights, its stages as weights among them."""
    own, stage = strategy.weights, stage_weights(strategy.stages)
    return LaneCosts(
        shipping=own.shipping * lane.shipment_cost,
        distance=(own.distance_per_km + stage["distance"]) * lane.distance_km,
        split=own.split + stage["shipments"],
        per_g=own.shipping * lane.cost_per_g,
    )


def late_per_day(strategy: Strategy) -> float:
    """Return what a day after the wanted one costs a shipment, its stage included."""
    return late_cost_per_day(strategy) + stage_weights(strategy.stages)["late"]


def handling_per_unit(strategy: Strategy) -> float:
    """Return what handling a unit costs, at every facility the same."""
    return strategy.weights.handling * settings().handling_per_unit


def span(strategy: Strategy) -> float:
    """Return how much more than money alone the stages of a plan usually span, at least 1.

    What must outweigh every stage, as serving a unit does, is multiplied by it.
    """
    weights = stage_weights(strategy.stages)
    return sum(weights[name] * SPANS[name] for name in STEPS) / SPANS["cost"]
