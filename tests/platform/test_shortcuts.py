"""What a shortcut answers looks like any other answer; what it does not, Flask sees whole."""

import json
from io import BytesIO

import pytest
from prometheus_client import REGISTRY

from fulfillment.platform.shortcuts import ordinary
from tests.world import world

__all__ = ["world"]

pytestmark = pytest.mark.engine("sqlite")

COUNT = "fulfillment_http_requests_total"
LABELS = {"method": "POST", "route": "/v1/reservations"}


@pytest.fixture
def shop(world):
    """A world whose key and network the shortcut knows."""
    world.has({"W1": {"S1": 9}})
    world.get("facilities")
    assert world.reserve("first", {"S1": 1}).status_code == 201
    return world


def cart(name, **more):
    place = {"lat": 30, "lng": -90}
    return {"cart_ref": name, "destination": place, "lines": [{"sku": "S1", "quantity": 1}], **more}


def environ(**changes):
    body = b"{}"
    usual = {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": "2", "PATH_INFO": "/v1/x"}
    return {**usual, "wsgi.input": BytesIO(body), **changes}


@pytest.mark.parametrize(
    "change",
    [
        {"CONTENT_TYPE": "text/plain"},
        {"CONTENT_LENGTH": ""},
        {"CONTENT_LENGTH": "-2"},
        {"CONTENT_LENGTH": "²"},
        {"CONTENT_LENGTH": "3"},
        {"CONTENT_LENGTH": "11"},
        {"QUERY_STRING": "a=1"},
        {"SCRIPT_NAME": "/shop"},
        {"HTTP_CONTENT_ENCODING": "gzip"},
        {"HTTP_TRANSFER_ENCODING": "chunked"},
    ],
)
def test_what_is_out_of_the_ordinary_is_left_to_flask_with_its_body(change):
    given = environ(**change)
    assert ordinary(given, most_bytes=10) is None
    assert given["wsgi.input"].read() == b"{}"


def test_a_shortcut_is_counted_logged_and_named_like_any_request(shop, capfd):
    before = REGISTRY.get_sample_value(COUNT, LABELS | {"status": "201"}) or 0
    capfd.readouterr()
    headers = shop.headers | {"X-Request-ID": "shop-7"}
    answer = shop.client.post("/v1/reservations", json=cart("c"), headers=headers)
    (line,) = [json.loads(text) for text in capfd.readouterr().err.splitlines()]
    assert (answer.status, answer.headers["X-Request-ID"]) == ("201 CREATED", "shop-7")
    assert (line["event"], line["status"], line["request_id"]) == ("request", 201, "shop-7")
    assert (line["method"], line["route"]) == ("POST", "/v1/reservations")
    assert line["actor"] == "key:" + headers["Authorization"].removeprefix("Bearer ")[:11]
    assert REGISTRY.get_sample_value(COUNT, LABELS | {"status": "201"}) == before + 1


def test_a_refusal_is_logged_once_and_by_flask(shop, capfd):
    capfd.readouterr()
    asked = cart("c", lines=[{"sku": "S1", "quantity": 99}])
    answer = shop.client.post("/v1/reservations", json=asked, headers=shop.headers)
    (line,) = [json.loads(text) for text in capfd.readouterr().err.splitlines()]
    assert (answer.status_code, line["status"]) == (409, 409)
    assert line["actor"].startswith("key:")
