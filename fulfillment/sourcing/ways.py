"""Ways: what the facilities cost before a destination, kept while the network stays the same."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fulfillment.network.destinations import Destination
from fulfillment.network.lanes import Days, Lane, Reach, reach
from fulfillment.network.offers import Offers, best_of_any
from fulfillment.network.rates import ServiceRates
from fulfillment.network.sites import Site
from fulfillment.platform.config import Settings
from fulfillment.platform.fast_json import encoded
from fulfillment.sourcing.costs import settings
from fulfillment.sourcing.question import Question, is_full
from fulfillment.sourcing.strategies.strategy import Weights

Amounts = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# All that ways depend on: where to, weighed how, and what it weighs in grams.
Order = tuple[Destination, Weights, int]

# How many pairs of destination and facility are kept: some 100 bytes each.
MOST_PAIRS = 400_000
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Place:
    """A destination before the N facilities that ship, whatever is to go there."""

    reach: Reach
    facilities: Sequence[Site]  # all, by code

    @cached_property
    def codes(self) -> list[str]:
        return [site.code for site in self.reach.sites]

    @cached_property
    def reached(self) -> Flags:
        """Which of them some rate reaches. [N]"""
        return self.reach.ways.reached()

    @cached_property
    def rows(self) -> list[int | None]:
        """Which of these ways each facility has, None where none reaches."""
        reached = self.reached.tolist()
        at = {code: row for row, code in enumerate(self.codes) if reached[row]}
        return [at.get(site.code) for site in self.facilities]

    @cached_property
    def barred(self) -> dict[str, str]:
        """Why facilities do not ship there whatever they have, by code."""
        rows = zip(self.facilities, self.rows, strict=True)
        return {site.code: reason(site) for site, row in rows if row is None}

    @cached_property
    def distances(self) -> str:
        """The column of distances, as JSON."""
        return self.rounded(self.reach.distance_km, 1)

    def rounded(self, figures: Amounts, digits: int) -> str:
        known = figures.round(digits).tolist()
        if self.barred:
            known = [None if row is None else known[row] for row in self.rows]
        return encoded(known)


class Turn(NamedTuple):
    """Facilities that an order can come from, and what it costs from there: the cheapest first."""

    at: list[int]
    costs: list[float]


@dataclass(frozen=True, eq=False)
class Ways:
    """The ways to a destination for an order's weight, as a strategy weighs them; N facilities.

    Costs are infinite where no rate reaches.
    """

    place: Place
    offers: Offers
    weights: Weights
    shipment_cost: Amounts  # [N] of a shipment, in money, before its units
    shipment: Amounts  # [N] the same as it is weighed
    per_g: Amounts  # [N] as it is weighed
    whole: Amounts  # [N] the whole order, as it is weighed, before handling
    turn: Turn  # by `whole`

    @property
    def reach(self) -> Reach:
        return self.place.reach

    @property
    def per_unit(self) -> float:
        return self.weights.handling * self.reach.handling_per_unit

    def lane(self, i: int, days: Days, moment: datetime) -> Lane:
        """Return the lane of one of them, for an order that is asked for at a moment."""
        return self.reach.lane_by(self.offers.at(i), i, days, moment, None)

    @cached_property
    def figures(self) -> str:
        """The columns that are told of the ways, as the inside of a JSON object."""
        place = self.place
        return (
            f'"distance_km":{place.distances},'
            f'"shipment_cost":{place.rounded(self.shipment_cost, 4)},'
            f'"cost_per_kg":{place.rounded(self.offers.per_g * 1000, 4)}'
        )


def ways_of(
    orders: Sequence[Order], places: Sequence[Place], offers: Sequence[Offers]
) -> list[Ways]:
    """Return the ways of C orders, worked out together. [C, N]"""
    rates = [(w.shipping, w.distance_per_km, w.split, grams) for _, w, grams in orders]
    shipping, per_km, split, grams = np.array(rates, dtype=float).T[:, :, None]  # [C, 1] each
    reached = np.array([place.reached for place in places])
    km = np.array([place.reach.distance_km for place in places])
    cost = np.array([place.reach.fixed_cost for place in places])
    cost = cost + np.array([offer.fixed for offer in offers])
    per_g = shipping * np.array([offer.per_g for offer in offers])
    weighed = shipping * np.where(reached, cost, 0.0) + per_km * km + split
    shipment = np.where(reached, weighed, math.inf)
    whole = shipment + per_g * grams
    turns = turns_of(whole)
    weights = [w for _, w, _ in orders]
    return list(map(Ways, places, offers, weights, cost, shipment, per_g, whole, turns))


def turns_of(whole: Amounts) -> Iterator[Turn]:
    """Yield the turn of each order by what it costs from each facility. [C, N]"""
    order = whole.argsort(axis=1, kind="stable")
    costs = np.take_along_axis(whole, order, axis=1)
    for at, of, count in zip(
        order.tolist(), costs.tolist(), np.isfinite(whole).sum(axis=1).tolist(), strict=True
    ):
        yield Turn(at[:count], of[:count])


def turn_of(whole: Amounts) -> Turn:
    """Return the turn of one order. [N]"""
    (turn,) = turns_of(whole[None])
    return turn


def reason(site: Site) -> str:
    if not site.active:
        return "inactive"
    return "no-coordinates" if site.lat is None else "no-lane"


class Network:
    """The facilities and rates of one state, with the ways that were asked for."""

    def __init__(
        self, sites: Sequence[Site], loaded: Sequence[ServiceRates], settings: Settings
    ) -> None:
        self.sites, self.loaded, self.settings = sites, loaded, settings
        self.active = [site for site in sites if site.active]
        self.limited = [site for site in self.active if site.daily_order_capacity is not None]
        self.row = {site.code: row for row, site in enumerate(sites)}
        self.codes = encoded(list(self.row))
        self.places: dict[Destination, Place] = {}
        self.ways: dict[Order, Ways] = {}
        self.days: dict[str, Days] = {}

    def place(self, destination: Destination) -> Place:
        """Return a destination, as all orders to it see it."""
        found = self.places.get(destination)
        if found is None:
            if len(self.places) * len(self.active) > MOST_PAIRS:
                self.places.clear()
            found = Place(reach(destination, self.active, self.loaded), self.sites)
            self.places[destination] = found
        return found

    def ways_to(self, question: Question) -> Ways:
        """Return the ways of an order."""
        key = question.ask.destination, question.strategy.weights, question.grams
        return self.ways.get(key) or self.expect([key])[key]

    def expect(self, orders: Iterable[Order]) -> Mapping[Order, Ways]:
        """Work out the ways of orders that are new, many in a tenth of the time of one by one."""
        new = list(dict.fromkeys(order for order in orders if order not in self.ways))
        if (len(self.ways) + len(new)) * len(self.active) > MOST_PAIRS:
            self.ways.clear()
        places = [self.place(destination) for destination, _, _ in new]
        if not new:
            return {}
        offers = best_of_any([one.reach.ways for one in places], [grams for *_, grams in new])
        found = dict(zip(new, ways_of(new, places, offers), strict=True))
        self.ways.update(found)
        return found

    def days_to(self, country: str) -> Days:
        """Return when shipments arrive in a country."""
        return self.days.setdefault(country, Days(country))

    def full(self, question: Question) -> frozenset[str]:
        """Return the facilities that take no more orders of the day on which this one leaves."""
        if not self.limited:
            return NOBODY
        days, state = self.days_to(question.ask.destination.country), question.state
        return frozenset(
            site.code
            for site in self.limited
            if is_full(site, days.leave(site, state.moment), state)
        )


# The network of the last question: while nothing changes, its parts are the very same objects.
kept: dict[tuple[int, int, int], Network] = {}


def network_of(question: Question) -> Network:
    """Return the network that a question is about."""
    return network_from(question.state.facilities, question.state.rates)


def network_from(sites: Sequence[Site], loaded: Sequence[ServiceRates]) -> Network:
    """Return the network of these facilities and rates."""
    present = settings()
    same = id(sites), id(loaded), id(present)
    known = kept.get(same)
    if known is None:
        known = Network(sites, loaded, present)
        kept.clear()
        kept[same] = known
    return known
