"""The rules that shops start with, to compare with: ship from the nearest site that has it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fulfillment.demo.baskets import Basket, Line
from fulfillment.demo.zones import zone_of

Stock = Mapping[tuple[str, str], int]  # (site, SKU) -> units
Distances = Mapping[int, Mapping[str, float]]  # household -> site -> km


@dataclass(frozen=True)
class Allocation:
    """Units of an order's line from a site; those of one order and site are one shipment."""

    basket_id: int
    site: str
    sku: str
    quantity: int


@dataclass(frozen=True)
class Outcome:
    """What a set of allocations comes to; cost in USD, distance summed over shipments."""

    orders: int
    units_ordered: int
    units_shipped: int
    shipments: int
    split_orders: int
    cost: float
    distance_km: float

    @property
    def split_rate(self) -> float:
        """The share of all orders that leave in more than one shipment."""
        return self.split_orders / self.orders

    @property
    def cost_per_order(self) -> float:
        """Mean shipping cost of an order."""
        return self.cost / self.orders

    @property
    def distance_per_order(self) -> float:
        """Mean km that the shipments of an order travel together."""
        return self.distance_km / self.orders


def nearest_first(
    baskets: Iterable[Basket],
    opening_stock: Stock,
    distances: Distances,
    whole_orders: bool = False,
) -> list[Allocation]:
    """Allocate orders one after the other.

    Each line comes from the nearest site that holds all of it; where none does, from site after
    site, the nearest first, until it is complete or nothing is left. With `whole_orders`, a better
    rule: if any site holds the whole order, the nearest of those ships it all.
    """
    stock = dict(opening_stock)
    allocations = []
    for basket in baskets:
        sites = _by_distance(distances[basket.household_id])
        whole = _holder(basket, sites, stock) if whole_orders else None
        for line in basket.lines:
            for site, quantity in _sources(line, sites if whole is None else [whole], stock):
                stock[site, line.sku] -= quantity
                allocations.append(Allocation(basket.basket_id, site, line.sku, quantity))
    return allocations


def outcome(
    baskets: Sequence[Basket],
    allocations: Iterable[Allocation],
    distances: Distances,
    weights: Mapping[str, int],
) -> Outcome:
    """Count and price any allocations of the baskets by the carrier's zones; weights in grams."""
    homes = {basket.basket_id: basket.household_id for basket in baskets}
    grams: Counter[tuple[int, str]] = Counter()
    units = 0
    for each in allocations:
        grams[each.basket_id, each.site] += each.quantity * weights[each.sku]
        units += each.quantity
    lanes = {shipment: distances[homes[shipment[0]]][shipment[1]] for shipment in grams}
    boxes = Counter(basket for basket, _ in grams)
    return Outcome(
        orders=len(baskets),
        units_ordered=sum(line.quantity for basket in baskets for line in basket.lines),
        units_shipped=units,
        shipments=len(grams),
        split_orders=sum(count > 1 for count in boxes.values()),
        cost=sum(_cost(km, grams[shipment]) for shipment, km in lanes.items()),
        distance_km=sum(lanes.values()),
    )


def _by_distance(sites: Mapping[str, float]) -> list[str]:
    return sorted(sites, key=lambda site: (sites[site], site))


def _holder(basket: Basket, sites: Sequence[str], stock: Stock) -> str | None:
    """Return the nearest site that holds every line of an order."""
    for site in sites:
        if all(stock.get((site, line.sku), 0) >= line.quantity for line in basket.lines):
            return site
    return None


def _sources(line: Line, sites: Sequence[str], stock: Stock) -> list[tuple[str, int]]:
    """Choose the sites of one line: one that holds it all, or the nearest ones together."""
    for site in sites:
        if stock.get((site, line.sku), 0) >= line.quantity:
            return [(site, line.quantity)]
    chosen, missing = [], line.quantity
    for site in sites:
        taken = min(stock.get((site, line.sku), 0), missing)
        if taken > 0:
            chosen.append((site, taken))
            missing -= taken
    return chosen


def _cost(distance_km: float, grams: int) -> float:
    zone = zone_of(distance_km)
    return float(zone.shipment_cost + zone.cost_per_kg * grams / 1_000)
