"""The audit finds transfers that do not add up."""

from sqlalchemy import update

from fulfillment.inventory.models import StockLevel
from fulfillment.platform.db import transaction
from fulfillment.supply.models import Transfer, TransferLine


def change(statement):
    with transaction() as session:
        session.execute(statement)


def test_a_house_in_order_has_no_findings(house, create, shipped, send):
    create({"S1": 1})
    shipped({"S1": 1})
    send(shipped({"S1": 1, "S2": 1}), "receive")
    assert house.broken() == []


def test_incoming_that_no_transfer_brings_is_found(house):
    change(update(StockLevel).where(StockLevel.sku == "S2").values(incoming=3))
    assert house.broken() == ["incoming 3, in transit 0"]


def test_units_that_the_ledger_does_not_know_are_found(house, shipped):
    shipped({"S1": 2})
    change(update(TransferLine).values(received=1, in_transit=1))
    assert house.broken() == [
        "shipped 2, ledger 2; received 1, ledger 0",
        "incoming 2, in transit 1",
    ]


def test_units_on_the_way_of_a_transfer_that_has_ended_are_found(house, shipped):
    shipped({"S1": 2})
    change(update(Transfer).values(status="received"))
    [found] = house.broken()
    assert found == "received: shipped 2, received 0, in transit 2, discrepancy 0"


def test_units_reserved_for_no_ready_transfer_are_found(house, create):
    create({"S1": 2})
    change(update(Transfer).values(status="cancelled"))
    assert house.broken() == ["2 of S1 at W1: no line of a ready transfer says so"]


def test_a_ready_transfer_with_nothing_reserved_is_found(house, create):
    create({"S1": 2}, propose=True)
    change(update(Transfer).values(status="ready"))
    assert house.broken() == ["nothing reserved"]
