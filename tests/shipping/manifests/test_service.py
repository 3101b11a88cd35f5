"""The day's handover to a carrier."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest

from fulfillment.network.models import Carrier
from fulfillment.platform.db import db, transaction
from fulfillment.shipping import packages
from tests.shipping.documents import printing


@pytest.fixture
def at(client, auth):
    """Call the API as warehouse: `at("manifests", {...})` posts, `at("manifests")` gets."""
    headers = auth("warehouse")

    def call(path, body=None, **more):
        sent = {"headers": headers | more}
        if body is None:
            return client.get(f"/v1/{path}", **sent)
        return client.post(f"/v1/{path}", json=body, **sent)

    return call


@pytest.fixture
def fast(packed):
    """Pack a shipment for the carrier FAST."""
    return lambda lines, **options: packed(lines, carrier="FAST", **options)


TO_FAST = {"facility": "W1", "carrier": "FAST"}


def numbers_of(*shipment_ids):
    db.session.rollback()
    return sorted(package.sscc for one in shipment_ids for package in packages.live(one))


def test_a_manifest_has_all_that_is_packed_for_the_carrier_there(house, packed, fast, at):
    first, second = fast({"S1": 2}), fast({"S1": 1, "S2": 1})
    fast({"S1": 1}, facility="W2")
    packed({"S1": 1})
    house.shipment({"S1": 1}, carrier="FAST")
    answer = at("manifests", TO_FAST)
    assert answer.status_code == 201
    told = answer.json
    assert (told["status"], told["shipments"], told["packages"]) == ("closed", 2, 2)
    assert told["weight_g"] == 1200
    assert [line["sscc"] for line in told["lines"]] == numbers_of(first, second)
    assert at(f"manifests/{told['id']}").json == told
    assert answer.headers["Location"] == f"/v1/manifests/{told['id']}"


def test_what_is_on_an_open_manifest_is_not_put_on_another(fast, at):
    fast({"S1": 1})
    at("manifests", TO_FAST)
    answer = at("manifests", TO_FAST)
    assert answer.status_code == 409
    later = fast({"S1": 1})
    assert [line["sscc"] for line in at("manifests", TO_FAST).json["lines"]] == numbers_of(later)


def test_closing_again_under_the_same_key_is_one_manifest(fast, at):
    fast({"S1": 1})
    key = {"Idempotency-Key": "close-1"}
    first, second = at("manifests", TO_FAST, **key), at("manifests", TO_FAST, **key)
    assert first.json == second.json
    assert len(at("manifests").json["items"]) == 1


def test_two_who_close_at_once_make_one_manifest(app, fast, auth):
    for _ in range(3):
        fast({"S1": 1})
    headers, start = auth("warehouse"), Barrier(4)

    def close(_):
        with app.app_context():
            start.wait()
            client = app.test_client()
            return client.post("/v1/manifests", json=TO_FAST, headers=headers).status_code

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(close, range(4))) == [201, 409, 409, 409]


def test_the_handover_of_a_manifest_lets_its_stock_leave(house, fast, at):
    ids = [fast({"S1": 2}), fast({"S2": 1})]
    manifest = at("manifests", TO_FAST).json
    answer = at(f"manifests/{manifest['id']}/handover", {})
    assert (answer.status_code, answer.json["status"]) == (200, "handed_over")
    assert all(line["taken"] for line in answer.json["lines"])
    assert {house.find(one).status for one in ids} == {"handed_over"}
    assert house.level().on_hand == 98
    assert house.broken() == []
    again = at(f"manifests/{manifest['id']}/handover", {})
    assert (again.status_code, again.json["present"]) == (409, "handed_over")


def test_what_the_driver_left_stays_packed_for_the_next_manifest(house, fast, at):
    taken, left = fast({"S1": 2}), fast({"S1": 1})
    manifest = at("manifests", TO_FAST).json
    answer = at(f"manifests/{manifest['id']}/handover", {"ssccs": numbers_of(taken)})
    assert [line["sscc"] for line in answer.json["lines"] if line["taken"]] == numbers_of(taken)
    assert (house.find(taken).status, house.find(left).status) == ("handed_over", "packed")
    following = at("manifests", TO_FAST).json
    assert [line["sscc"] for line in following["lines"]] == numbers_of(left)


def test_a_driver_who_takes_nothing_is_told_by_an_empty_list(house, fast, at):
    shipment_id = fast({"S1": 2})
    manifest = at("manifests", TO_FAST).json
    answer = at(f"manifests/{manifest['id']}/handover", {"ssccs": []})
    assert (answer.status_code, answer.json["lines"][0]["taken"]) == (200, False)
    assert house.find(shipment_id).status == "packed"


def test_a_shipment_is_taken_whole_or_not(house, send, at):
    shipment_id = house.shipment({"S1": 2}, carrier="FAST")
    send(shipment_id, "pick")
    send(shipment_id, "pack", {"packages": 2})
    manifest = at("manifests", TO_FAST).json
    one, other = numbers_of(shipment_id)
    answer = at(f"manifests/{manifest['id']}/handover", {"ssccs": [one]})
    assert answer.status_code == 422
    assert answer.json["errors"]["ssccs"] == [
        f"A shipment leaves whole; these belong to it: {other}."
    ]
    assert at(f"manifests/{manifest['id']}/handover", {"ssccs": [one, other]}).status_code == 200


def test_what_is_not_on_the_manifest_or_not_ready_is_refused_by_its_place(house, fast, send, at):
    first, voided = fast({"S1": 1}), fast({"S1": 1})
    manifest = at("manifests", TO_FAST).json
    stranger, [old] = fast({"S1": 1}), numbers_of(voided)
    send(voided, "void-label")
    send(voided, "pack")
    [new] = numbers_of(voided)
    asked = [*numbers_of(first), *numbers_of(stranger), old, new]
    answer = at(f"manifests/{manifest['id']}/handover", {"ssccs": asked})
    assert answer.status_code == 422
    assert answer.json["errors"] == {
        "ssccs.1": ["Not on this manifest."],
        "ssccs.2": ["Not packed any more, or its label was voided."],
        "ssccs.3": ["Not on this manifest."],
    }
    assert house.find(first).status == "packed"
    done = at(f"manifests/{manifest['id']}/handover", {}).json
    assert [line["sscc"] for line in done["lines"] if line["taken"]] == numbers_of(first)
    assert [line["sscc"] for line in at("manifests", TO_FAST).json["lines"]] == sorted(
        [*numbers_of(stranger), new]
    )


def test_what_was_handed_over_or_cancelled_meanwhile_is_not_taken_again(house, fast, send, at):
    gone, rejected, ready = fast({"S1": 1}), fast({"S1": 1}), fast({"S1": 1})
    manifest = at("manifests", TO_FAST).json
    send(gone, "handover")
    send(rejected, "reject", {"reason": "damaged"})
    done = at(f"manifests/{manifest['id']}/handover", {}).json
    assert [line["sscc"] for line in done["lines"] if line["taken"]] == numbers_of(ready)
    assert house.level().on_hand == 98
    assert house.broken() == []


def test_nothing_is_handed_over_when_some_stock_is_not_there(house, fast, at, client, auth):
    first, missing = fast({"S1": 1}), fast({"S2": 1})
    manifest = at("manifests", TO_FAST).json
    count = {"kind": "count", "sku": "S2", "facility": "W1", "quantity": 0}
    client.post("/v1/stock/movements", json={"movements": [count]}, headers=auth("warehouse"))
    answer = at(f"manifests/{manifest['id']}/handover", {})
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/insufficient-stock")
    assert {house.find(one).status for one in (first, missing)} == {"packed"}
    there = {"ssccs": numbers_of(first)}
    assert at(f"manifests/{manifest['id']}/handover", there).status_code == 200


def test_a_manifest_comes_on_paper_and_as_a_table(fast, at):
    shipment_id = fast({"S1": 1})
    manifest = at("manifests", TO_FAST).json
    printed = at(f"manifests/{manifest['id']}.pdf")
    text = printing.text_of(printed.data)
    [sscc] = numbers_of(shipment_id)
    assert printed.mimetype == "application/pdf"
    assert [told for told in ("W1 to FAST", sscc, "Received by", "0.30") if told not in text] == []
    [sheet] = printing.pictures(printed.data)
    assert printing.codes(sheet) == [("]C1", f"(00){sscc}")]
    table = at(f"manifests/{manifest['id']}.csv")
    assert table.mimetype == "text/csv"
    [row] = csv.DictReader(io.StringIO(table.text))
    assert (row["sscc"], row["shipment_id"], row["weight_g"]) == (sscc, str(shipment_id), "300")


def test_manifests_are_listed_by_facility_and_carrier(fast, at, client, auth):
    with transaction() as session:
        session.add(Carrier(code="SLOW", name="Slow"))
    fast({"S1": 1})
    fast({"S1": 1}, facility="W2")
    ids = [at("manifests", TO_FAST | {"facility": code}).json["id"] for code in ("W1", "W2")]

    def listed(query="", headers=None):
        answer = client.get(f"/v1/manifests?{query}", headers=headers or auth("viewer"))
        return [one["id"] for one in answer.json["items"]]

    assert listed() == listed("carrier=FAST") == ids
    assert listed("facility=W2") == listed(headers=auth("warehouse", facilities=["W2"])) == ids[1:]
    assert listed("carrier=SLOW") == []


def test_names_that_nobody_has_and_keys_of_elsewhere_are_refused(fast, at, client, auth):
    fast({"S1": 1})
    answer = at("manifests", {"facility": "W9", "carrier": "NONE"})
    assert (answer.status_code, sorted(answer.json["errors"])) == (422, ["carrier", "facility"])
    assert at(f"manifests/{uuid4()}").status_code == 404
    elsewhere = auth("warehouse", facilities=["W2"])
    refused = client.post("/v1/manifests", json=TO_FAST, headers=elsewhere)
    assert refused.status_code == 403
    manifest = at("manifests", TO_FAST).json
    for form in ("", ".pdf", ".csv"):
        path = f"/v1/manifests/{manifest['id']}{form}"
        assert client.get(path, headers=elsewhere).status_code == 403
    bad = at(f"manifests/{manifest['id']}/handover", {"ssccs": ["12"]})
    assert list(bad.json["errors"]) == ["ssccs.0"]
