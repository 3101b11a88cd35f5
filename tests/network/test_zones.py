import random
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from fulfillment.network import carriers, imports, rate_imports, rates, sites, zones
from fulfillment.network.carrier_schemas import CarrierIn
from fulfillment.network.destinations import Destination
from fulfillment.network.lanes import actual_price, lanes_to
from fulfillment.platform.db import transaction
from fulfillment.platform.tables import numbered

pytestmark = pytest.mark.usefixtures("app")

NOON = datetime(2026, 8, 26, 17, tzinfo=UTC)
PRICES = {"2": "5.00", "5": "8.00", "8": "12.00"}


def chart(*rows, country="US"):
    """Zones as origin, destination and zone."""
    return [
        {"country": country, "origin_prefix": a, "destination_prefix": b, "zone": zone}
        for a, b, zone in rows
    ]


def by_zone(service="GROUND", **more):
    return [
        {"service": service, "zone": zone, "max_weight_g": 1_000, "price": price, "transit_days": 2}
        | more
        for zone, price in PRICES.items()
    ]


def load(rows=None, rates=None, carrier="C1"):
    with transaction():
        if carrier not in carriers.codes():
            carriers.put(carrier, CarrierIn().load({}))
        if rows is not None:
            rate_imports.replace_zones(carrier, numbered(rows))
        if rates is not None:
            rate_imports.replace_rates(carrier, numbered(rates))


def place(code, postal_code, **more):
    where = {"lat": 32.78, "lng": -96.80, "timezone": "America/Chicago"}
    row = {"code": code, "postal_code": postal_code, **where, **more}
    with transaction():
        imports.import_facilities(numbered([row]), atomic=True)


def to(postal_code, kind="business", country="US"):
    return Destination(29.76, -95.37, postal_code, country, None, kind)


def lanes(destination):
    return lanes_to(destination, sites.active(), NOON)


def told(destination):
    return {code: (lane.zone, actual_price(lane, 900)) for code, lane in lanes(destination).items()}


@pytest.fixture
def dallas(app):
    place("DAL", "75201")


@pytest.mark.usefixtures("dallas")
def test_a_parcel_pays_for_the_zone_between_its_postal_codes():
    load(chart(("752", "770", "2"), ("752", "981", "8")), by_zone())
    assert told(to("77002")) == {"DAL": ("2", 5.0)}
    assert told(to("98101-1234")) == {"DAL": ("8", 12.0)}


@pytest.mark.usefixtures("dallas")
def test_each_facility_has_its_own_zone():
    place("SEA", "98101")
    load(chart(("752", "770", "2"), ("981", "770", "8")), by_zone())
    assert told(to("77002")) == {"DAL": ("2", 5.0), "SEA": ("8", 12.0)}


@pytest.mark.usefixtures("dallas")
def test_the_longest_prefix_holds_that_of_the_destination_first():
    rows = chart(("752", "770", "2"), ("752", "77002", "5"), ("75201", "770", "8"))
    load(rows, by_zone())
    assert told(to("77002"))["DAL"][0] == "5"
    assert told(to("77003"))["DAL"][0] == "8"
    place("FTW", "75299")
    assert told(to("77003"))["FTW"][0] == "2"


@pytest.mark.parametrize(
    "destination", [to("60601"), to(None), to("77002", country="CA")], ids=["else", "none", "CA"]
)
@pytest.mark.usefixtures("dallas")
def test_where_no_zone_is_known_the_service_has_no_lane(destination):
    load(chart(("752", "770", "2")), by_zone())
    assert lanes(destination) == {}


def test_a_facility_without_postal_code_or_abroad_has_no_zone():
    place("A", None)
    place("B", "75201", country="MX")
    load(chart(("752", "770", "2")), by_zone())
    assert lanes(to("77002")) == {}


@pytest.mark.usefixtures("dallas")
def test_a_zone_without_a_price_is_no_lane():
    load(chart(("752", "770", "9"), ("752", "772", "2")), by_zone())
    assert lanes(to("77002")) == {}


@pytest.mark.usefixtures("dallas")
def test_services_by_zone_and_by_distance_stand_in_one_table():
    far = {"service": "FAR", "max_weight_g": 1_000, "price": "7.00", "transit_days": 3}
    load(chart(("752", "770", "2"), ("752", "981", "8")), [*by_zone(), far])
    assert lanes(to("77002"))["DAL"].service == "GROUND"
    assert lanes(to("98101"))["DAL"].service == "FAR"
    assert lanes(to("60601"))["DAL"].service == "FAR"


@pytest.mark.usefixtures("dallas")
def test_a_zone_with_a_distance_is_only_its_name():
    near = {"service": "GROUND", "zone": "8", "max_weight_g": 1_000, "price": "3"}
    load(chart(("752", "770", "2")), [near | {"max_distance_km": 500, "transit_days": 1}])
    assert told(to("77002")) == {"DAL": ("8", 3.0)}


@pytest.mark.usefixtures("dallas")
def test_without_its_chart_a_table_of_zones_prices_nothing():
    load(chart(("752", "770", "2")), by_zone())
    load([])
    assert lanes(to("77002")) == {}


@pytest.mark.usefixtures("dallas")
def test_a_new_chart_holds_at_once():
    load(chart(("752", "770", "2")), by_zone())
    assert told(to("77002"))["DAL"][0] == "2"
    load(chart(("752", "770", "5")))
    assert told(to("77002"))["DAL"][0] == "5"


@pytest.mark.usefixtures("dallas")
def test_a_chart_stays_in_memory_while_other_carriers_change():
    load(chart(("752", "770", "2")), by_zone())
    before = rates.loaded()
    load(carrier="C2", rates=[{"service": "X", "max_weight_g": 1, "price": "1", "transit_days": 1}])
    after = {one.carrier: one for one in rates.loaded()}
    assert rates.loaded() is not before
    assert after["C1"].zones.chart is before[0].zones.chart


@pytest.mark.usefixtures("dallas")
def test_a_chart_forgets_rather_than_grow_without_end(monkeypatch):
    monkeypatch.setattr(zones, "MOST_PAIRS", 5)
    load(chart(("752", "770", "2")), by_zone())
    for n in range(20):
        assert told(to(f"770{n:02d}"))["DAL"][0] == "2"
        assert lanes(to(f"606{n:02d}")) == {}
    assert len(rates.loaded()[0].zones.chart.kept) <= 6


def test_postal_codes_are_found_however_they_are_written():
    place("LON", "sw1a 1aa", country="GB")
    load(chart(("SW", "EH", "5"), country="GB"), by_zone())
    assert told(to("eh1 1bb", country="GB")) == {"LON": ("5", 8.0)}


@pytest.mark.usefixtures("dallas")
def test_a_residence_pays_fuel_and_its_surcharge_per_parcel():
    extra = {"fuel_percent": 10, "residential_surcharge": "4.00"}
    load(chart(("752", "770", "2")), by_zone(**extra))
    home, shop = lanes(to("77002", "residence"))["DAL"], lanes(to("77002"))["DAL"]
    assert (home.shipment_cost, shop.shipment_cost) == (9.5, 5.5)
    assert actual_price(home, 1_500) == 19.0  # two parcels
    assert actual_price(shop, 1_500) == 11.0


@pytest.mark.usefixtures("dallas")
def test_a_surcharge_may_change_which_service_is_cheapest():
    cheap = {"service": "A", "max_weight_g": 1_000, "price": "6", "transit_days": 2}
    load(rates=[cheap | {"residential_surcharge": "5"}, cheap | {"service": "B", "price": "8"}])
    assert lanes(to("77002"))["DAL"].service == "A"
    assert lanes(to("77002", "residence"))["DAL"].service == "B"


@pytest.mark.usefixtures("dallas")
def test_a_place_where_no_service_goes_is_out_for_want_of_a_lane(client, auth):
    headers = auth("admin")
    load(chart(("752", "770", "2")), by_zone())
    client.put("/v1/items/MUG", json={"name": "Mug", "weight_g": 900}, headers=headers)
    move = {"kind": "receipt", "sku": "MUG", "facility": "DAL", "quantity": 5}
    client.post("/v1/stock/movements", json={"movements": [move]}, headers=headers)

    def source(postal_code):
        where = {"postal_code": postal_code, "kind": "business"}
        body = {"destination": where, "lines": [{"sku": "MUG", "quantity": 1}]}
        return client.post("/v1/sourcing", json=body, headers=headers)

    near = source("77002").json["options"][0]["shipments"][0]
    assert (near["carrier"], Decimal(near["cost"]["shipping"])) == ("C1", Decimal(5))
    assert "no-lane" in source("60601").text


def test_a_chart_answers_as_a_search_through_all_its_rows_would():
    draw = random.Random(5)

    def some(least, most):
        return "".join(draw.choices("01", k=draw.randint(least, most)))

    for _ in range(50):
        pairs = {(some(1, 4), some(1, 4)): draw.randrange(9) for _ in range(12)}
        rows = {}
        for (start, end), zone in pairs.items():
            rows.setdefault(("US", end), {})[start] = zone
        chart = zones.Chart("123456789", rows, longest=4)
        for origin, area in ((some(3, 5), some(3, 4)) for _ in range(20)):
            fits = [
                pair for pair in pairs if origin.startswith(pair[0]) and area.startswith(pair[1])
            ]
            best = max(fits, key=lambda pair: (len(pair[1]), len(pair[0])), default=None)
            expected = zones.UNKNOWN if best is None else pairs[best]
            assert chart.looked_up("US", area, [origin]).tolist() == [expected]
