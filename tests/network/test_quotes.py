from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from fulfillment.network import carriers, imports, rate_imports
from fulfillment.network.carrier_schemas import CarrierIn
from fulfillment.network.destinations import Destination
from fulfillment.network.parcels import Parcel
from fulfillment.network.quotes import best, quotes
from fulfillment.platform.db import transaction
from fulfillment.platform.errors import NotFound
from fulfillment.platform.tables import numbered

pytestmark = pytest.mark.usefixtures("app")

MONDAY_NOON = datetime(2026, 8, 24, 17, tzinfo=UTC)  # in Chicago
WEDNESDAY, FRIDAY = date(2026, 8, 26), date(2026, 8, 28)
LIGHT = [Parcel(800)]
HOME = Destination(29.76, -95.37, "77002", "US", "America/Chicago", "residence")
SHOP = Destination(29.76, -95.37, "77002", "US", "America/Chicago", "business")
DALLAS = {"code": "DAL", "lat": 32.78, "lng": -96.80, "timezone": "America/Chicago"}
SLOW = DALLAS | {"code": "SLOW", "handling_days": 3}
NOWHERE = {"code": "X", "timezone": "UTC", "country": "CA", "postal_code": "M5V 2T6"}


def rate(service, price, days, **more):
    row = {"service": service, "max_weight_g": 1_000, "price": price, "transit_days": days}
    return row | more


def network(tables, zones=(), **carrier):
    """Write facilities, and carriers with their rates."""
    with transaction():
        imports.import_facilities(numbered([DALLAS, SLOW, NOWHERE]), atomic=True)
        for code, table in tables.items():
            carriers.put(code, CarrierIn().load(carrier))
            rate_imports.replace_zones(code, numbered(list(zones)))
            rate_imports.replace_rates(code, numbered(list(table)))


def asked(parcels=LIGHT, promise=FRIDAY, destination=SHOP, origin="DAL"):
    return quotes(origin, destination, parcels, MONDAY_NOON, promise)


def names(found):
    return [(one.carrier, one.service) for one in found]


def test_the_cheapest_that_keeps_the_promise_comes_first():
    slow, fast = rate("SLOW", "4", 5), rate("FAST", "9", 1)
    network({"B": [slow, rate("MID", "6", 3)], "A": [fast]})
    found = asked(promise=date(2026, 8, 27))
    assert names(found) == [("B", "MID"), ("A", "FAST"), ("B", "SLOW")]
    assert [one.keeps for one in found] == [True, True, False]
    assert best(found) == found[0]


def test_if_none_keeps_the_promise_the_earliest_is_best():
    network({"A": [rate("CHEAP", "4", 5), rate("FAST", "9", 2)]})
    found = asked(promise=date(2026, 8, 25))
    assert names(found) == [("A", "CHEAP"), ("A", "FAST")]
    assert best(found).service == "FAST"


def test_of_equal_prices_the_earlier_then_the_name():
    network({"B": [rate("X", "5", 1)], "A": [rate("Y", "5", 2), rate("Z", "5", 1)]})
    assert names(asked()) == [("A", "Z"), ("B", "X"), ("A", "Y")]


def test_nobody_asks_where_there_are_no_rates():
    network({})
    assert asked() == []
    assert best([]) is None


def test_a_quote_tells_price_and_day():
    network({"A": [rate("G", "5.00", 2, fuel_percent=10, residential_surcharge="4")]})
    (quote,) = asked(parcels=[Parcel(800), Parcel(1_000)], destination=HOME)
    assert [price.total for price in quote.prices] == [Decimal("9.50")] * 2
    assert quote.total == Decimal("19.00")
    assert quote.ship_by.isoformat() == "2026-08-24T17:00:00-05:00"
    assert (quote.deliver_by, quote.zone) == (WEDNESDAY, None)


def test_packed_parcels_leave_by_the_next_cutoff_whatever_handling_takes():
    network({"A": [rate("G", "5.00", 2)]})
    assert asked(origin="SLOW") == asked(origin="DAL")


def test_a_service_must_take_every_parcel():
    network({"A": [rate("G", "5", 2)], "B": [rate("H", "9", 2, max_weight_g=5_000)]})
    assert names(asked(parcels=[Parcel(800), Parcel(1_001)])) == [("B", "H")]


def test_a_parcel_may_be_too_large_by_its_size():
    network({"A": [rate("G", "5", 2, dim_divisor=5_000)], "B": [rate("H", "9", 2)]})
    large = Parcel(800, length_mm=300, width_mm=200, height_mm=200)
    assert names(asked(parcels=[large])) == [("B", "H")]


def test_the_distance_band_prices_a_parcel():
    network({"A": [rate("G", "5", 2, max_distance_km=300), rate("G", "7", 3, max_distance_km=400)]})
    assert [one.total for one in asked()] == [7]  # 361.6 km


def test_a_place_without_coordinates_goes_by_zones_or_any_distance():
    zone = {"country": "CA", "origin_prefix": "M5V", "destination_prefix": "H", "zone": "2"}
    tables = [rate("ZONED", "5", 2, zone="2"), rate("NEAR", "1", 2, max_distance_km=20_000)]
    network({"A": [*tables, rate("ANY", "9", 2)]}, zones=[zone])
    montreal = Destination(45.5, -73.6, "h3a 1a1", "CA", None, "business")
    found = asked(origin="X", destination=montreal)
    assert [(one.service, one.zone) for one in found] == [("ZONED", "2"), ("ANY", None)]


def test_an_inactive_carrier_is_not_asked():
    network({"A": [rate("G", "5", 2)]}, active=False)
    assert asked() == []


def test_an_unknown_facility_is_told():
    with pytest.raises(NotFound):
        asked(origin="NONE")


def test_days_are_those_of_the_carrier():
    network({"A": [rate("G", "5", 5)]}, working_days=[1, 2, 3, 4, 5, 6])
    assert asked()[0].deliver_by == date(2026, 8, 29)  # a Saturday
