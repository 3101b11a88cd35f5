"""Measured transit times in lanes and promises."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from fulfillment.network import carriers, facilities, imports, lanes, rate_imports, sites, transit
from fulfillment.network.carrier_schemas import CarrierIn
from fulfillment.network.destinations import Destination
from fulfillment.network.transit import BROCHURE, MEASURED, Measure, Way
from fulfillment.network.transit_models import LaneTransit
from fulfillment.platform.db import db, transaction
from fulfillment.platform.tables import numbered

pytestmark = pytest.mark.usefixtures("app")

WEDNESDAY = datetime(2026, 8, 26, 17, tzinfo=UTC)  # noon in Chicago
HOUSTON = Destination(29.76, -95.37, "77002", "US", "America/Chicago", "residence")
# 362 and 3,037 km away.
PLACES = [
    {"code": "DAL", "lat": 32.78, "lng": -96.80, "timezone": "America/Chicago"},
    {"code": "SEA", "lat": 47.61, "lng": -122.33, "timezone": "America/Los_Angeles"},
]
RATE = {"service": "GROUND", "max_weight_g": 1_000, "price": "5", "transit_days": 5}
DALLAS = Way("DAL", "C1", "GROUND", 2)


@pytest.fixture
def network():
    with transaction():
        imports.import_facilities(numbered(PLACES), atomic=True)
        carriers.put("C1", CarrierIn().load({"working_days": [1, 2, 3, 4, 5, 6]}))
        rate_imports.replace_rates("C1", numbered([RATE]))


def publish(measures):
    with transaction():
        return transit.publish(measures)


def promised():
    found = lanes.lanes_to(HOUSTON, sites.active(), WEDNESDAY)
    return {code: (lane.deliver_by, lane.transit) for code, lane in found.items()}


def test_without_measures_the_brochure_promises(network):
    # Thu 27, Fri 28, Sat 29, Mon 31, Tue 1.
    assert promised() == dict.fromkeys(("DAL", "SEA"), (date(2026, 9, 1), BROCHURE))


@pytest.mark.parametrize(
    ("days", "arrival"),
    [(0, date(2026, 8, 26)), (2, date(2026, 8, 28)), (4, date(2026, 8, 31))],
)
def test_a_measured_lane_promises_its_measure_on_the_carriers_calendar(network, days, arrival):
    publish({DALLAS: Measure(days, 30)})
    assert promised()["DAL"] == (arrival, MEASURED)
    assert promised()["SEA"] == (date(2026, 9, 1), BROCHURE)


def test_a_slower_measure_than_the_brochure_promises_later(network):
    publish({DALLAS: Measure(7, 500)})
    assert promised()["DAL"] == (date(2026, 9, 3), MEASURED)


@pytest.mark.parametrize(
    "way",
    [
        Way("DAL", "C1", "GROUND", 1),
        Way("DAL", "C1", "AIR", 2),
        Way("DAL", "", "GROUND", 2),
        Way("SEA", "C1", "GROUND", 2),
    ],
)
def test_what_was_measured_elsewhere_says_nothing(network, way):
    publish({way: Measure(1, 30)})
    assert {by for _, by in promised().values()} == {BROCHURE}


def test_the_tariff_is_measured_too():
    with transaction():
        imports.import_facilities(numbered(PLACES), atomic=True)
    publish({Way("DAL", "", "ground", 2): Measure(3, 30)})
    assert promised()["DAL"] == (date(2026, 8, 31), MEASURED)


def test_a_measure_that_is_gone_leaves_the_brochure(network):
    publish({DALLAS: Measure(1, 30)})
    assert promised()["DAL"][1] == MEASURED
    assert publish({}) == 1
    assert promised()["DAL"] == (date(2026, 9, 1), BROCHURE)


def test_only_facilities_whose_days_change_are_new_versions(network):
    def versions():
        return {facility.code: facility.version for facility in facilities.all_by_code()}

    assert publish({DALLAS: Measure(1, 30)}) == 1
    before = versions()
    assert publish({DALLAS: Measure(1, 31)}) == 0
    assert versions() == before
    assert db.session.scalars(select(LaneTransit.samples)).all() == [31]
    assert publish({DALLAS: Measure(2, 32)}) == 1
    assert versions() == before | {"DAL": before["DAL"] + 1}


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize(
    ("km", "band"), [(0.0, 0), (79.9, 0), (80.0, 1), (361.6, 2), (2_900.0, 7), (20_000.0, 7)]
)
def test_distances_of_about_the_same_time_are_one_band(km, band):
    assert transit.way_of("DAL", None, "ground", km) == Way("DAL", "", "ground", band)
