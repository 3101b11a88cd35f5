import pytest


@pytest.fixture
def planner(auth):
    return auth("planner")


@pytest.fixture
def send(client, planner):
    def send(path, table):
        return client.post(path, data=table.encode(), content_type="text/csv", headers=planner)

    return send


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


def test_facilities_with_and_without_a_zip_code_come_in_one_table(send):
    table = "code,postal_code,timezone\nA,,UTC\nB,77429,\n"
    assert counts(send("/v1/facilities/import", table)) == (2, 2, 0, 0, 0)


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
