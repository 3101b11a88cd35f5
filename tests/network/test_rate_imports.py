import pytest

RATES = "service,zone,max_distance_km,max_weight_g,price,transit_days\n"
ZONES = "origin_prefix,destination_prefix,zone\n"


@pytest.fixture
def planner(auth):
    return auth("planner")


@pytest.fixture
def send(client, planner):
    """Send a table of the carrier C1, as CSV or as the rows of a JSON list."""
    client.put("/v1/carriers/C1", json={"name": "Carrier"}, headers=planner)

    def send(noun, table, carrier="C1", query=""):
        path = f"/v1/carriers/{carrier}/{noun}{query}"
        if isinstance(table, list):
            return client.post(path, json={noun: table}, headers=planner)
        raw = table if isinstance(table, bytes) else table.encode()
        return client.post(path, data=raw, content_type="text/csv", headers=planner)

    return send


@pytest.fixture
def found(client, planner):
    def found(noun, column):
        rows = client.get(f"/v1/carriers/C1/{noun}", headers=planner).json["items"]
        return [row[column] for row in rows]

    return found


def counts(answer):
    names = ("rows", "created", "updated", "unchanged", "refused")
    return tuple(answer.json[name] for name in names)


def refused(answer):
    assert answer.status_code == 422, answer.json
    return answer.json["errors"]


def test_a_rate_table_replaces_the_one_before(send, found):
    first = send("rates", RATES + "G,Z1,100,500,5,1\nG,Z2,,500,8,2\n")
    assert counts(first) == (2, 2, 0, 0, 0)
    second = send("rates", RATES + "G,Z1,100,500,5,1\nG,Z2,,500,9.5,2\nX,,,500,20,1\n")
    assert counts(second) == (3, 1, 1, 1, 0)
    assert found("rates", "price") == ["5.00", "9.50", "20.00"]


def test_one_bad_rate_leaves_the_present_table(send, found):
    send("rates", RATES + "G,,100,500,5,1\n")
    answer = send("rates", RATES + "G,,100,500,6,1\nG,,100,500,7,1\nG,,-1,0,x,999\n")
    assert {path.rpartition(".")[0] for path in refused(answer)} == {"rows.2", "rows.3"}
    assert found("rates", "price") == ["5.00"]


def test_a_dry_run_tells_all_and_writes_nothing(send, found):
    assert counts(send("rates", RATES + "G,,,500,5,1\n", query="?dry_run=true")) == (1, 1, 0, 0, 0)
    assert counts(send("zones", ZONES + "770,606,5\n", query="?dry_run=true")) == (1, 1, 0, 0, 0)
    assert found("rates", "price") + found("zones", "zone") == []


def test_zones_without_distances_need_a_chart_first(send):
    table = RATES + "G,Z1,,500,5,1\nG,Z2,,500,6,1\n"
    assert "zone chart" in refused(send("rates", table))["rows.2.zone"][0]
    send("zones", ZONES + "770,606,Z1\n770,331,Z2\n")
    assert counts(send("rates", table)) == (2, 2, 0, 0, 0)


def test_one_distance_has_one_zone(send):
    answer = send("rates", RATES + "G,Z1,100,500,5,1\nG,Z2,100,900,6,1\nH,Z2,100,900,6,1\n")
    assert list(refused(answer)) == ["rows.2.zone"]


def test_a_service_of_zones_is_no_service_of_distances(send):
    send("zones", ZONES + "770,606,Z1\n")
    answer = send("rates", RATES + "G,Z1,,500,5,1\nG,,,500,6,1\n")
    assert list(refused(answer)) == ["rows.2.zone"]
    far = RATES + "G,Z1,100,500,5,1\nG,Z2,,500,6,1\n"
    assert counts(send("rates", far)) == (2, 2, 0, 0, 0)


def test_rates_may_have_zones_that_the_chart_lacks_but_not_only_such(send):
    send("zones", ZONES + "770,606,4\n")
    table = RATES + "G,4,,500,5,1\nG,9,,500,6,1\n"
    assert counts(send("rates", table)) == (2, 2, 0, 0, 0)
    answer = send("rates", RATES + "G,Zone-4,,500,5,1\n")
    assert refused(answer)["rows.1.zone"][0].endswith("chart, which has 4.")


def test_a_zone_chart_replaces_the_one_before(send, found):
    assert counts(send("zones", ZONES + "770,606,4\n770,331,5\n")) == (2, 2, 0, 0, 0)
    assert counts(send("zones", ZONES + "770,606,3\n770,100,6\n")) == (2, 1, 1, 0, 0)
    assert counts(send("zones", ZONES + "770,606,3\n770,100,6\n")) == (2, 0, 0, 2, 0)
    assert found("zones", "destination_prefix") == ["100", "606"]
    assert found("zones", "zone") == ["6", "3"]


def test_a_zone_chart_is_a_new_version_of_its_carrier(client, planner, send):
    before = client.get("/v1/carriers/C1", headers=planner).headers["ETag"]
    send("zones", ZONES + "770,606,4\n")
    after = client.get("/v1/carriers/C1", headers=planner).headers["ETag"]
    send("zones", ZONES + "770,606,4\n")
    assert before != after == client.get("/v1/carriers/C1", headers=planner).headers["ETag"]


def test_one_bad_zone_leaves_the_present_chart(send, found):
    send("zones", ZONES + "770,606,4\n")
    answer = send("zones", ZONES + "770,606,5\n770,606,6\n6,606,1\n770,,2\n770,100,\n")
    assert {path.split(".")[1] for path in refused(answer)} == {"2", "3", "4", "5"}
    assert found("zones", "zone") == ["4"]


def test_a_lost_leading_zero_is_told(send):
    errors = refused(send("zones", ZONES + "6,606,1\n"))
    assert errors == {"rows.1.origin_prefix": ["Must be 3 to 5 digits, leading zeros included."]}


def test_prefixes_are_kept_as_postal_codes_are(send, found):
    send("zones", [row("sw1a 1", "EH", country="GB"), row("SW", "EH", country="GB")])
    assert found("zones", "origin_prefix") == ["SW", "SW1A1"]
    twice = [row("sw1", "EH", country="GB"), row("SW 1", "EH", country="GB")]
    assert list(refused(send("zones", twice))) == ["rows.2.destination_prefix"]


def row(origin, destination, zone="1", **more):
    return {"origin_prefix": origin, "destination_prefix": destination, "zone": zone, **more}


@pytest.mark.parametrize("noun", ["rates", "zones"])
def test_an_empty_file_ends_nothing(send, found, noun):
    send("rates", RATES + "G,,,500,5,1\n")
    send("zones", ZONES + "770,606,4\n")
    assert list(refused(send(noun, ""))) == ["header"]
    assert list(refused(send(noun, RATES if noun == "rates" else ZONES))) == [noun]
    assert found("rates", "price") + found("zones", "zone") == ["5.00", "4"]
    assert counts(send(noun, [])) == (0, 0, 0, 0, 0)
    assert found(noun, "zone") == []


def test_a_table_in_another_encoding_spoils_its_rows_only(send):
    answer = send("zones", ZONES.encode() + b"770,606,4\n77\xe9,331,5\n")
    assert list(refused(answer)) == ["rows.2.origin_prefix"]
    as_spreadsheets_write = (ZONES + "770,606,4\n").encode("utf-16")
    assert refused(send("zones", as_spreadsheets_write))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("price", "-5"),
        ("fuel_percent", "-1"),
        ("fuel_percent", "101"),
        ("dim_divisor", "139"),
        ("residential_surcharge", "-1"),
        ("max_weight_lb", "0"),
        ("max_weight_g", "0"),
    ],
)
@pytest.mark.engine("sqlite")
def test_figures_that_no_carrier_means_are_refused(send, column, value):
    rate = {"service": "G", "max_weight_g": "500", "price": "5", "transit_days": "1"}
    if column == "max_weight_lb":
        del rate["max_weight_g"]
    rate |= {column: value}
    table = ",".join(rate) + "\n" + ",".join(rate.values()) + "\n"
    assert list(refused(send("rates", table))) == [f"rows.1.{column}"]


def test_surcharges_are_kept_and_exported_as_they_came(client, planner, send):
    rate = {"service": "G", "max_weight_g": 500, "price": "5.00", "transit_days": 1}
    more = {"dim_divisor": 5000.0, "fuel_percent": 18.25, "residential_surcharge": "4.10"}
    send("rates", [rate | more, rate | {"max_weight_g": 900}])
    listed = client.get("/v1/carriers/C1/rates", headers=planner).json["items"]
    assert [{name: one[name] for name in more} for one in listed] == [more, dict.fromkeys(more)]
    exported = client.get("/v1/carriers/C1/rates", headers=planner | {"Accept": "text/csv"}).text
    assert counts(send("rates", exported)) == (2, 0, 0, 2, 0)


def test_a_table_that_gets_cheaper_with_weight_is_taken_as_it_is(send, found):
    send("rates", RATES + "G,,,500,9,1\nG,,,1000,7,1\n")
    assert found("rates", "price") == ["9.00", "7.00"]


@pytest.mark.parametrize(
    ("pounds", "grams"),
    [("1", 454), ("0.999", 453), ("0.9999375", 453), ("0.25", 114), ("2", 908), ("70", 31_752)],
)
@pytest.mark.engine("sqlite")
def test_pounds_become_grams_that_the_parcel_fits_in(send, found, pounds, grams):
    send("rates", f"service,max_weight_lb,price,transit_days\nG,{pounds},5,1\n")
    assert found("rates", "max_weight_g") == [grams]


@pytest.mark.engine("sqlite")
def test_a_band_has_one_weight(send):
    rate = {"service": "G", "price": "5", "transit_days": 1}
    both = rate | {"max_weight_g": 454, "max_weight_lb": 1}
    assert list(refused(send("rates", [rate, both]))) == [
        "rows.1.max_weight_g",
        "rows.2.max_weight_g",
    ]


@pytest.mark.parametrize("noun", ["rates", "zones"])
def test_tables_of_an_unknown_carrier_are_refused(send, noun):
    table = {"rates": RATES + "G,,,500,5,1\n", "zones": ZONES + "770,606,4\n"}
    assert send(noun, table[noun], carrier="NONE").status_code == 404


def test_a_chart_is_listed_in_pages(client, planner, send):
    send("zones", [row("770", f"{n:03d}") for n in range(7)])
    page = client.get("/v1/carriers/C1/zones?limit=5", headers=planner).json
    cursor = page["next_cursor"]
    rest = client.get(f"/v1/carriers/C1/zones?limit=5&cursor={cursor}", headers=planner).json
    listed = [one["destination_prefix"] for one in page["items"] + rest["items"]]
    assert listed == [f"{n:03d}" for n in range(7)]
    assert client.get("/v1/carriers/NONE/zones", headers=planner).status_code == 404


def test_only_planners_replace_a_chart(client, auth, send):
    body = {"zones": [row("770", "606")]}
    answer = client.post("/v1/carriers/C1/zones", json=body, headers=auth("warehouse"))
    assert answer.status_code == 403
