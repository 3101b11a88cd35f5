"""The audit finds transfers and purchase orders that do not add up."""

from datetime import time

import pytest
from sqlalchemy import update

from fulfillment.inventory.models import StockLevel
from fulfillment.platform.db import transaction
from fulfillment.supply.purchasing import receiving, sending, service
from fulfillment.supply.purchasing.models import PurchaseOrder, PurchaseOrderLine
from fulfillment.supply.suppliers.models import LeadTime, Supplier
from fulfillment.supply.transfers.models import Transfer, TransferLine


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
    assert house.broken() == ["incoming 3, on the way 0"]


def test_units_that_the_ledger_does_not_know_are_found(house, shipped):
    shipped({"S1": 2})
    change(update(TransferLine).values(received=1, in_transit=1))
    assert house.broken() == [
        "shipped 2, ledger 2; received 1, ledger 0",
        "incoming 2, on the way 1",
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


@pytest.fixture
def bought(house):
    """An order of 6 of S1, of which 4 came."""
    hours = {"timezone": "UTC", "cutoff": time(17)}
    lines = [{"sku": "S1", "quantity": 6, "unit_cost": 2}]
    with transaction() as session:
        session.add(Supplier(code="ACME", name="Acme", lead_time_days=3.0, **hours))
        session.flush()
        order = service.create("ACME", "W1", lines)
        sending.send(order.id)
        receiving.receive(order.id, [receiving.Receipt("S1", 4)], complete=False)


@pytest.mark.usefixtures("bought")
def test_an_order_in_order_has_no_findings(house):
    assert house.broken() == []


FALSE = {
    "what came is not in the ledger": (
        update(PurchaseOrderLine).values(received=5, outstanding=1),
        ["received 5, ledger 4, lead times 4", "incoming 2, on the way 1"],
    ),
    "nothing was measured": (
        update(LeadTime).values(quantity=3),
        ["received 4, ledger 4, lead times 3"],
    ),
    "it came before all was sent": (
        update(PurchaseOrder).values(status="sent"),
        ["sent: ordered 6, over 0, received 4, outstanding 2, short 0"],
    ),
    "it has ended and goes on": (
        update(PurchaseOrder).values(status="cancelled"),
        ["cancelled: ordered 6, over 0, received 4, outstanding 2, short 0"],
    ),
    "it costs something else": (
        update(PurchaseOrder).values(cost=11),
        ["its cost is not the sum of its lines"],
    ),
    "nobody expects it": (
        update(StockLevel).values(incoming=0),
        ["incoming 0, on the way 2"],
    ),
}


@pytest.mark.usefixtures("bought")
@pytest.mark.parametrize("lie", FALSE)
def test_what_is_false_of_an_order_is_found(house, lie):
    statement, found = FALSE[lie]
    change(statement)
    assert house.broken() == found
