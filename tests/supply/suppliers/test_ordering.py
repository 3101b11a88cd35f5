"""The day of an order, and the day of its arrival."""

from datetime import UTC, date, datetime, time

import pytest

from fulfillment.platform.db import transaction
from fulfillment.supply.suppliers import ordering
from fulfillment.supply.suppliers.models import Supplier

pytestmark = pytest.mark.engine("sqlite")

SATURDAY = datetime(2026, 7, 4, 12, tzinfo=UTC)
MONDAY = datetime(2026, 7, 6, 9, tzinfo=UTC)


def supplier(days, cutoff=time(12), timezone="UTC"):
    return Supplier(code="A", working_days=days, cutoff=cutoff, timezone=timezone)


def test_an_order_counts_for_the_day_up_to_the_cutoff_by_the_suppliers_clock():
    paris = supplier([1, 2, 3, 4, 5], timezone="Europe/Paris")
    in_time = datetime(2026, 7, 6, 10, 0, tzinfo=UTC)  # noon in Paris
    assert ordering.order_day(paris, in_time) == date(2026, 7, 6)
    late = datetime(2026, 7, 6, 10, 0, 1, tzinfo=UTC)
    assert ordering.order_day(paris, late) == date(2026, 7, 7)


def test_a_supplier_takes_orders_on_its_days_only():
    mondays = supplier([1])
    assert ordering.takes_orders(mondays, MONDAY)
    assert not ordering.takes_orders(mondays, SATURDAY)
    assert not ordering.takes_orders(mondays, MONDAY.replace(hour=13))
    assert ordering.order_day(mondays, MONDAY.replace(hour=13)) == date(2026, 7, 13)


def test_goods_arrive_on_a_day_that_the_facility_works(house):
    # Monday and five days is a Saturday; half a day more makes it a Sunday.
    with transaction():
        for days in (5, 5.5):
            day = ordering.arrival(supplier([1]), "W1", SATURDAY, days)
            assert day == date(2026, 7, 13)
        assert ordering.arrival(supplier([1]), "W1", SATURDAY, 3.2) == date(2026, 7, 10)
