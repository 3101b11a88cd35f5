"""Real price tables and zone charts, found again as they are printed."""

import csv
import gzip
import io
import random
from datetime import UTC, date, datetime
from decimal import Decimal
from math import ceil

import pytest

from fulfillment.network.destinations import Destination
from fulfillment.network.parcels import Parcel
from fulfillment.network.quotes import quotes
from tests.shared_data import shared

pytestmark = pytest.mark.engine("sqlite")

POUND = Decimal("453.59237")
MOMENT, DAY = datetime(2026, 8, 24, 17, tzinfo=UTC), date(2026, 8, 31)
NEW_JERSEY = "088"  # an origin whose sample has all nine zones
OHIO = "450"


def table(name):
    packed = shared(f"{name}.csv.gz")
    return list(csv.DictReader(io.StringIO(gzip.decompress(packed).decode())))


def printed(rows):
    """Yield service, pounds, zone and price of a table that has a column for each zone."""
    for row in rows:
        for column, price in row.items():
            if column.startswith("zone"):
                zone = column.removeprefix("zone").removesuffix("_usd")
                yield row["service"], row["weight_lb_max"], zone, Decimal(price)


def rates(rows, **more):
    return [
        {"service": service, "max_weight_lb": float(pounds), "zone": zone, "price": str(price)}
        | {"transit_days": 3}
        | more
        for service, pounds, zone, price in printed(rows)
    ]


@pytest.fixture
def load(client, auth):
    """Write facilities in these areas, and a carrier with its zones and rates."""
    planner = auth("planner")

    def send(verb, path, body):
        answer = client.open(f"/v1/{path}", method=verb, json=body, headers=planner)
        assert answer.status_code in (200, 201), answer.get_json()
        return answer.get_json()

    def load(carrier, areas, chart, prices):
        where = {"lat": 40.0, "lng": -75.0, "timezone": "America/New_York"}
        places = [{"code": area, "postal_code": f"{area}01", **where} for area in areas]
        send("POST", "facilities/import", {"facilities": places})
        send("PUT", f"carriers/{carrier}", {})
        rows = [dict(zip(COLUMNS, pair, strict=True)) for pair in chart]
        assert send("POST", f"carriers/{carrier}/zones", {"zones": rows})["created"] == len(rows)
        send("POST", f"carriers/{carrier}/rates", {"rates": prices})

    return load


COLUMNS = ("origin_prefix", "destination_prefix", "zone")


def asked(origin, area, grams, kind="business"):
    """Return what each service asks for a parcel, by its name."""
    place = Destination(40.0, -75.0, f"{area}01", "US", None, kind)
    return {one.service: one for one in quotes(origin, place, [Parcel(grams)], MOMENT, DAY)}


def heaviest_of(pounds):
    """Return what a parcel of just so many pounds weighs; 0.999 lb is less than one by a gram."""
    return int(Decimal(pounds) * POUND) if pounds == "0.999" else ceil(Decimal(pounds) * POUND)


def test_every_printed_usps_price_is_quoted(load):
    pairs, prices = table("usps_zone_pairs"), table("usps_rates_2025")
    chart = [(pair["origin_zip3"], pair["dest_zip3"], pair["zone"]) for pair in pairs]
    load("USPS", [NEW_JERSEY], chart, rates(prices))
    area = {zone: destination for origin, destination, zone in chart if origin == NEW_JERSEY}
    assert len(area) == 9
    below = 0
    for service, pounds, zone, price in printed(prices):
        most = heaviest_of(pounds)
        below = below if pounds != "0.25" else 0
        for grams in (most, below + 1):
            quote = asked(NEW_JERSEY, area[zone], grams)[service]
            assert (quote.zone, quote.total) == (zone, price), (pounds, grams)
        below = most if zone == "9" else below
    assert asked(NEW_JERSEY, area["1"], heaviest_of("70") + 1) == {}


def test_zones_are_those_of_the_printed_pairs(load):
    pairs, prices = table("usps_zone_pairs"), table("usps_rates_2025")
    chart = [(pair["origin_zip3"], pair["dest_zip3"], pair["zone"]) for pair in pairs]
    load("USPS", sorted({origin for origin, _, _ in chart}), chart, rates(prices))
    for origin, area, zone in random.Random(7).sample(chart, 2_000):
        found = asked(origin, area, 100)
        assert {one.zone for one in found.values()} == {zone}, (origin, area)
    missing = {(origin, area) for origin in ("006", "088") for _, area, _ in chart}
    missing -= {(origin, area) for origin, area, _ in chart}
    assert not any(asked(origin, area, 100) for origin, area in sorted(missing)[:500])


def test_every_printed_ups_price_is_quoted_with_its_residential_surcharge(load):
    ranges, prices = table("ups_zone_chart_origin450"), table("ups_ground_rates_historic")
    chart = [
        (OHIO, f"{area:03d}", row["ground_zone"])
        for row in ranges
        for area in range(int(row["dest_zip3_from"]), int(row["dest_zip3_to"]) + 1)
    ]
    served = [row for row in chart if row[2] != "-"]
    (surcharge,) = {row["residential_surcharge_usd"] for row in prices}
    load("UPS", [OHIO], served, rates(prices, residential_surcharge=surcharge))
    area = {zone: destination for _, destination, zone in served}
    for service, pounds, zone, price in printed(prices):
        home = asked(OHIO, area[zone], heaviest_of(pounds), "residence")[service]
        shop = asked(OHIO, area[zone], heaviest_of(pounds))[service]
        assert (shop.zone, shop.total) == (zone, price)
        assert (home.prices[0].base, home.total) == (price, price + Decimal(surcharge))
    nowhere = [destination for _, destination, zone in chart if zone == "-"]
    assert not any(asked(OHIO, destination, 100) for destination in nowhere)
