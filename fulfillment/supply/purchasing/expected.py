"""What a facility expects of a purchase order: how many units, and when."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from fulfillment.inventory import balances, gate, levels
from fulfillment.supply.purchasing.models import PurchaseOrder
from fulfillment.supply.suppliers import ordering, terms
from fulfillment.supply.suppliers import queries as suppliers


def lock(order: PurchaseOrder, skus: Collection[str]) -> None:
    """Lock the facility's stock levels of these SKUs, in key order, making those that are new."""
    keys = {(sku, order.facility) for sku in skus}
    balances.make(keys)
    gate.lock(keys)


def change(order: PurchaseOrder, units: Mapping[str, int]) -> None:
    """Note by SKU how many more (or, negative, fewer) units are on their way."""
    levels.expect({(sku, order.facility): n for sku, n in units.items()})


def day(order: PurchaseOrder, moment: datetime) -> date:
    """Return the day for which an order is expected: as somebody named it, else sent at a moment.

    That is when the SKU with the longest lead time comes, as measured or as agreed.
    """
    if order.expected_on is not None:
        return order.expected_on
    supplier = suppliers.get(order.supplier)
    offered = terms.at(order.supplier, {line.sku for line in order.lines})
    days = [told.lead_time_days for told in offered.values()] or [supplier.lead_time_days]
    return ordering.arrival(supplier, order.facility, moment, max(days))
