import pytest

from fulfillment.network import facilities, imports
from fulfillment.platform.db import transaction
from fulfillment.platform.tables import numbered

CHICAGO = {
    "name": "Chicago",
    "lat": 41.88,
    "lng": -87.63,
    "country": "US",
    "postal_code": "60601",
    "timezone": "America/Chicago",
    "cutoff": "15:30:00",
    "working_days": [1, 2, 3, 4, 5, 6],
    "holidays": {"country": "US", "subdivision": "IL"},
    "closed_on": ["2026-12-24"],
    "handling_days": 1,
    "daily_order_capacity": 500,
    "active": True,
    "fixed_cost": "0.75",
    "tags": ["store"],
}


@pytest.fixture
def planner(auth):
    return auth("planner")


@pytest.fixture
def put(client, planner):
    def put(**values):
        return client.put("/v1/facilities/F1", json=values, headers=planner)

    return put


def test_a_facility_comes_back_as_it_was_put(client, planner, put):
    answer = put(**CHICAGO)
    assert answer.status_code == 201
    assert answer.json | CHICAGO == answer.json
    assert client.get("/v1/facilities/F1", headers=planner).json == answer.json


def test_a_us_facility_is_located_by_its_zip_code(put):
    facility = put(postal_code="77429-1234").json
    assert (facility["lat"], facility["lng"]) == (29.9766, -95.6358)
    assert (facility["timezone"], facility["name"]) == ("America/Chicago", "F1")
    assert (facility["cutoff"], facility["working_days"]) == ("17:00:00", [1, 2, 3, 4, 5])


def test_coordinates_that_are_given_stay(put):
    facility = put(postal_code="77429", lat=30.0, lng=-95.0, timezone="America/Chicago").json
    assert (facility["lat"], facility["lng"]) == (30.0, -95.0)


def test_a_zip_code_tells_the_timezone_of_coordinates_too(put):
    facility = put(postal_code="77429", lat=30.0, lng=-95.0).json
    assert (facility["lat"], facility["timezone"]) == (30.0, "America/Chicago")


def test_an_unknown_zip_code_is_named_when_it_should_tell_the_timezone(put):
    errors = put(postal_code="99999").json["errors"]
    assert sorted(errors) == ["postal_code", "timezone"]


def test_a_cutoff_is_local_time(put):
    assert list(put(timezone="UTC", cutoff="17:00:00+02:00").json["errors"]) == ["cutoff"]


def test_a_facility_that_nothing_locates_needs_a_timezone(put):
    assert "timezone" in put(country="DE", postal_code="10115").json["errors"]
    assert put(country="DE", timezone="Europe/Berlin").json["lat"] is None


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lat", 91),
        ("lng", -180.5),
        ("timezone", "Mars/Olympus"),
        ("country", "usa"),
        ("cutoff", "25:00"),
        ("working_days", []),
        ("working_days", [8]),
        ("working_days", [1, 1]),
        ("holidays", {"country": "ZZ"}),
        ("holidays", {"country": "US", "subdivision": "ZZ"}),
        ("closed_on", ["2026-02-30"]),
        ("handling_days", -1),
        ("handling_days", 366),
        ("daily_order_capacity", -1),
        ("fixed_cost", "-0.01"),
        ("colour", "red"),
    ],
)
def test_a_bad_value_is_refused_at_its_field(put, field, value):
    answer = put(**{**CHICAGO, field: value})
    assert answer.status_code == 422
    assert {path.split(".")[0] for path in answer.json["errors"]} == {field}


def test_half_a_pair_of_coordinates_is_refused(put):
    assert put(lat=1.0, timezone="UTC").status_code == 422


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize("code", ["a%20b", "x" * 33, "a:b", "é"])
def test_a_code_is_short_and_plain(client, planner, code):
    answer = client.put(f"/v1/facilities/{code}", json={"timezone": "UTC"}, headers=planner)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["code"])


@pytest.mark.parametrize(
    ("query", "codes"),
    [("", ["A", "B"]), ("?active=false", ["B"]), ("?country=DE", ["B"]), ("?tag=store", ["A"])],
)
def test_facilities_are_listed_and_filtered(client, planner, query, codes):
    rows = [
        {"code": "B", "timezone": "Europe/Berlin", "country": "DE", "active": False},
        {"code": "A", "timezone": "UTC", "tags": ["store"]},
    ]
    with transaction():
        imports.import_facilities(numbered(rows), atomic=True)
    found = client.get(f"/v1/facilities{query}", headers=planner).json["items"]
    assert [facility["code"] for facility in found] == codes
    assert [facility.code for facility in facilities.active()] == ["A"]
    assert facilities.unknown(["A", "C"]) == ["C"]
