"""What shipping an order costs by its strategy: money, distance, boxes, days, scarcity."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
from flask import current_app
from msgspec import Struct

from fulfillment.network.lanes import Lane
from fulfillment.optimization import sourcing as kernel
from fulfillment.platform.config import Settings
from fulfillment.sourcing.question import Candidate, Question
from fulfillment.sourcing.strategies.strategy import PENALTY, Strategy, group_of

Amounts = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


class Costs(Struct, frozen=True, eq=False, dict=True):
    """What shipping an order from each facility costs, weighted; F facilities, L lines, money."""

    shipping: Amounts  # [F] a shipment
    distance: Amounts  # [F] a shipment
    split: Amounts  # [F] a shipment
    late: Amounts  # [F] a shipment
    place: Amounts  # [F] a shipment: the price of one among those of a full day
    unit_shipping: Amounts  # [F, L] a unit
    handling: Amounts  # [F, 1] a unit
    price: Amounts  # [F, L] a unit
    priority: int
    days_late: Counts  # [F]
    km: Amounts  # [F]
    group: Counts | None  # [F]

    @cached_property
    def shipment(self) -> Amounts:
        """What a shipment costs before its units. [F]"""
        total: Amounts = self.shipping + self.distance + self.split + self.late + self.place
        return total

    @cached_property
    def unit(self) -> Amounts:
        """What a unit costs to ship. [F, L]"""
        total: Amounts = self.unit_shipping + self.handling + self.price
        return total

    @cached_property
    def of_shipments(self) -> Amounts:
        """The terms of a shipment: shipping, distance, split, late, place. [5, F]"""
        return np.array([self.shipping, self.distance, self.split, self.late, self.place])

    @cached_property
    def of_units(self) -> Amounts:
        """The terms of a unit: shipping, handling, price. [3, F, L]"""
        handling = np.broadcast_to(self.handling, self.price.shape)
        return np.array([self.unit_shipping, handling, self.price])

    @cached_property
    def unfilled(self) -> Amounts:
        """What a unit costs that does not ship. [L]"""
        dearest = (self.shipment[:, None] + self.unit).max(axis=0, initial=0.0)
        total: Amounts = unfilled_cost(self.priority) + dearest
        return total


def settings() -> Settings:
    """Return the settings of the application."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def late_cost_per_day(strategy: Strategy) -> float:
    """Return what a day after the wanted one costs a shipment, where late ones may go at all."""
    own = strategy.weights.late_cost_per_day
    return settings().late_cost_per_day if own is None else own


def unfilled_cost(priority: int, dearest_unit: float = 0.0) -> float:
    """Return what not serving one unit costs; higher priorities weigh more.

    Always more than `dearest_unit`, what sending it by itself would cost at most: stock that is
    there is never held back because a unit is heavy, far or late.
    """
    return settings().unfilled_cost * (1 + priority) + dearest_unit


def days_late(lane: Lane, wanted: date | None) -> int:
    """Return by how many days a lane arrives after the wanted day."""
    return max(0, (lane.deliver_by - wanted).days) if wanted else 0


def costs_of(question: Question, places: Sequence[Candidate]) -> Costs:
    """Return what shipping from these candidates, which have lanes, costs term by term."""
    strategy, skus = question.strategy, list(question.ask.lines)
    weights, codes = strategy.weights, [place.facility for place in places]
    place, price = prices_at(question, codes)
    ways = [place.lane for place in places if place.lane]
    rows = [(w.shipment_cost, w.cost_per_g, w.handling_per_unit, w.distance_km) for w in ways]
    fixed, per_gram, handling, km = np.array(rows, dtype=float).reshape(-1, 4).T
    grams = np.array([question.items[sku].weight_g for sku in skus], dtype=float)
    late = np.array([days_late(way, question.ask.deliver_by) for way in ways], dtype=np.int64)
    per_day = late_cost_per_day(strategy) if strategy.late == PENALTY else 0.0
    return Costs(
        shipping=weights.shipping * fixed,
        distance=weights.distance_per_km * km,
        split=np.full(km.size, weights.split),
        late=per_day * late.astype(np.float64),
        place=place,
        unit_shipping=weights.shipping * np.outer(per_gram, grams),
        handling=weights.handling * handling[:, None],
        price=price,
        priority=question.ask.priority,
        days_late=late,
        km=km,
        group=numbers_of_groups(strategy, codes),
    )


def prices_at(question: Question, codes: Sequence[str]) -> tuple[Amounts, Amounts]:
    """Return the weighted prices of a shipment [F] and of a unit of each SKU [F, L]."""
    prices, weight = question.prices, question.strategy.prices.weight
    if prices is None:
        return np.zeros(len(codes)), np.zeros((len(codes), len(question.ask.lines)))
    return weight * prices.per_shipment(codes), weight * prices.per_unit(codes)


def numbers_of_groups(strategy: Strategy, codes: Sequence[str]) -> Counts | None:
    """Return the same number for facilities that ship as one, None where there are no groups."""
    if not strategy.groups:
        return None
    groups = group_of(strategy)
    names = [groups.get(code, code) for code in codes]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return np.array([numbers[name] for name in names], dtype=np.int64)


def problem_of(question: Question, places: Sequence[Candidate], costs: Costs) -> kernel.Problem:
    """State the order as the kernel's problem: facilities by code, lines in their order."""
    ask = question.ask
    stock = [[place.promisable[sku] for sku in ask.lines] for place in places]
    return kernel.Problem(
        quantity=np.array(list(ask.lines.values()), dtype=np.int64),
        stock=np.array(stock, dtype=np.int64).reshape(len(places), len(ask.lines)),
        shipment_cost=costs.shipment,
        unit_cost=costs.unit,
        unfilled_cost=costs.unfilled,
        distance_km=costs.km,
        max_shipments=question.most_shipments,
        ship_complete=ask.ship_complete,
        options=ask.options,
        group=costs.group,
        stages=tuple(stage_of(name, costs) for name in question.strategy.stages),
    )


def stage_of(name: str, costs: Costs) -> Counts | None:
    """Return what each facility adds to a stage; None for the cost, which units add to, too."""
    if name == "shipments":
        return np.ones(costs.km.size, dtype=np.int64)
    if name == "distance":
        return np.rint(costs.km).astype(np.int64)
    return costs.days_late if name == "late" else None
