"""The audit finds rows that break what shipments promise."""

from sqlalchemy import update

from fulfillment.inventory.models import Promise
from fulfillment.platform.db import transaction
from fulfillment.shipping.models import Shipment, ShipmentLine
from fulfillment.shipping.package_models import PackageLine


def test_a_house_in_order_has_no_findings(house, packed, send):
    send(packed({"S1": 2, "S2": 1}), "handover")
    send(house.shipment({"S1": 2}), "reject", {"reason": "x"})
    house.shipment({"S1": 2})
    assert house.broken() == []


def test_promised_units_that_no_shipment_carries_are_found(house):
    shipment_id = house.shipment({"S1": 2})
    with transaction() as session:
        lost = update(Shipment).where(Shipment.id == shipment_id)
        session.execute(lost.values(status="cancelled"))
    assert house.broken() == ["2 of S1 at W1 for an order: no shipment carries it"]


def test_a_line_that_differs_from_its_promise_is_found(house):
    house.shipment({"S1": 2})
    with transaction() as session:
        session.execute(update(ShipmentLine).values(quantity=3))
    assert house.broken() == ["2 of S1 at W1 for an order: its shipment line says 3 of S1"]


def test_a_line_whose_promise_has_ended_is_found(house):
    house.shipment({"S1": 2})
    with transaction() as session:
        ended = {"closed_at": Promise.created_at, "outcome": "released"}
        session.execute(update(Promise).values(ended))
    assert house.broken() == ["planned, but its promise is released"]


def test_packages_that_hold_something_else_than_their_shipment_are_found(house, packed):
    packed({"S1": 2, "S2": 1})
    with transaction() as session:
        session.execute(update(PackageLine).where(PackageLine.sku == "S1").values(quantity=3))
    assert house.broken() == ["2 in the shipment, 3 in its packages"]


def test_a_label_that_counts_on_a_shipment_that_is_not_packed_is_found(house, packed):
    packed({"S1": 2})
    with transaction() as session:
        session.execute(update(Shipment).values(status="picked"))
    assert house.broken() == ["its label counts, its shipment is picked"]


def test_a_handover_that_the_ledger_does_not_know_is_found(house, packed, send):
    send(packed({"S1": 2}), "handover")
    with transaction() as session:
        session.execute(update(ShipmentLine).values(quantity=3))
    assert house.broken() == ["3 handed over, the ledger says 2 in 1 movements"]
