from datetime import UTC, date, datetime

import pytest
import time_machine
from msgspec.structs import replace

from fulfillment.network import carriers, imports, rate_imports, sites
from fulfillment.network.carrier_schemas import CarrierIn
from fulfillment.network.destinations import Destination
from fulfillment.network.lanes import actual_price, lanes_to
from fulfillment.platform.db import transaction
from fulfillment.platform.tables import numbered

pytestmark = pytest.mark.usefixtures("app")

WEDNESDAY_NOON = datetime(2026, 8, 26, 17, tzinfo=UTC)  # in Chicago
HOUSTON = Destination(29.76, -95.37, "77002", "US", "America/Chicago", "residence")
NEAR = {"code": "DAL", "lat": 32.78, "lng": -96.80, "timezone": "America/Chicago"}
FAR = {"code": "SEA", "lat": 47.61, "lng": -122.33, "timezone": "America/Los_Angeles"}
NOWHERE = {"code": "X", "timezone": "UTC"}


def rate(service="GROUND", km=None, grams=1_000, price="5", days=2, zone=None):
    band = {"service": service, "max_weight_g": grams, "price": price, "transit_days": days}
    return band | {"max_distance_km": km, "zone": zone}


def network(*places, rates=(), **carrier):
    with transaction():
        imports.import_facilities(numbered(list(places)), atomic=True)
        if rates:
            carriers.put("C1", CarrierIn().load(carrier))
            rate_imports.replace_rates("C1", numbered(list(rates)))


def lanes(destination=HOUSTON, moment=WEDNESDAY_NOON, **more):
    return lanes_to(destination, sites.active(), moment, **more)


def test_without_rates_the_tariff_of_the_settings_prices_a_lane():
    network(NEAR)
    lane = lanes()["DAL"]
    assert lane.distance_km == pytest.approx(361.6, abs=1)
    road_km = lane.distance_km * 1.2
    assert (lane.carrier, lane.shipment_cost) == (None, 6.5)
    assert lane.cost_per_g == pytest.approx((0.35 + 0.0004 * road_km) / 1_000)
    assert (lane.ship_by.isoformat(), lane.deliver_by) == (
        "2026-08-26T17:00:00-05:00",
        date(2026, 8, 27),
    )


def test_a_longer_road_takes_longer_and_costs_more():
    network(NEAR, FAR)
    near, far = lanes()["DAL"], lanes()["SEA"]
    assert far.cost_per_g > near.cost_per_g
    assert far.deliver_by == date(2026, 9, 2)  # 3,640 km of road: 1 + 4 working days


def test_a_facility_without_coordinates_has_no_lane():
    network(NEAR, NOWHERE)
    assert lanes().keys() == {"DAL"}


def test_no_facility_has_no_lane():
    network(NEAR, rates=[rate()])
    assert lanes_to(HOUSTON, [], WEDNESDAY_NOON) == {}


def test_the_cheapest_service_for_a_kilogram_wins():
    cheap_at_first = [rate("A", grams=100, price="1"), rate("A", grams=1_000, price="9")]
    network(NEAR, rates=[*cheap_at_first, rate("B", grams=1_000, price="8")])
    assert lanes()["DAL"].service == "B"


def test_of_equal_services_the_fastest_wins_and_then_the_first_by_name():
    network(NEAR, rates=[rate("C"), rate("A", days=9), rate("B")])
    assert lanes()["DAL"].service == "B"


def test_the_service_is_the_cheapest_for_the_weight_that_is_sent():
    # One line through both bands would make LIGHT the cheaper one for two kilograms.
    light = [rate("LIGHT", grams=500, price="2"), rate("LIGHT", grams=2_000, price="11")]
    heavy = [rate("HEAVY", grams=500, price="6"), rate("HEAVY", grams=5_000, price="9")]
    network(NEAR, rates=[*light, *heavy])
    lane = lanes(grams=2_000)["DAL"]
    assert (lane.service, actual_price(lane, 2_000)) == ("HEAVY", 9.0)
    assert lane.shipment_cost + 2_000 * lane.cost_per_g == pytest.approx(9.0)
    lighter = lane.for_weight(400)
    assert (lighter.service, actual_price(lighter, 400)) == ("LIGHT", 2.0)
    assert replace(lanes(grams=400)["DAL"], choose=None) == replace(lighter, choose=None)


def test_of_equal_services_that_keep_a_day_the_fastest_wins_too():
    rates = [rate("A", price="12"), rate("B", price="12", days=1), rate("SLOW", days=9)]
    network(NEAR, rates=rates)
    assert lanes(by=date(2026, 8, 31))["DAL"].service == "B"


def test_equal_prices_are_equal_however_large():
    network(NEAR, rates=[rate("A", price="99999999.99"), rate("B", price="99999999.99", days=1)])
    assert lanes()["DAL"].service == "B"


def test_the_line_is_exact_for_the_lightest_parcel_too():
    network(NEAR, rates=[rate(grams=500, price="6"), rate(grams=2_000, price="9")])
    lane = lanes(grams=1_500)["DAL"]
    assert lane.shipment_cost == pytest.approx(6)
    assert lane.shipment_cost + 1_500 * lane.cost_per_g == pytest.approx(9)


def test_a_new_table_holds_at_once_even_where_the_clock_stands_still():
    with time_machine.travel(WEDNESDAY_NOON, tick=False):
        network(NEAR, rates=[rate(price="12")])
        assert lanes()["DAL"].shipment_cost == 12
        with transaction():
            rate_imports.replace_rates("C1", numbered([rate(price="99")]))
        assert lanes()["DAL"].shipment_cost == 99


@pytest.mark.parametrize(
    ("by", "service"),
    [
        (None, "SLOW"),
        (date(2026, 9, 4), "SLOW"),
        (date(2026, 9, 1), "GROUND"),
        (date(2026, 8, 27), "NEXT-DAY"),
        (date(2026, 8, 26), "NEXT-DAY"),
    ],
)
def test_a_day_that_is_wanted_is_kept_as_cheaply_as_can_be_or_missed_by_as_little(by, service):
    rates = [
        rate("GROUND", price="5", days=3),
        rate("SLOW", price="3", days=7),
        rate("NEXT-DAY", price="40", days=1),
        rate("NEXT-DAY-DEAR", price="50", days=1),
    ]
    network(NEAR, rates=rates)
    lane = lanes(by=by)["DAL"]
    assert lane.service == service
    assert lane.for_weight(1).service == service


def test_the_narrowest_distance_band_that_covers_the_lane_prices_it():
    bands = [rate(km=300, price="4"), rate(km=400, price="6", zone="Z2"), rate(price="9")]
    network(NEAR, FAR, rates=bands)
    assert (lanes()["DAL"].shipment_cost, lanes()["DAL"].zone) == (6.0, "Z2")
    assert lanes()["SEA"].shipment_cost == 9.0


def test_a_facility_beyond_every_rate_has_no_lane():
    network(NEAR, FAR, rates=[rate(km=400)])
    assert lanes().keys() == {"DAL"}


def test_an_inactive_carrier_is_not_asked():
    network(NEAR, rates=[rate()], active=False)
    assert lanes()["DAL"].carrier is None


def test_the_fixed_cost_of_a_facility_is_part_of_each_of_its_shipments():
    network(NEAR | {"fixed_cost": "1.50"}, rates=[rate()])
    assert lanes()["DAL"].shipment_cost == 6.5
    assert actual_price(lanes()["DAL"], 700) == 6.5


def test_the_carriers_calendar_counts_transit_days():
    network(NEAR, rates=[rate(days=3)], working_days=[1, 2, 3, 4, 5, 6])
    assert lanes()["DAL"].deliver_by == date(2026, 8, 29)


def test_holidays_of_the_destination_hold_up_a_carrier_that_names_none():
    network(NEAR, rates=[rate(days=1)])
    friday = datetime(2026, 9, 4, 17, tzinfo=UTC)
    assert lanes(moment=friday)["DAL"].deliver_by == date(2026, 9, 8)  # Labor Day on Monday


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize(
    ("grams", "price"), [(1, 5), (500, 5), (501, 7), (2_000, 7), (2_001, 12), (4_000, 14)]
)
def test_a_shipments_price_is_that_of_its_weight_band(grams, price):
    network(NEAR, rates=[rate(grams=500, price="5"), rate(grams=2_000, price="7")])
    assert actual_price(lanes()["DAL"], grams) == price


def test_under_the_tariff_the_price_is_the_line_itself():
    network(NEAR)
    lane = lanes()["DAL"]
    assert actual_price(lane, 3_000) == pytest.approx(lane.shipment_cost + 3_000 * lane.cost_per_g)
