"""Ways: what the facilities cost before a destination, kept while the network stays the same."""

import math
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from msgspec import Struct, field

from fulfillment.network.destinations import Destination
from fulfillment.network.lanes import Days, Lane, Reach, When, reach
from fulfillment.network.offers import Offers
from fulfillment.network.rates import ServiceRates
from fulfillment.network.sites import Site
from fulfillment.platform.config import Settings
from fulfillment.platform.fast_json import encoded
from fulfillment.sourcing.costs import settings
from fulfillment.sourcing.question import Question, is_full
from fulfillment.sourcing.strategies.strategy import Weights

Amounts = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# How many pairs of destination and facility are kept: some 100 bytes each.
MOST_PAIRS = 400_000
# How many orders' ways are kept, for those who ask first and then reserve: some kilobytes each.
MOST_ORDERS = 1_000
NOBODY: frozenset[str] = frozenset()


class Place(Struct, frozen=True, eq=False, dict=True):
    """A destination before the N facilities that ship, whatever is to go there."""

    reach: Reach
    facilities: Sequence[Site]  # all, by code
    others: dict[Weights, Amounts] = field(default_factory=dict)

    @cached_property
    def codes(self) -> list[str]:
        return [site.code for site in self.reach.sites]

    @cached_property
    def reached(self) -> Flags:
        """Which of them some rate reaches. [N]"""
        return np.isfinite(self.reach.ways.best(None).price)

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

    def costs(self, weights: Weights, shipping: Amounts) -> Amounts:
        """Return what shipments of these prices cost as they are weighed. [N]"""
        others = self.others.get(weights)
        if others is None:
            others = self.others[weights] = self.other_costs(weights)
        # Nothing times infinity would be no number.
        return others + weights.shipping * shipping if weights.shipping else others

    def other_costs(self, weights: Weights) -> Amounts:
        """Return what a shipment costs beside its rate; infinite where none reaches. [N]"""
        fixed, km = self.reach.fixed_cost, self.reach.distance_km
        others = weights.shipping * fixed + weights.distance_per_km * km + weights.split
        return np.where(self.reached, others, math.inf)

    def rounded(self, figures: Amounts, digits: int) -> str:
        known = figures.round(digits).tolist()
        if self.barred:
            known = [None if row is None else known[row] for row in self.rows]
        return encoded(known)


class Turn(NamedTuple):
    """Facilities that an order can come from, and what it costs from there: the cheapest first."""

    at: list[int]
    costs: list[float]


class Ways(Struct, frozen=True, eq=False, dict=True):
    """The ways to a destination for an order's weight, as a strategy weighs them; N facilities.

    Costs are infinite where no rate reaches.
    """

    place: Place
    offers: Offers
    weights: Weights

    @property
    def reach(self) -> Reach:
        return self.place.reach

    @property
    def per_unit(self) -> float:
        return self.weights.handling * self.reach.handling_per_unit

    @cached_property
    def shipment(self) -> Amounts:
        """What a shipment costs before its units. [N]"""
        return self.place.costs(self.weights, self.offers.fixed)

    @cached_property
    def per_g(self) -> Amounts:
        """What a gram costs. [N]"""
        total: Amounts = self.weights.shipping * self.offers.per_g
        return total

    @cached_property
    def whole(self) -> Amounts:
        """What the whole order costs before handling. [N]"""
        # Nothing is looked up as a gram, but costs nothing by weight.
        price = self.offers.price if self.offers.grams else self.offers.fixed
        return self.place.costs(self.weights, price)

    @cached_property
    def turn(self) -> Turn:
        """The facilities by what the whole order costs from them."""
        return turn_of(self.whole)

    def lane(self, i: int, when: When) -> Lane:
        """Return the lane of one of them, for an order without a wanted day."""
        return self.reach.in_time(self.offers, i, when)

    @cached_property
    def figures(self) -> str:
        """The columns that are told of the ways, as the inside of a JSON object."""
        place = self.place
        return (
            f'"distance_km":{place.distances},'
            f'"shipment_cost":{place.rounded(self.reach.fixed_cost + self.offers.fixed, 4)},'
            f'"cost_per_kg":{place.rounded(self.offers.per_g * 1000, 4)}'
        )


def turn_of(whole: Amounts) -> Turn:
    """Return the facilities by what the whole order costs from them. [N]"""
    order = whole.argsort(kind="stable")[: np.isfinite(whole).sum()]
    return Turn(order.tolist(), whole[order].tolist())


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
        self.ways: dict[tuple[Destination, Weights, int], Ways] = {}
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
        place, weights, grams = question.ask.destination, question.strategy.weights, question.grams
        key = place, weights, grams
        found = self.ways.get(key)
        if found is None:
            if len(self.ways) >= MOST_ORDERS:
                self.ways.clear()
            there = self.place(place)
            found = Ways(there, there.reach.ways.best(grams), weights)
            self.ways[key] = found
        return found

    def days_to(self, country: str) -> Days:
        """Return when shipments arrive in a country."""
        return self.days.setdefault(country, Days(country))

    def when(self, question: Question) -> When:
        """Return when an order is asked for, and by which day it is wanted."""
        ask = question.ask
        days = self.days_to(ask.destination.country)
        return When(days, question.state.moment, ask.deliver_by)

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
    state, present = question.state, settings()
    same = id(state.facilities), id(state.rates), id(present)
    known = kept.get(same)
    if known is None:
        known = Network(state.facilities, state.rates, present)
        kept.clear()
        kept[same] = known
    return known
