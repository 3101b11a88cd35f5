"""What planners and suppliers set of a stock level, beside the ledger."""

from collections.abc import Mapping

from fulfillment.catalog import items
from fulfillment.inventory import availability, balances, gate, queries
from fulfillment.inventory.availability import Level
from fulfillment.inventory.gate import Key
from fulfillment.network import facilities


def find_locked(facility: str, sku: str) -> Level | None:
    """Return the stock level, if there is one; nobody else changes it in this transaction."""
    return next(iter(availability.as_of_now(gate.lock([(sku, facility)]))), None)


def set_safety_stock(facility: str, sku: str, units: int) -> Level:
    """Set the buffer that is kept out of every promise."""
    facilities.get(facility)
    items.get(sku)
    balances.make([(sku, facility)])
    gate.lock([(sku, facility)])[0].safety_stock = units
    return queries.stock_level(facility, sku)


def expect(units: Mapping[Key, int]) -> None:
    """Note by stock level how many units more (or, negative, fewer) are on the way."""
    balances.make(units.keys())
    for level in gate.lock(units.keys()):
        level.incoming += units[level.key]
