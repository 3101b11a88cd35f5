"""On which terms a SKU is bought, and how long it takes, as measured."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from fulfillment.platform.db import db, transaction
from fulfillment.supply.purchasing.models import PurchaseOrder
from fulfillment.supply.suppliers import lead_times, terms
from fulfillment.supply.suppliers.models import LeadTime

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def two(put, offer):
    """ACME offers S1 and S2, DEAR only S1, at a higher cost."""
    put("ACME", lead_time_days=7, lead_time_sd=2)
    put("DEAR", lead_time_days=2)
    offer("ACME", {"sku": "S1", "unit_cost": "2"}, {"sku": "S2", "unit_cost": "4"})
    offer("DEAR", {"sku": "S1", "unit_cost": "3", "lead_time_days": 1.5, "pack_size": 6})


def received(supplier, sku, *receipts, at=NOW):
    """Write receipts: days and units."""
    with transaction() as session:
        order = PurchaseOrder(
            supplier=supplier, facility="W1", status="cancelled", cost=Decimal(0), actor="test",
            created_at=at, updated_at=at,
        )  # fmt: skip
        session.add(order)
        session.flush()
        session.add_all(
            LeadTime(
                order_id=order.id, supplier=supplier, sku=sku, facility="W1", quantity=units,
                days=days, sent_at=at - timedelta(days=days), received_at=at,
            )
            for days, units in receipts
        )  # fmt: skip
    db.session.rollback()


@pytest.mark.usefixtures("two")
def test_the_lowest_rank_is_bought_from_then_the_cheapest(offer):
    assert terms.of(["S1", "S2", "S9"]).keys() == {"S1", "S2"}
    assert terms.of(["S1"])["S1"].supplier == "ACME"
    offer("ACME", {"sku": "S1", "unit_cost": "2", "rank": 2})
    told = terms.of(["S1"])["S1"]
    assert (told.supplier, told.unit_cost, told.pack_size) == ("DEAR", Decimal(3), 6)
    offer("DEAR", {"sku": "S1", "unit_cost": "3", "active": False})
    assert terms.of(["S1"])["S1"].supplier == "ACME"


@pytest.mark.usefixtures("two")
def test_nobody_buys_from_a_supplier_that_is_not_active(put):
    put("ACME", active=False)
    assert {sku: told.supplier for sku, told in terms.of(["S1", "S2"]).items()} == {"S1": "DEAR"}
    assert terms.at("ACME", ["S1"]) == {}


@pytest.mark.usefixtures("two")
def test_a_lead_time_is_as_agreed_until_three_receipts_tell_it():
    received("ACME", "S1", (5.0, 10), (6.0, 10), at=NOW)
    since = NOW - timedelta(days=1)
    told = terms.of(["S1"], since)["S1"]
    assert (told.lead_time_days, told.lead_time_sd, told.receipts) == (7.0, 2.0, 0)
    received("ACME", "S1", (10.0, 10))
    told = terms.of(["S1"], since)["S1"]
    assert told.lead_time_days == pytest.approx(7.0)
    assert told.lead_time_sd == pytest.approx(np.std([5, 6, 10], ddof=1))
    assert told.receipts == 3
    # The other supplier's, and the other SKU, know nothing of it.
    assert terms.at("DEAR", ["S1"], since)["S1"].lead_time_days == 1.5
    assert terms.of(["S2"], since)["S2"].receipts == 0


@pytest.mark.usefixtures("two")
def test_what_came_long_ago_tells_nothing_any_more():
    received("ACME", "S1", (1.0, 1), (2.0, 1), (3.0, 1), at=LONG_AGO)
    assert terms.of(["S1"])["S1"].receipts == 0
    assert terms.of(["S1"], LONG_AGO)["S1"].lead_time_days == pytest.approx(2.0)


@pytest.mark.usefixtures("two")
def test_many_units_weigh_more_than_few():
    received("ACME", "S1", (4.0, 90), (14.0, 10))
    told = lead_times.measured("ACME", "S1", LONG_AGO)
    assert told.mean_days == pytest.approx(5.0)
    # W / (W^2 - sum w^2) * sum w (x - mean)^2 = 100 / 1800 * (90 * 1 + 10 * 81)
    assert told.sd_days == pytest.approx(np.sqrt(50))
    assert told.count == 2


@pytest.mark.usefixtures("two")
def test_a_supplier_is_measured_over_all_its_skus():
    received("ACME", "S1", (4.0, 5))
    received("ACME", "S2", (6.0, 5))
    told = lead_times.measured("ACME", None, LONG_AGO)
    assert (told.mean_days, told.count) == (pytest.approx(5.0), 2)
    assert lead_times.measured("DEAR", None, LONG_AGO) is None


@pytest.mark.usefixtures("two")
def test_one_receipt_has_no_deviation_and_equal_ones_have_none():
    received("ACME", "S1", (4.3, 7))
    assert lead_times.measured("ACME", "S1", LONG_AGO).sd_days == 0.0
    received("ACME", "S1", (4.3, 10**9), (4.3, 3))
    # Sums of squares are exact to a minute even where one receipt outweighs all others.
    assert lead_times.measured("ACME", "S1", LONG_AGO).sd_days == pytest.approx(0.0, abs=1e-3)
