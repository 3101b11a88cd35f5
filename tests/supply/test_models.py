"""What the database refuses of purchase orders and terms, whoever writes to it and however."""

from datetime import time
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from fulfillment.platform.db import db, transaction
from fulfillment.supply.purchasing import sending, service
from fulfillment.supply.suppliers.models import Supplier, SupplierItem


@pytest.fixture
def _bought(house):
    """An order of 6 of S1 that was sent, and the terms that it was made on."""
    with transaction() as session:
        hours = {"timezone": "UTC", "cutoff": time(17)}
        session.add(Supplier(code="ACME", name="Acme", lead_time_days=3.0, **hours))
        session.flush()
        session.add(SupplierItem(supplier="ACME", sku="S1", unit_cost=Decimal(1)))
        session.flush()
        sending.send(service.create("ACME", "W1", [{"sku": "S1", "quantity": 6}]).id)


def attack(statement):
    """Run raw SQL in a transaction of its own."""
    with db.engine.connect() as connection:
        connection.execution_options(writes=True)
        connection.execute(text(statement))
        connection.commit()


REFUSED = {
    "UPDATE purchase_order_lines SET outstanding = 5": "accounted_for",
    "UPDATE purchase_order_lines SET received = 6": "accounted_for",
    "UPDATE purchase_order_lines SET quantity = 5": "accounted_for",
    "UPDATE purchase_order_lines SET short = 1, outstanding = 5": "reason_given",
    "UPDATE purchase_order_lines SET over = 1, received = 7, outstanding = 0": "reason_given",
    "UPDATE purchase_order_lines SET received = 7, outstanding = -1": "lines_units",
    "UPDATE purchase_order_lines SET quantity = 0, outstanding = 0": "lines_quantity",
    "UPDATE purchase_order_lines SET unit_cost = -1": "unit_cost",
    "UPDATE purchase_order_lines SET sku = 'S9'": "(?i)foreign key",
    "UPDATE purchase_orders SET status = 'lost'": "orders_status",
    "UPDATE purchase_orders SET sent_at = NULL": "orders_sent_at",
    "UPDATE purchase_orders SET expected_on = NULL": "orders_sent_at",
    "UPDATE purchase_orders SET approved_by = NULL": "approved_by",
    "UPDATE purchase_orders SET cost = -1": "orders_cost",
    "UPDATE purchase_orders SET supplier = 'NOBODY'": "(?i)foreign key",
    "DELETE FROM purchase_orders": "(?i)foreign key",
    "DELETE FROM suppliers": "(?i)foreign key",
    "UPDATE suppliers SET lead_time_days = -1": "lead_time",
    "UPDATE suppliers SET minimum_value = -1": "minimum_value",
    "UPDATE supplier_items SET pack_size = 0": "pack_size",
    "UPDATE supplier_items SET minimum_quantity = 0": "minimum_quantity",
    "UPDATE supplier_items SET unit_cost = -1": "unit_cost",
    "UPDATE supplier_items SET rank = 0": "rank",
    "UPDATE supplier_items SET lead_time_days = -1": "lead_time_days",
}


@pytest.mark.usefixtures("_bought")
def test_what_must_never_be_false_is_refused():
    for statement, rule in REFUSED.items():
        with pytest.raises(DatabaseError, match=rule):
            attack(statement)
