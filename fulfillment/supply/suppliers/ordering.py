"""On which day a supplier takes an order, and when what it sends arrives."""

from datetime import date, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from fulfillment.network import facilities
from fulfillment.network.calendar import ship_by
from fulfillment.supply.suppliers.models import Supplier


def order_day(supplier: Supplier, moment: datetime) -> date:
    """Return the day, by the supplier's clock, for which an order of this moment counts."""
    return ship_by(supplier.calendar, moment).date()


def takes_orders(supplier: Supplier, moment: datetime) -> bool:
    """Tell whether an order of this moment counts for the very day."""
    return order_day(supplier, moment) == moment.astimezone(ZoneInfo(supplier.timezone)).date()


def arrival(supplier: Supplier, facility: str, moment: datetime, days: float) -> date:
    """Return the facility's first working day after a lead time of so many calendar days."""
    day = order_day(supplier, moment) + timedelta(days=ceil(days))
    return facilities.get(facility).calendar.workdays.first_from(day)
