"""The work queue over HTTP."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from tests.shipping.conftest import TOMORROW

DAY = timedelta(days=1)


@pytest.fixture
def queue(client, auth):
    headers = auth("warehouse")

    def get(query="", **options):
        return client.get(f"/v1/shipments?{query}", **({"headers": headers} | options))

    return get


def ids(answer):
    assert answer.status_code == 200
    return [item["id"] for item in answer.json["items"]]


def test_the_queue_shows_the_least_time_first_then_the_highest_priority(house, queue):
    plain = house.shipment({"S1": 1})
    urgent = house.shipment({"S1": 1}, priority=9)
    late = house.shipment({"S1": 1}, ship_by=TOMORROW - 2 * DAY)
    later = house.shipment({"S1": 1}, ship_by=TOMORROW + DAY)
    expected = [str(i) for i in (late, urgent, plain, later)]
    assert ids(queue("facility=W1")) == expected

    paged, cursor = [], ""
    while cursor is not None:
        page = queue(f"limit=1{cursor}")
        paged += ids(page)
        cursor = page.json["next_cursor"] and f"&cursor={page.json['next_cursor']}"
    assert paged == expected


def test_the_queue_tells_minutes_left_and_what_is_late(house, queue):
    house.shipment({"S1": 1}, ship_by=TOMORROW - 2 * DAY)
    house.shipment({"S1": 1})
    late, in_time = queue().json["items"]
    assert (late["late"], in_time["late"]) == (True, False)
    for shipment in (late, in_time):
        left = datetime.fromisoformat(shipment["ship_by"]) - datetime.now(UTC)
        assert abs(shipment["minutes_left"] - left / timedelta(minutes=1)) <= 1


def test_what_was_handed_over_is_no_work_any_more_but_is_found_by_status_and_order(
    house, packed, send, queue
):
    order_id = house.order({"S1": 1})
    gone = packed({"S1": 1}, order_id=order_id)
    send(gone, "handover")
    assert ids(queue()) == []
    assert ids(queue("status=handed_over")) == [str(gone)]
    [item] = queue(f"order_id={order_id}").json["items"]
    assert (item["id"], item["minutes_left"], item["late"]) == (str(gone), None, False)


@pytest.mark.parametrize("query", ["status=lost", "order_id=7", "colour=red", "limit=0"])
def test_a_filter_that_makes_no_sense_is_refused_by_name(house, queue, query):
    answer = queue(query)
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [query.partition("=")[0]]


def test_a_bound_key_sees_its_own_facility_only(house, queue, client, auth):
    mine, theirs = house.shipment({"S1": 1}), house.shipment({"S1": 1}, "W2")
    bound = auth("warehouse", facilities=["W1"])
    assert ids(queue(headers=bound)) == [str(mine)]
    assert queue("facility=W2", headers=bound).status_code == 403
    assert client.get(f"/v1/shipments/{theirs}", headers=bound).status_code == 403


def test_the_queue_goes_into_a_spreadsheet(house, queue, auth):
    shipment_id = house.shipment({"S1": 1})
    answer = queue(headers=auth("warehouse") | {"Accept": "text/csv"})
    assert answer.mimetype == "text/csv"
    [row] = csv.DictReader(io.StringIO(answer.text))
    assert (row["id"], row["facility"], row["cost"]) == (str(shipment_id), "W1", "7.25")


def test_a_shipment_is_read_with_lines_and_an_etag_that_covers_them(house, client, auth, send):
    shipment_id = house.shipment({"S1": 3, "S2": 1})
    headers = auth("storefront")
    first = client.get(f"/v1/shipments/{shipment_id}", headers=headers)
    assert first.json["lines"] == [
        {"sku": "S1", "quantity": 3, "picked": None, "returned": 0},
        {"sku": "S2", "quantity": 1, "picked": None, "returned": 0},
    ]
    assert first.json["destination"] == {"postal_code": "10001", "country": "US"}
    told = send(shipment_id, "reject", {"reason": "x", "lines": [{"sku": "S2"}]}).headers["ETag"]
    second = client.get(f"/v1/shipments/{shipment_id}", headers=headers)
    assert first.headers["ETag"] != second.headers["ETag"] == told


def test_a_storefront_may_look_but_not_touch(house, client, auth):
    shipment_id = house.shipment({"S1": 1})
    answer = client.post(f"/v1/shipments/{shipment_id}/pick", headers=auth("storefront"))
    assert answer.status_code == 403
