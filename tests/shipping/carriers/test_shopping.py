"""Comparing what the services ask for real packages, and giving a shipment to another one."""

from decimal import Decimal

import pytest
import time_machine

from fulfillment.platform.db import db
from fulfillment.shipping import packages
from tests.conftest import settings_for
from tests.shipping.carriers.conftest import Numbers

# A Monday; the house of the tests promises the 24th.
NOW = "2026-12-14T15:00:00+00:00"
GROUND = {"service": "ground", "max_weight_g": 5_000, "transit_days": 3}
SEA = {"service": "sea", "max_weight_g": 5_000, "transit_days": 30, "price": "1.00"}


@pytest.fixture(autouse=True)
def moment(dock):
    """Rates of two carriers, and a day on which they can keep the promise."""
    with time_machine.travel(NOW):
        for code in ("CHEAP", "DEAR"):
            dock.put(code, type="table", tracking_prefix=code[:1])
        rates = {"CHEAP": [GROUND | {"price": "4.00"}, SEA], "DEAR": [GROUND | {"price": "9.00"}]}
        for code, rows in rates.items():
            answer = dock.post(f"carriers/{code}/rates", {"rates": rows})
            assert answer.status_code == 200, answer.get_json()
        yield


@pytest.fixture
def promised(house, send):
    """A shipment that DEAR was promised for, at a step."""

    def make(*steps, **lines):
        shipment_id = house.shipment(lines or {"S1": 2}, carrier="DEAR", service="ground")
        for step in steps:
            assert send(shipment_id, step).status_code == 200
        return shipment_id

    return make


def rates(dock, shipment_id):
    found = dock.get(f"shipments/{shipment_id}/rates").get_json()["rates"]
    return [(one["carrier"], one["service"], one["total"], one["keeps"]) for one in found]


def choose(dock, shipment_id, **body):
    return dock.post(f"shipments/{shipment_id}/service", body)


def numbers(shipment_id):
    db.session.rollback()
    return [one.sscc for one in packages.live(shipment_id)]


@pytest.mark.parametrize("steps", [["pick"], ["pick", "pack"]])
def test_the_cheapest_that_keeps_the_promise_comes_first(dock, promised, steps):
    assert rates(dock, promised(*steps)) == [
        ("CHEAP", "ground", "4.00", True),
        ("DEAR", "ground", "9.00", True),
        ("CHEAP", "sea", "1.00", False),
    ]


@pytest.mark.engine("sqlite")
def test_each_real_package_has_its_price(dock, promised, send):
    shipment_id = promised("pick", S1=3)
    boxes = [{"lines": [{"sku": "S1", "quantity": n}], "weight_g": 4_000} for n in (1, 2)]
    assert send(shipment_id, "pack", {"packages": boxes}).status_code == 200
    first, *_ = dock.get(f"shipments/{shipment_id}/rates").get_json()["rates"]
    assert (first["total"], [price["billed_g"] for price in first["prices"]]) == (
        "8.00",
        [4000] * 2,
    )
    assert first["currency"] == "USD"


@pytest.mark.engine("sqlite")
def test_packages_that_nobody_weighed_share_the_weight(dock, promised, send):
    shipment_id = promised("pick", S1=3)
    assert send(shipment_id, "pack", {"packages": 2}).status_code == 200
    first, *_ = dock.get(f"shipments/{shipment_id}/rates").get_json()["rates"]
    assert [price["billed_g"] for price in first["prices"]] == [450, 450]


@pytest.mark.engine("sqlite")
def test_a_package_that_is_too_heavy_has_no_price(dock, promised, send):
    shipment_id = promised("pick")
    assert send(shipment_id, "pack", {"packages": 1, "weight_g": 5_001}).status_code == 200
    assert rates(dock, shipment_id) == []
    assert choose(dock, shipment_id).status_code == 409
    answer = choose(dock, shipment_id, carrier="CHEAP", service="ground")
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["service"])


@pytest.mark.engine("sqlite")
def test_before_it_is_picked_and_once_it_left_nothing_can_be_chosen(dock, promised):
    for steps in ([], ["pick", "pack", "handover"]):
        shipment_id = promised(*steps)
        assert rates(dock, shipment_id)[0][:2] == ("CHEAP", "ground")
        assert choose(dock, shipment_id).status_code == 409


def test_by_default_the_best_takes_it_and_the_promise_stays(dock, promised, house):
    shipment_id = promised("pick", "pack")
    before, promise = numbers(shipment_id), dock.shipment(shipment_id)["deliver_by"]
    told = choose(dock, shipment_id).get_json()
    assert (told["carrier"], told["service"], told["cost"]) == ("CHEAP", "ground", "4.00")
    assert (told["deliver_by"], told["status"]) == (promise, "packed")
    after = numbers(shipment_id)
    assert len(after) == len(before) == 1
    assert set(after).isdisjoint(before)
    assert dock.send(shipment_id, "handover").get_json()["tracking_number"].startswith("C")
    assert house.broken() == []


@pytest.mark.engine("sqlite")
def test_the_same_service_again_keeps_the_labels(dock, promised):
    shipment_id = promised("pick", "pack")
    before = numbers(shipment_id)
    told = choose(dock, shipment_id, carrier="DEAR", service="ground").get_json()
    assert told["cost"] == "9.00"
    assert numbers(shipment_id) == before


@pytest.mark.engine("sqlite")
def test_a_service_that_breaks_the_promise_must_be_meant(dock, promised):
    shipment_id = promised("pick", "pack")
    sea = {"carrier": "CHEAP", "service": "sea"}
    answer = choose(dock, shipment_id, **sea)
    assert answer.status_code == 409
    assert "2026-12-24 is promised" in answer.get_json()["detail"]
    assert choose(dock, shipment_id, **sea, late=True).get_json()["service"] == "sea"


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize("body", [{"carrier": "CHEAP"}, {"service": "ground"}])
def test_half_a_name_is_refused(dock, promised, body):
    assert choose(dock, promised("pick"), **body).status_code == 422


@pytest.mark.engine("sqlite")
def test_what_was_on_an_open_manifest_stays_here_for_the_other_carrier(dock, promised):
    shipment_id = promised("pick", "pack")
    place = {"facility": "W1", "carrier": "DEAR"}
    manifest = dock.post("manifests", place).get_json()
    choose(dock, shipment_id)
    handed = dock.post(f"manifests/{manifest['id']}/handover").get_json()
    assert [line["taken"] for line in handed["lines"]] == [False]
    assert dock.post("manifests", place | {"carrier": "CHEAP"}).get_json()["packages"] == 1


@pytest.mark.engine("sqlite")
def test_a_label_that_was_bought_is_given_back(dock, promised, receiver):
    carrier = receiver(Numbers())
    dock.put("DEAR", url=carrier.url, buy_at="packing")
    shipment_id = promised("pick", "pack")
    dock.go()
    assert dock.said(shipment_id) == ("confirmed", "N100")
    choose(dock, shipment_id)
    dock.go()
    assert dock.said(shipment_id) == (None, None)
    assert carrier.messages[-1].content["type"] == "shipment.voided"
    back = choose(dock, shipment_id, carrier="DEAR", service="ground").get_json()
    assert back["carrier_status"] == "pending"
    dock.go()
    assert dock.said(shipment_id)[0] == "confirmed"
    (fresh,) = carrier.messages[-1].content["data"]["packages"]
    assert [fresh["sscc"]] == numbers(shipment_id)


class TestShoppingAtPacking:
    """With `rate_shopping = "on"`."""

    @pytest.fixture
    def settings(self, database_url):
        return settings_for(database_url, rate_shopping="on")

    def test_the_best_takes_it_as_it_is_packed(self, dock, promised):
        shipment = dock.shipment(promised("pick", "pack"))
        assert (shipment["carrier"], Decimal(shipment["cost"])) == ("CHEAP", Decimal(4))

    @pytest.mark.engine("sqlite")
    def test_where_none_keeps_the_promise_the_earliest_takes_it(self, dock, promised):
        with time_machine.travel("2026-12-23T23:00:00+00:00"):
            shipment = dock.shipment(promised("pick", "pack"))
        assert (shipment["carrier"], shipment["service"]) == ("CHEAP", "ground")

    @pytest.mark.engine("sqlite")
    def test_what_has_no_price_goes_as_it_was_promised(self, dock, promised, send):
        shipment_id = promised("pick")
        answer = send(shipment_id, "pack", {"packages": 1, "weight_g": 50_000})
        assert (answer.status_code, answer.get_json()["carrier"]) == (200, "DEAR")

    @pytest.mark.engine("sqlite")
    def test_a_place_that_nobody_knows_holds_up_nothing(self, dock, house, send):
        nowhere = {"postal_code": "XX", "country": "ZZ"}
        shipment_id = house.shipment({"S1": 1}, carrier="DEAR", destination=nowhere)
        for step in ("pick", "pack"):
            assert send(shipment_id, step).status_code == 200
