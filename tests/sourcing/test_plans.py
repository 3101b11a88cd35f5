"""Plans as documents, as money, and as parts for the gate."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from fulfillment.inventory.promises import Part
from fulfillment.sourcing.plans import Plan, PlannedShipment, money, plan_of

SHIPMENT = PlannedShipment(
    facility="W1",
    lines={"S1": 2, "S2": 1},
    carrier="FAST",
    service="ground",
    distance_km=120.5,
    shipping=Decimal("7.25"),
    handling=Decimal("0.30"),
    ship_by=datetime(2026, 3, 2, 23, 30, tzinfo=ZoneInfo("America/Los_Angeles")),
    deliver_by=date(2026, 3, 5),
)
PLAN = Plan([SHIPMENT], {"S3": 4}, "USD", {"objective": 7.5504})


def test_a_plan_read_from_its_document_is_the_plan():
    read = plan_of(PLAN.document())
    assert read.document() == PLAN.document()
    assert (read.parts(), read.cost, read.unfilled) == (PLAN.parts(), PLAN.cost, PLAN.unfilled)


def test_a_part_ships_on_the_facility_s_own_day():
    # Half past eleven at night in Los Angeles is the next day in UTC.
    day = date(2026, 3, 2)
    assert PLAN.parts() == [Part("S1", "W1", 2, day), Part("S2", "W1", 1, day)]
    assert plan_of(PLAN.document()).parts() == PLAN.parts()


def test_a_plan_costs_the_sum_of_its_shipments_and_arrives_with_the_last():
    later = replace(SHIPMENT, facility="W2", deliver_by=date(2026, 3, 9))
    both = replace(PLAN, shipments=[SHIPMENT, later])
    assert both.document()["cost"] == {"total": "15.10", "currency": "USD"}
    assert both.deliver_by == date(2026, 3, 9)


def test_a_plan_is_complete_when_nothing_is_unfilled():
    assert not PLAN.complete
    assert replace(PLAN, unfilled={}).complete


def test_a_plan_of_nothing_costs_nothing_and_never_arrives():
    nothing = Plan([], {"S1": 1}, "USD")
    assert (nothing.cost, nothing.deliver_by) == (0, None)


@pytest.mark.parametrize(
    ("amount", "cents"),
    [(0.0, "0.00"), (1.005, "1.00"), (2.675, "2.68"), (1e9 + 0.015, "1000000000.02")],
)
def test_money_is_to_the_cent(amount, cents):
    assert str(money(amount)) == cents
