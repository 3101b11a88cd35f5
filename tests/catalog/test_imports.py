import pytest

URL = "/v1/items/import"
TWO = "sku,name,weight_g\nA,Anvil,9000\nB,Bolt,10\n"


@pytest.fixture
def planner(auth):
    return auth("planner")


@pytest.fixture
def send(client, planner):
    def send(table, query=""):
        raw = table.encode()
        return client.post(URL + query, data=raw, content_type="text/csv", headers=planner)

    return send


@pytest.fixture
def weights(client, planner):
    def weights():
        found = client.get("/v1/items", headers=planner).json["items"]
        return {item["sku"]: item["weight_g"] for item in found}

    return weights


def counts(answer):
    names = ("rows", "created", "updated", "unchanged", "refused")
    return tuple(answer.json[name] for name in names)


def test_rows_are_created_then_unchanged_then_updated(send, weights):
    assert counts(send(TWO)) == (2, 2, 0, 0, 0)
    assert counts(send(TWO)) == (2, 0, 0, 2, 0)
    assert counts(send(TWO.replace("9000", "8000"))) == (2, 0, 1, 1, 0)
    assert weights() == {"A": 8000, "B": 10}


def test_json_and_csv_say_the_same(client, planner, send):
    rows = [{"sku": "A", "name": "Anvil", "weight_g": 9000}]
    answer = client.post(URL, json={"items": rows}, headers=planner)
    assert counts(answer) == (1, 1, 0, 0, 0)
    assert counts(send(TWO)) == (2, 1, 0, 1, 0)


def test_a_bad_row_is_reported_and_the_others_are_written(send, weights):
    answer = send("sku,weight_g\nA,0\nB,5\n,5\nB,7\n")
    assert counts(answer) == (4, 1, 0, 0, 3)
    assert [(bad["row"], list(bad["errors"])) for bad in answer.json["errors"]] == [
        (1, ["weight_g"]),
        (3, ["sku"]),
        (4, ["sku"]),
    ]
    assert answer.json["errors"][2]["errors"] == {"sku": ["The same sku as row 2."]}
    assert weights() == {"B": 5}


def test_an_atomic_import_writes_all_or_nothing(send, weights):
    answer = send("sku,weight_g\nA,0\nB,5\n", "?atomic=true")
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["rows.1.weight_g"])
    assert weights() == {}
    assert counts(send(TWO, "?atomic=true")) == (2, 2, 0, 0, 0)


def test_a_dry_run_reports_and_writes_nothing(send, weights):
    answer = send(TWO, "?dry_run=true")
    assert counts(answer) == (2, 2, 0, 0, 0)
    assert answer.json["dry_run"] is True
    assert weights() == {}


def test_what_a_row_does_not_give_stays_as_it_was(client, planner, send):
    send("sku,name,weight_g,tags,dimensions.length_mm,dimensions.width_mm\nA,Anvil,9000,x;y,4,5\n")
    before = client.get("/v1/items/A", headers=planner).json
    send("sku,weight_g,name\nA,10,\n")
    after = client.get("/v1/items/A", headers=planner).json
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"weight_g", "updated_at", "version"}
    assert (after["weight_g"], after["version"]) == (10, before["version"] + 1)


def test_an_exported_list_imports_unchanged(client, planner, send):
    send('sku,name,unit_cost,tags,dimensions.height_mm\nA,"An, vil",1.2345,x;y,4\nB,,,,\n')
    csv = {**planner, "Accept": "text/csv"}
    exported = client.get("/v1/items", headers=csv)
    assert exported.mimetype == "text/csv"
    assert counts(send(exported.text)) == (2, 0, 0, 2, 0)


def test_a_long_csv_list_links_to_its_next_page(client, planner, send):
    send(TWO)
    csv = {**planner, "Accept": "text/csv"}
    first = client.get("/v1/items?limit=1", headers=csv)
    following = first.headers["Link"].partition(">")[0].removeprefix("<")
    assert [line[:2] for line in client.get(following, headers=csv).text.split("\r\n")[1:2]] == [
        "B,"
    ]


def test_a_table_with_an_unknown_column_is_refused_by_its_name(send):
    answer = send("sku,colour\nA,red\n")
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["colour"])


def test_a_table_without_a_needed_column_is_one_error(send, weights):
    answer = send("name,weight_g\nAnvil,1\nBolt,2\n")
    assert (answer.status_code, answer.json["errors"]) == (422, {"sku": ["Column is missing."]})


def test_an_open_quote_refuses_the_table_at_the_row_where_it_stands(send, weights):
    answer = send('sku,name,weight_g\nA,Anvil,1\nB,"Bolt,2\nC,Chain,3\n')
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["rows.2.row"])
    assert weights() == {}


def test_another_media_type_is_refused(client, planner):
    answer = client.post(URL, data=b"x", content_type="application/xml", headers=planner)
    assert answer.status_code == 415


def test_ten_thousand_rows_are_one_upload(send):
    lines = "".join(f"SKU-{number:05d},{number % 900 + 1}\n" for number in range(10_000))
    assert counts(send("sku,weight_g\n" + lines)) == (10_000, 10_000, 0, 0, 0)
