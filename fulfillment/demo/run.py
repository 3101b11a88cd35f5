"""The demo's day, step by step: stock in, orders reserved and allocated, parcels handed over.

Then its planner's evening, forecasts, what to move and to buy; and the parcels' days, to the door.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fulfillment.demo import dock, doorstep, planning
from fulfillment.demo.api import Api
from fulfillment.demo.baskets import Basket, BusyWeek, read_busy_week
from fulfillment.demo.dock import Day
from fulfillment.demo.doorstep import Journey
from fulfillment.demo.households import Home, distances, homes
from fulfillment.demo.nearest_first import Allocation, Outcome, Stock, nearest_first, outcome
from fulfillment.demo.planning import ROWS_AT_ONCE, Planned, Progress, worked
from fulfillment.demo.sites import SITES, Site
from fulfillment.demo.stock import opening_stock
from fulfillment.demo.zones import ZONES, Zone, rates

CARRIER = "PARCEL"
SERVICE = "this service"
WAVE_SECONDS = 30
LOOKED_AT_AGAIN = 50  # of the orders that are allocated: so many keep the wave one model
ENDED = ("cancelled", "rejected")


@dataclass(frozen=True)
class World:
    """The real data, and what was assumed around them."""

    week: BusyWeek
    homes: dict[int, Home]
    distances: dict[int, dict[str, float]]
    stock: Stock

    @property
    def online(self) -> Sequence[Basket]:
        return self.week.baskets[: len(self.week.baskets) // 2]

    @property
    def waiting(self) -> Sequence[Basket]:
        return self.week.baskets[len(self.week.baskets) // 2 :]

    def destination(self, basket: Basket) -> dict[str, Any]:
        return {"postal_code": self.homes[basket.household_id].zip_code, "country": "US"}


@dataclass
class Result:
    """What came out, and how long each step took."""

    seconds: dict[str, float] = field(default_factory=dict)
    refused_online: int = 0
    plan: dict[str, Any] = field(default_factory=dict)
    day: Day = field(default_factory=Day)
    journey: Journey = field(default_factory=Journey)
    planned: Planned = field(default_factory=Planned)
    audit: dict[str, Any] = field(default_factory=dict)
    baselines: dict[str, Outcome] = field(default_factory=dict)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds[step] = time.perf_counter() - started


def read_world(orders: int) -> World:
    """Read the real data and lay the opening stock out."""
    week = read_busy_week(orders)
    places = homes(week.households)
    kilometres = distances(places)
    return World(week, places, kilometres, opening_stock(week, kilometres))


def run(api: Api, world: World, result: Result, folder: Path, progress: Progress) -> None:
    """Do the whole day by the service's own API; papers are written into the folder."""
    with result.timed("load network, items and stock"):
        load_network(api)
        load_items(api, world, progress)
        load_stock(api, world, progress)
    with result.timed("reserve and place orders online, one by one"):
        for done, basket in enumerate(world.online, 1):
            result.refused_online += not order_online(api, world, basket)
            progress("reserve", done)
    with result.timed("place the other orders, to wait for the wave"):
        for done, basket in enumerate(world.waiting, 1):
            place_waiting(api, world, basket)
            progress("place", done)
    with result.timed("allocate them in one wave"):
        result.plan = allocate(api, progress)
    with result.timed("pick, pack, label and hand over one facility's day"):
        result.day = dock.work(api, CARRIER, folder, progress)
    plan_stock(api, world, result, progress)
    with result.timed("follow the parcels to the door"):
        result.journey = doorstep.travelled(api, result.day.shipments, progress)
    with result.timed("audit every invariant"):
        result.audit = api.get("audit")
        progress("audit", 1)
    with result.timed("compare with nearest first"):
        result.baselines = compare(api, world)


def plan_stock(api: Api, world: World, result: Result, progress: Progress) -> None:
    """Look ahead from the stock that the orders have left."""
    planned = result.planned
    with result.timed("import a year of real demand"):
        planned.history = planning.import_year(api, world.week, world.distances, progress)
    with result.timed("forecast it, by product and site"):
        planned.forecast = planning.forecast(api, progress)
    with result.timed("plan what to move"):
        # While nobody is known to buy from, stock must last until the horizon where it is.
        found = planning.stock_plan(api, "rebalancing", "transfers")
        planned.rebalancing, planned.transfers = found
        progress("move", 1)
    with result.timed("plan what to buy"):
        planning.load_suppliers(api, world.week.products)
        found = planning.stock_plan(api, "replenishment", "purchase-orders")
        planned.replenishment, planned.purchase_orders = found
        progress("buy", 1)


def load_network(api: Api) -> None:
    for site in SITES:
        api.put(f"facilities/{site.code}", facility_of(site))
    api.put(f"carriers/{CARRIER}", {"name": "Parcel carrier", "tracking_prefix": "FD"})
    zones = {zone.number: zone for zone in ZONES}
    api.post(
        f"carriers/{CARRIER}/rates",
        {
            "rates": [
                {
                    "service": "ground",
                    "zone": str(rate.zone),
                    "max_distance_km": edge_of(zones[rate.zone]),
                    "max_weight_g": rate.up_to_grams,
                    "price": str(rate.price),
                    "transit_days": rate.transit_days,
                }
                for rate in rates()
            ]
        },
    )


def edge_of(zone: Zone) -> float | None:
    """Return a zone's outer edge in km; the last one has none."""
    return zone.up_to_km if zone.up_to_km < float("inf") else None


def facility_of(site: Site) -> dict[str, Any]:
    return {
        "name": f"{site.town}, {site.state}",
        "lat": site.lat,
        "lng": site.lng,
        "country": "US",
        "postal_code": site.zip_code,
        "timezone": site.timezone,
        "cutoff": site.cutoff.isoformat("minutes"),
        "daily_order_capacity": site.daily_shipments,
    }


def load_items(api: Api, world: World, progress: Progress) -> None:
    rows = [
        {
            "sku": product.sku,
            "name": product.name,
            "weight_g": product.weight_grams,
            "unit_price": str(product.unit_price),
        }
        for product in world.week.products
    ]
    api.post("items/import?atomic=true", {"items": rows})
    progress("items", len(rows))


def load_stock(api: Api, world: World, progress: Progress) -> None:
    rows = [
        {"kind": "receipt", "sku": sku, "facility": site, "quantity": units}
        for (site, sku), units in world.stock.items()
    ]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        api.post("stock/movements", {"movements": rows[start : start + ROWS_AT_ONCE]})
        progress("stock", min(start + ROWS_AT_ONCE, len(rows)))


def lines_of(basket: Basket) -> list[dict[str, Any]]:
    return [{"sku": line.sku, "quantity": line.quantity} for line in basket.lines]


def order_online(api: Api, world: World, basket: Basket) -> bool:
    """Reserve a cart and place its order; what cannot be had complete waits for the wave."""
    cart = {
        "cart_ref": f"cart-{basket.basket_id}",
        "destination": world.destination(basket),
        "lines": lines_of(basket),
    }
    held = api.post("reservations", cart, 409)
    if held is None:
        place_waiting(api, world, basket)
        return False
    api.post("orders", {"order_ref": str(basket.basket_id), "reservation_id": held["id"]})
    return True


def place_waiting(api: Api, world: World, basket: Basket) -> None:
    order = {
        "order_ref": str(basket.basket_id),
        "destination": world.destination(basket),
        "lines": lines_of(basket),
        "allocate": "wave",
    }
    api.post("orders", order)


def allocate(api: Api, progress: Progress) -> dict[str, Any]:
    """Ask for a wave, and be the worker that does it."""
    limits = {"seconds": WAVE_SECONDS, "reconsider": LOOKED_AT_AGAIN}
    plan = worked(api, "allocation", limits)
    progress("wave", 1)
    return plan


def compare(api: Api, world: World) -> dict[str, Outcome]:
    """Price what the service did and what simple rules would have done, all the same way."""
    baskets = world.week.baskets
    weights = {product.sku: product.weight_grams for product in world.week.products}
    rules = {
        "nearest first, line by line": nearest_first(baskets, world.stock, world.distances),
        "nearest first, whole orders": nearest_first(
            baskets, world.stock, world.distances, whole_orders=True
        ),
        SERVICE: allocations(api),
    }
    return {
        name: outcome(baskets, chosen, world.distances, weights) for name, chosen in rules.items()
    }


def allocations(api: Api) -> list[Allocation]:
    """Return what the service's shipments carry."""
    return [
        Allocation(int(order["order_ref"]), shipment["facility"], line["sku"], line["quantity"])
        for order in api.all_of("orders")
        for shipment in order["shipments"]
        if shipment["status"] not in ENDED
        for line in shipment["lines"]
    ]
