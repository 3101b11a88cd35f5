"""A replenishment run's problem: positions, sources, and the limits that they share."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fulfillment.catalog import items as catalog
from fulfillment.inventory import availability
from fulfillment.network import sites
from fulfillment.network.sites import Site
from fulfillment.optimization import replenishment
from fulfillment.planning.forecasts import queries as forecasts
from fulfillment.planning.rebalancing.reading import settings
from fulfillment.planning.replenishment import policies
from fulfillment.planning.replenishment.models import ReplenishmentPolicy
from fulfillment.planning.replenishment.positions import Situation, backordered, positions
from fulfillment.planning.replenishment.steady import steadied
from fulfillment.platform import clock
from fulfillment.supply import inbound
from fulfillment.supply.suppliers import ordering, queries, terms
from fulfillment.supply.suppliers.terms import Terms

# What is on its way may take so long: each position counts what comes within its own time.
LONGEST_DAYS = 366
FREE = 0.0001


@dataclass(frozen=True)
class Stated:
    """A problem, and the moment that it is of."""

    problem: replenishment.Problem
    as_of: datetime


def state(parameters: Mapping[str, Any]) -> Stated:
    """Read what there is, what is expected and what is ordered, and state it as a problem."""
    now, chosen = clock.now(), settings()
    there = situation(now)
    places = [site for site in sites.active() if site.lat is not None]
    found = tuple(positions(there))
    problem = replenishment.Problem(
        facilities=tuple(facilities_of(places, parameters)),
        suppliers=tuple(suppliers_of(found, now)),
        terms=tuple(map(terms_of, used(found, there.terms))),
        positions=found,
        items=tuple(
            replenishment.Item(item.sku, 1.0, item.pack_size) for item in there.items.values()
        ),
        options=replenishment.Options(
            budget=parameters.get("budget"),
            horizon_days=LONGEST_DAYS,
            seconds=parameters.get("seconds", chosen.replenishment_seconds),
            gap=parameters.get("gap", chosen.replenishment_gap),
        ),
    )
    return Stated(problem, now)


def situation(now: datetime) -> Situation:
    """Read all that the positions are made of."""
    expected, given = forecasts.expected(), policies.all_by_key()
    skus = {sku for sku, _ in (*expected, *given)}
    preferred = terms.of(skus)
    named = asked_by_name(list(given.values()))
    every = {(one.supplier, one.sku): one for one in (*preferred.values(), *named)}
    last = now.date() + timedelta(days=LONGEST_DAYS)
    return Situation(
        items=catalog.find(skus),
        levels=availability.levels(skus),
        expected=steadied(expected),
        policies=given,
        terms=every,
        preferred={sku: one.supplier for sku, one in preferred.items()},
        incoming=inbound.units(last, now),
        backordered=backordered([site for site in sites.active() if site.lat is not None]),
        today=now.date(),
    )


def asked_by_name(given: Sequence[ReplenishmentPolicy]) -> Iterator[Terms]:
    """Yield the terms of the suppliers that policies name."""
    skus: dict[str, set[str]] = {}
    for policy in given:
        if policy.supplier:
            skus.setdefault(policy.supplier, set()).add(policy.sku)
    for supplier, theirs in skus.items():
        yield from terms.at(supplier, theirs).values()


def used(
    found: Sequence[replenishment.Position], known: Mapping[tuple[str, str], Terms]
) -> list[Terms]:
    names = sorted({(one.supplier, one.sku) for one in found if one.supplier})
    return [known[name] for name in names]


def terms_of(one: Terms) -> replenishment.Terms:
    # What is free counts towards no minimum: it costs the least that money can say.
    cost = max(float(one.unit_cost), FREE)
    return replenishment.Terms(one.supplier, one.sku, cost, one.pack_size, one.minimum_quantity)


def suppliers_of(
    found: Sequence[replenishment.Position], now: datetime
) -> Iterator[replenishment.Supplier]:
    """Yield the suppliers of these positions, and whether they take orders now."""
    for code, supplier in sorted(queries.find({p.supplier for p in found if p.supplier}).items()):
        yield replenishment.Supplier(
            code,
            orders_today=ordering.takes_orders(supplier, now),
            minimum_value=float(supplier.minimum_value),
            lead_time=round(supplier.lead_time_days),
        )


def facilities_of(
    places: Sequence[Site], parameters: Mapping[str, Any]
) -> Iterator[replenishment.Facility]:
    """Yield the facilities with the limits that the run is told: units a day, units in all."""
    for place in places:
        yield replenishment.Facility(
            place.code, parameters.get("storage_units"), parameters.get("receiving_units")
        )
