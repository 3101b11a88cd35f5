"""The customer's page."""

from datetime import UTC, datetime

import pytest
import time_machine

from tests.tracking.conftest import NEW_YORK

NOON = datetime(2026, 7, 14, 16, tzinfo=UTC)


@pytest.fixture
def linked(fast, ship, tell):
    """A shipment that is on its way, and the link to its order's page."""
    with time_machine.travel(NOON, tick=False):
        shipment = ship()
        tell(shipment, ("in_transit", 0), location="Newark <NJ>", message="seen by B. Jones")
        link = fast.post(f"orders/{shipment['order_id']}/tracking-link").get_json()["link"]
        yield shipment, link


def test_the_page_says_where_the_parcel_is_and_when_it_comes(linked, client):
    _, link = linked
    page = client.get(link).get_data(as_text=True)
    for told in ("On its way", "Friday, 17 July", "Newark &lt;NJ&gt;", "New York, 10001"):
        assert told in page
    assert "14 July, 12:00" in page  # as clocks in New York have it


def test_it_tells_nothing_else_of_the_customer(linked, client):
    _, link = linked
    for accept in ("text/html", "application/json"):
        told = client.get(link, headers={"Accept": accept}).get_data(as_text=True)
        for secret in (NEW_YORK["name"], "Jones", "30.0", "o-1", "S1", "W1"):
            assert secret not in told


def test_it_is_json_for_those_who_ask_for_that(linked, client):
    shipment, link = linked
    told = client.get(link, headers={"Accept": "application/json"}).get_json()
    assert (told["town"], told["postal_code"]) == ("New York", "10001")
    [one] = told["shipments"]
    assert (one["status"], one["expected_on"]) == ("in_transit", "2026-07-17")
    assert one["tracking_number"] == shipment["tracking_number"]
    assert [event["said"] for event in one["events"]] == ["On its way"]


def test_nobody_keeps_it_indexes_it_or_runs_a_script_on_it(linked, client):
    answer = client.get(linked[1])
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"].startswith("noindex")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert "unsafe" not in policy
    assert "<script" not in answer.get_data(as_text=True)
    assert client.get("/track/static/track.css").status_code == 200


def test_a_link_is_made_once_and_not_to_be_guessed(linked, fast):
    shipment, link = linked
    again = fast.post(f"orders/{shipment['order_id']}/tracking-link").get_json()["link"]
    assert again == link
    assert fast.get(f"orders/{shipment['order_id']}/tracking")["link"] == link
    assert len(link.removeprefix("/track/")) * 6 >= 128


@pytest.mark.parametrize("accept", ["text/html", "application/json", "*/*"])
def test_an_unknown_link_is_not_found_and_not_repeated(linked, client, accept):
    wrong = linked[1][:-1] + ("A" if linked[1][-1] != "A" else "B")
    for link in (wrong, "/track/x", "/track/\u00e4"):
        answer = client.get(link, headers={"Accept": accept})
        assert answer.status_code == 404
        assert link.removeprefix("/track/") not in answer.get_data(as_text=True) or link[7:] == "x"


def test_where_a_parcel_was_left_at_the_door_is_not_told(linked, client, tell):
    shipment, link = linked
    tell(shipment, ("delivered", 0), location="Front porch, 1 Main Street")
    page = client.get(link).get_data(as_text=True)
    assert "Delivered" in page
    assert "Main Street" not in page


def test_an_event_that_was_corrected_is_not_shown(linked, client, tell):
    shipment, link = linked
    [outcome] = tell(shipment, ("delivered", 0))["outcomes"]
    tell(shipment, ("unknown", 0), corrects=outcome["event_id"])
    assert "Delivered" not in client.get(link).get_data(as_text=True)
