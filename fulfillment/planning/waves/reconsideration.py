"""Orders that hold stock and that nobody works on yet: which of them a wave looks at again.

Re-evaluating assignments until they are picked saves shipments: Xu, Allgor and Graves (2009).
"""

from collections import Counter
from collections.abc import Collection, Iterable
from math import inf
from zoneinfo import ZoneInfo

from fulfillment.inventory.gate import Key
from fulfillment.network.lanes import Lane
from fulfillment.network.sites import Site
from fulfillment.orders.queries import Standing
from fulfillment.planning.waves.wanted import (
    Given,
    Wanted,
    days_late,
    eligible,
    late_cost_per_day,
    most_shipments,
)
from fulfillment.shipping.models import Shipment


def wanted(standing: Standing) -> Wanted:
    """Return an allocated order as one that may keep what it holds, or move within its promise."""
    held, units = Counter[Key](), Counter[str]()
    for shipment in standing.shipments:
        for line in shipment.lines:
            held[line.sku, shipment.facility] += line.quantity
            units[line.sku] += line.quantity
    return Wanted(standing.order, units, held, standing.keeps_until)


def may_move(standing: Standing, given: Given) -> bool:
    """Tell whether an order could be allocated just as it stands, were it asked for now.

    If not, keeping it would be no choice of the wave: it stays as it is, and out of the wave.
    """
    one = wanted(standing)
    facilities = {facility.code: facility for facility in given.state.facilities}
    allowed, used = eligible(one, given), facilities_of(one.held)
    if len(used) > (most_shipments(one, given) or inf):
        return False
    if allowed is not None and used - allowed:
        return False
    return all(
        is_due_as_planned(shipment, facilities[shipment.facility], one, given)
        and all(is_good(line.sku, facilities[shipment.facility], given) for line in shipment.lines)
        for shipment in standing.shipments
    )


def is_due_as_planned(shipment: Shipment, facility: Site, one: Wanted, given: Given) -> bool:
    """Tell whether it would still come in time; where days are limited, on the same day."""
    lane = given.ways(one).get(facility.code)
    if lane is None or (one.until and lane.deliver_by > one.until) or is_barred(lane, one, given):
        return False
    planned = shipment.ship_by.astimezone(ZoneInfo(facility.calendar.timezone)).date()
    return facility.daily_order_capacity is None or planned == lane.ship_by.date()


def is_barred(lane: Lane, one: Wanted, given: Given) -> bool:
    """Tell whether a lane delivers after the wanted day where the strategy forbids that."""
    return days_late(one, lane, given) > 0 and late_cost_per_day(one, given) is None


def is_good(sku: str, facility: Site, given: Given) -> bool:
    """Tell whether a facility could promise again what is given back to it."""
    level = given.state.levels[sku, facility.code]
    return level.available >= level.safety_stock and given.may_stock(sku, facility)


def given_back(every: Iterable[Wanted]) -> Counter[Key]:
    """Return the units by stock level that are held by orders which may move."""
    units = Counter[Key]()
    for one in every:
        units.update(one.held)
    return units


def places_of(every: Iterable[Wanted]) -> Counter[str]:
    """Return the shipments by facility that are planned for orders which may move."""
    return Counter(facility for one in every for facility in facilities_of(one.held))


def facilities_of(held: Collection[Key]) -> set[str]:
    return {facility for _, facility in held}
