"""Picking and packing by scanning."""

import pytest

from fulfillment.catalog.models import Item
from fulfillment.platform.db import transaction
from fulfillment.platform.outbox import Event

EAN = "7032069804988"


@pytest.fixture
def shipment_id(house):
    """Three of S1, whose GTIN is EAN, and one of S2."""
    with transaction() as session:
        session.get(Item, "S1").gtin = EAN
    return house.shipment({"S1": 3, "S2": 1})


def scan(send, shipment_id, *codes):
    answers = [send(shipment_id, "scan", {"code": code}) for code in codes]
    return answers[-1]


def counts(answer, what):
    return {line["sku"]: line.get(what) for line in answer.json["lines"]}


def test_the_first_scan_releases_and_the_last_one_makes_it_picked(send, shipment_id):
    answer = scan(send, shipment_id, EAN)
    assert (answer.json["status"], counts(answer, "picked")) == ("released", {"S1": 1, "S2": None})
    answer = scan(send, shipment_id, "S2", f"]C1010{EAN}3002")
    assert (answer.json["status"], counts(answer, "picked")) == ("picked", {"S1": 3, "S2": 1})


def test_after_picking_scans_count_into_packages(send, shipment_id):
    send(shipment_id, "pick")
    answer = scan(send, shipment_id, EAN, EAN)
    assert (answer.json["status"], counts(answer, "packed")) == ("picked", {"S1": 2, "S2": None})
    refused = send(shipment_id, "pack")
    assert refused.status_code == 409
    assert "S1: 1; S2: 1" in refused.json["detail"]
    scan(send, shipment_id, EAN, "S2")
    assert send(shipment_id, "pack").status_code == 200


def test_who_never_scans_packs_as_before(send, shipment_id):
    send(shipment_id, "pick")
    assert send(shipment_id, "pack").status_code == 200


def test_a_short_pick_after_some_scans_is_told_as_ever(house, send, shipment_id):
    scan(send, shipment_id, EAN, EAN)
    short = {"lines": [{"sku": "S1", "quantity": 2}]}
    assert send(shipment_id, "pick", short).json["status"] == "picked"
    assert house.lines(shipment_id) == {"S1": 2, "S2": 1}


def test_a_wrong_item_is_refused_and_counts_nothing(send, shipment_id):
    with transaction() as session:
        session.add(Item(sku="S3", name="S3"))
    answer = scan(send, shipment_id, "S3")
    assert (answer.status_code, answer.json["errors"]) == (
        422,
        {"code": ["S3 is not in this shipment."]},
    )
    assert scan(send, shipment_id, "nothing").status_code == 422


def test_too_many_of_an_item_are_refused_and_count_nothing(send, shipment_id):
    scan(send, shipment_id, EAN, EAN, EAN)
    answer = scan(send, shipment_id, EAN)
    assert answer.status_code == 409
    assert "3 of S1 are wanted; with this scan it would be 4." in answer.json["detail"]
    assert scan(send, shipment_id, "S2").json["status"] == "picked"
    assert scan(send, shipment_id, f"]C1010{EAN}3004").status_code == 409


def test_a_packed_shipment_is_scanned_no_more(send, shipment_id):
    send(shipment_id, "pick")
    send(shipment_id, "pack")
    assert scan(send, shipment_id, EAN).status_code == 409


def test_a_voided_label_begins_the_scanning_anew(send, shipment_id):
    send(shipment_id, "pick")
    scan(send, shipment_id, EAN, EAN, EAN, "S2")
    send(shipment_id, "pack")
    send(shipment_id, "void-label")
    answer = scan(send, shipment_id, EAN)
    assert counts(answer, "packed") == {"S1": 1, "S2": None}


def test_picking_by_scanning_tells_the_same_news_as_picking(app, send, shipment_id):
    scan(send, shipment_id, EAN, EAN, EAN, "S2")
    with transaction() as session:
        kinds = [event.kind for event in session.query(Event).order_by(Event.id)]
    assert kinds == ["shipment.planned", "shipment.released", "shipment.picked"]
