"""The stock positions of a replenishment run: what each has, needs, and is ordered by."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from fulfillment.catalog.models import Item
from fulfillment.inventory.availability import Level
from fulfillment.inventory.gate import Key
from fulfillment.network.sites import Site
from fulfillment.optimization import policies, replenishment
from fulfillment.orders import queries as orders
from fulfillment.planning.forecasts.queries import Expected
from fulfillment.planning.nearest import nearest
from fulfillment.planning.rebalancing.reading import margin, settings
from fulfillment.planning.replenishment.models import ReplenishmentPolicy
from fulfillment.supply.suppliers.terms import Terms

YEAR = 365.0
# An order is for at most so many days of demand, however cheap it is to hold.
LONGEST_LOT = 90
# Units of which the distribution is told one by one; beyond, mean and deviation say enough.
COUNTED = 300.0
MOST_ORDERS = 50_000
NOTHING = Expected(0.0, 0.0)


@dataclass(frozen=True)
class Situation:
    """All that the positions are made of."""

    items: Mapping[str, Item]
    levels: Mapping[Key, Level]
    expected: Mapping[Key, Expected]
    policies: Mapping[Key, ReplenishmentPolicy]
    terms: Mapping[tuple[str, str], Terms]  # by supplier and SKU
    preferred: Mapping[str, str]  # supplier by SKU
    incoming: Mapping[Key, Sequence[tuple[date, int]]]
    backordered: Counter[Key]
    today: date


def positions(there: Situation) -> Iterator[replenishment.Position]:
    """Yield a position for each stock level that is ordered for from somewhere."""
    keys = sorted({*there.policies, *(key for key in there.expected if key in there.levels)})
    for key in keys:
        if position := position_of(key, there):
            yield position


def position_of(key: Key, there: Situation) -> replenishment.Position | None:
    sku, facility = key
    given = there.policies.get(key) or usual(sku, facility)
    supplier = None if given.source_facility else given.supplier or there.preferred.get(sku)
    terms = there.terms.get((supplier or "", sku))
    if given.kind == "none" or not (given.source_facility or terms):
        return None
    lead, spread = (terms.lead_time_days, terms.lead_time_sd) if terms else resupply_days()
    expected, level = there.expected.get(key, NOTHING), there.levels.get(key)
    item = there.items[sku]
    lot = lot_of(item, terms, expected)
    return replenishment.Position(
        facility=facility,
        sku=sku,
        on_hand=max(0, level.on_hand - level.unavailable) if level else 0,
        reserved=max(0, level.reserved) if level else 0,
        backordered=there.backordered[key],
        incoming=tuple(
            (max(0, (day - there.today).days), units) for day, units in there.incoming.get(key, ())
        ),
        policy=stated(given, lot),
        supplier=supplier,
        resupplier=given.source_facility,
        lead_time=int(np.ceil(lead)),
        horizon_days=int(np.ceil(lead)) + given.review_days,
        demand=demand(expected, given.review_days, 0.0),
        lead_demand=demand(expected, lead, spread),
        shortage_cost=margin(item),
        holding_cost=unit_cost(item, terms) * settings().holding_rate * (lead + 1) / YEAR,
    )


def usual(sku: str, facility: str) -> ReplenishmentPolicy:
    """Return the policy of what planners set none for."""
    service = settings().replenishment_service
    return ReplenishmentPolicy(
        sku=sku,
        facility=facility,
        kind="s_S" if service else "none",
        service_measure="cycle_service",
        service_level=service,
        review_days=1,
    )


def resupply_days() -> tuple[float, float]:
    """Return how long another facility takes: mean and deviation."""
    return settings().resupply_days, 0.0


def unit_cost(item: Item, terms: Terms | None) -> float:
    return float(terms.unit_cost if terms else item.unit_cost or 0)


def lot_of(item: Item, terms: Terms | None, expected: Expected) -> int:
    """Return the economic lot in whole packs, of a quarter's demand at most."""
    pack = terms.pack_size if terms else item.pack_size
    holding = unit_cost(item, terms) * settings().holding_rate / YEAR
    few = max(pack, int(expected.per_day * LONGEST_LOT) // pack * pack)
    if not holding or not expected.per_day:
        return few
    return min(few, policies.economic_lot(settings().order_cost, holding, expected.per_day, pack))


def stated(given: ReplenishmentPolicy, lot: int) -> replenishment.Policy:
    """Return the policy with the levels that planners gave, or the service to work them out by."""
    point, most = given.reorder_point, given.order_up_to
    lot = given.quantity or lot
    service = {given.service_measure: given.service_level}
    if given.kind == "base_stock":
        told = {"order_up_to": most} if most is not None else service
        return replenishment.Policy("base_stock", **told)
    if given.kind == "R_Q":
        told = {"reorder_point": point} if point is not None else service
        return replenishment.Policy("R_Q", quantity=lot, **told)
    if point is not None:
        return replenishment.Policy(
            "s_S", reorder_point=point, order_up_to=most if most is not None else point + lot
        )
    return replenishment.Policy("s_S", quantity=lot, **service)  # type: ignore[arg-type]


def demand(expected: Expected, days: float, spread: float) -> replenishment.Forecast:
    """Return the demand of a time of so many days, that deviates by `spread`.

    Its variance is E(L) Var(D) + E(D)^2 Var(L) (Silver, Pyke and Peterson 1998, section 7.10).
    """
    mean = expected.per_day * days
    variance = expected.variance_per_day * days + (expected.per_day * spread) ** 2
    if not mean:
        return replenishment.Forecast(pmf=((0, 1.0),))
    if mean + 4 * variance**0.5 > COUNTED:
        return replenishment.Forecast(mean=mean, sd=variance**0.5)
    # Demand for whole units is never surer than Poisson's.
    told = (
        policies.negative_binomial(mean, variance)
        if variance > mean * 1.001
        else policies.poisson(mean)
    )
    chances = enumerate(told.chances.tolist(), told.start)
    return replenishment.Forecast(pmf=tuple(chances))


def backordered(places: Sequence[Site]) -> Counter[Key]:
    """Return the units that orders wait for, at the facility nearest to where they go."""
    waiting = [order for order in orders.waiting(MOST_ORDERS) if "lat" in order.destination]
    found: Counter[Key] = Counter()
    if not waiting or not places:
        return found
    needs = orders.needs(waiting)
    spots = [Spot(order.destination["lat"], order.destination["lng"]) for order in waiting]
    for order, place in zip(waiting, nearest(places, spots).tolist(), strict=True):
        for sku, units in needs[order.id].items():
            found[sku, places[place].code] += units
    return found


@dataclass(frozen=True)
class Spot:
    """Where an order goes."""

    lat: float
    lng: float
