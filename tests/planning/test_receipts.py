"""The next receipts: by transfer or from a supplier, whichever comes first."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import time_machine

from fulfillment.planning import receipts
from fulfillment.platform import clock
from fulfillment.platform.db import db, transaction
from fulfillment.supply.purchasing import service
from fulfillment.supply.suppliers.models import Supplier

MONDAY = datetime(2026, 7, 6, 12, tzinfo=UTC)


def test_the_next_receipt_is_that_of_the_first_purchase_order_to_arrive(world):
    world.has({"W1": {"S1": 2}})
    lines = [{"sku": "S1", "quantity": 5, "unit_cost": Decimal(1)}]
    with time_machine.travel(MONDAY, tick=False):
        with transaction() as session:
            hours = {"timezone": "UTC", "cutoff": time(17)}
            session.add(Supplier(code="ACME", name="Acme", lead_time_days=3.0, **hours))
            session.flush()
            service.create("ACME", "W1", lines, expected_on=date(2026, 7, 20))
        db.session.rollback()
        assert receipts.next_receipts(clock.now()) == {("S1", "W1"): date(2026, 7, 20)}
        with transaction():
            service.create("ACME", "W1", lines)
        db.session.rollback()
        assert receipts.next_receipts(clock.now()) == {("S1", "W1"): date(2026, 7, 9)}
