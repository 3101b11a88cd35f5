import pytest

RATES = "service,zone,max_distance_km,max_weight_g,price,transit_days\n"


@pytest.fixture
def planner(auth):
    return auth("planner")


@pytest.fixture
def send(client, planner):
    def send(path, table):
        return client.post(path, data=table.encode(), content_type="text/csv", headers=planner)

    return send


@pytest.fixture
def carrier(client, planner):
    client.put("/v1/carriers/C1", json={"name": "Carrier"}, headers=planner)
    return "/v1/carriers/C1"


@pytest.fixture
def prices(client, planner, carrier):
    def prices():
        found = client.get(f"{carrier}/rates", headers=planner).json["items"]
        return [rate["price"] for rate in found]

    return prices


def counts(answer):
    names = ("rows", "created", "updated", "unchanged", "refused")
    return tuple(answer.json[name] for name in names)


def test_a_facility_moves_with_its_zip_code(client, planner, send):
    path = "/v1/facilities/import"
    assert counts(send(path, "code,postal_code,holidays.country\nF,77429,US\n")) == (1, 1, 0, 0, 0)
    assert counts(send(path, "code,postal_code\nF,77429\n")) == (1, 0, 0, 1, 0)
    assert counts(send(path, "code,postal_code\nF,60601\n")) == (1, 0, 1, 0, 0)
    facility = client.get("/v1/facilities/F", headers=planner).json
    assert facility["lat"] == pytest.approx(41.9, abs=0.1)
    assert facility["holidays"] == {"country": "US", "subdivision": None}


def test_a_facility_without_a_timezone_is_refused_in_its_row(send):
    answer = send("/v1/facilities/import", "code,country\nA,DE\nB,FR\n")
    assert counts(answer) == (2, 0, 0, 0, 2)
    assert [list(bad["errors"]) for bad in answer.json["errors"]] == [["timezone"], ["timezone"]]


def test_an_exported_list_of_facilities_imports_unchanged(client, planner, send):
    table = "code,timezone,working_days,closed_on,tags,active\nA,UTC,1;7,2026-12-24,x;y,FALSE\n"
    send("/v1/facilities/import", table)
    exported = client.get("/v1/facilities", headers=planner | {"Accept": "text/csv"}).text
    assert counts(send("/v1/facilities/import", exported)) == (1, 0, 0, 1, 0)


def test_postal_codes_are_one_however_they_are_written(send):
    table = "country,postal_code,lat,lng\nGB,SW1A 1AA,51.5,-0.1\nGB,sw1a1aa,51.6,-0.1\n"
    answer = send("/v1/postal-codes/import", table)
    assert counts(answer) == (2, 1, 0, 0, 1)


def test_a_rate_table_replaces_the_one_before(send, carrier, prices):
    first = send(f"{carrier}/rates", RATES + "G,Z1,100,500,5,1\nG,Z2,,500,8,2\n")
    assert counts(first) == (2, 2, 0, 0, 0)
    second = send(f"{carrier}/rates", RATES + "G,Z1,100,500,5,1\nG,Z2,,500,9.5,2\nX,,,500,20,1\n")
    assert counts(second) == (3, 1, 1, 1, 0)
    assert prices() == ["5.00", "9.50", "20.00"]


def test_one_bad_rate_leaves_the_present_table(send, carrier, prices):
    send(f"{carrier}/rates", RATES + "G,,100,500,5,1\n")
    answer = send(f"{carrier}/rates", RATES + "G,,100,500,6,1\nG,,100,500,7,1\nG,,-1,0,x,999\n")
    assert answer.status_code == 422
    assert {path.rpartition(".")[0] for path in answer.json["errors"]} == {"rows.2", "rows.3"}
    assert prices() == ["5.00"]


def test_two_bands_without_an_edge_are_the_same_band(send, carrier):
    answer = send(f"{carrier}/rates", RATES + "G,Z1,,500,5,1\nG,Z2,,500,6,1\n")
    assert answer.status_code == 422


def test_a_new_rate_table_is_a_new_version_of_its_carrier(client, planner, send, carrier):
    before = client.get(carrier, headers=planner).headers["ETag"]
    send(f"{carrier}/rates", RATES + "G,,,500,5,1\n")
    after = client.get(carrier, headers=planner).headers["ETag"]
    send(f"{carrier}/rates", RATES + "G,,,500,5,1\n")
    assert before != after == client.get(carrier, headers=planner).headers["ETag"]


def test_rates_of_an_unknown_carrier_are_refused(send):
    assert send("/v1/carriers/NONE/rates", RATES).status_code == 404
