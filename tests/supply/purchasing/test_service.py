"""Purchase orders up to their sending, and their end."""

from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import func, select

from fulfillment.platform.config import Settings
from fulfillment.platform.db import db, transaction
from fulfillment.platform.ids import new_id
from fulfillment.platform.outbox import Event
from fulfillment.supply.purchasing import service
from fulfillment.supply.purchasing.models import PurchaseOrder
from fulfillment.supply.suppliers.models import Supplier, SupplierItem
from tests.conftest import settings_for


@pytest.fixture
def settings(database_url) -> Settings:
    return settings_for(database_url, purchase_auto_approve_limit=25.0)


def lines_of(answer):
    return {line["sku"]: line["quantity"] for line in answer.json["lines"]}


def test_an_order_is_priced_by_the_suppliers_terms_or_as_named(house, buy, client, auth):
    lines = [{"sku": "S1", "quantity": 10}, {"sku": "S2", "quantity": 3, "unit_cost": "3.3333"}]
    answer = buy(lines, reference="PO-1")
    assert (answer.status_code, answer.json["status"]) == (201, "approved")
    assert [line["unit_cost"] for line in answer.json["lines"]] == ["2.50", "3.3333"]
    assert answer.json["cost"] == "34.9999"
    assert answer.headers["Location"] == f"/v1/purchase-orders/{answer.json['id']}"
    read = client.get(answer.headers["Location"], headers=auth("viewer"))
    assert read.json == answer.json
    assert read.headers["ETag"] == answer.headers["ETag"]
    assert house.level("S1", "W1").incoming == 0
    assert house.broken() == []


@pytest.mark.parametrize(
    ("lines", "more", "field"),
    [
        ({"S1": 0}, {}, "lines.0.quantity"),
        ({"S1": 1, "S9": 1}, {}, "lines.1.sku"),
        ([{"sku": "S1", "quantity": 1}] * 2, {}, "lines.1.sku"),
        ([{"sku": "S1", "quantity": 1, "unit_cost": "-1"}], {}, "lines.0.unit_cost"),
        ([{"sku": "S1", "quantity": 10**9, "unit_cost": "2"}], {}, "lines"),
        ([], {}, "lines"),
        ({"S1": 1}, {"supplier": "NOBODY"}, "supplier"),
        ({"S1": 1}, {"facility": "W9"}, "facility"),
        ({"S1": 1}, {"currency": "XXX"}, "currency"),
        ({"S1": 1}, {"expected_on": "2001-01-01"}, "expected_on"),
    ],
)
def test_what_makes_no_sense_is_refused_by_field(buy, lines, more, field):
    answer = buy(lines, **more)
    assert answer.status_code == 422
    assert field in answer.json["errors"]
    assert db.session.scalar(select(func.count()).select_from(PurchaseOrder)) == 0


def test_a_sku_that_the_supplier_does_not_list_needs_a_cost(buy, acme):
    with transaction() as session:
        session.delete(session.get_one(SupplierItem, (acme, "S1")))
    refused = buy({"S1": 1})
    assert list(refused.json["errors"]) == ["lines.0.unit_cost"]
    assert buy([{"sku": "S1", "quantity": 1, "unit_cost": "9"}]).json["cost"] == "9.00"


def test_nothing_is_ordered_of_a_supplier_that_is_not_active(buy, acme):
    with transaction() as session:
        session.get_one(Supplier, acme).active = False
    assert list(buy({"S1": 1}).json["errors"]) == ["supplier"]


def test_a_proposal_waits_for_its_approval(house, buy, step):
    proposed = buy({"S1": 100}, propose=True).json
    assert (proposed["status"], proposed["approved_by"]) == ("proposed", None)
    assert step(proposed["id"], "send").status_code == 409
    approved = step(proposed["id"], "approve").json
    assert approved["status"] == "approved"
    assert approved["approved_by"] == approved["actor"] != "rule"
    assert step(proposed["id"], "approve").status_code == 409
    assert house.broken() == []


def test_a_part_is_approved_and_the_rest_is_dropped(house, buy, step):
    proposed = buy({"S1": 100, "S2": 50}, propose=True).json
    answer = step(proposed["id"], "approve", {"lines": [{"sku": "S2", "quantity": 5}]})
    assert lines_of(answer) == {"S2": 5}
    assert answer.json["cost"] == "20.00"
    assert house.broken() == []


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"sku": "S2", "quantity": 1}, "lines.0.sku"),
        ({"sku": "S1", "quantity": 101}, "lines.0.quantity"),
    ],
)
def test_what_was_not_proposed_cannot_be_approved(buy, step, line, field):
    proposed = buy({"S1": 100}, propose=True).json
    answer = step(proposed["id"], "approve", {"lines": [line]})
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_the_rule_approves_up_to_its_limit_and_says_so(buy):
    at_limit, above = buy({"S1": 10}, propose=True), buy({"S1": 11}, propose=True)
    assert (at_limit.json["cost"], at_limit.json["status"]) == ("25.00", "approved")
    assert at_limit.json["actor"] == at_limit.json["approved_by"] == "rule"
    assert above.json["status"] == "proposed"


def test_a_plan_proposes_under_its_own_id(acme, client, auth):
    plan_id = new_id()
    with transaction():
        order = service.propose(acme, "W1", [{"sku": "S1", "quantity": 100}], plan_id)
        assert order.status == "proposed"
    listed = client.get(f"/v1/purchase-orders?plan_id={plan_id}", headers=auth("planner"))
    assert [one["plan_id"] for one in listed.json["items"]] == [str(plan_id)]


def test_what_is_sent_is_incoming_and_the_news_carries_the_whole_order(house, buy, step):
    order = buy({"S1": 10, "S2": 3}).json
    answer = step(order["id"], "send", {"expected_on": "2199-12-31"})
    assert (answer.json["status"], answer.json["expected_on"]) == ("sent", "2199-12-31")
    assert [line["outstanding"] for line in answer.json["lines"]] == [10, 3]
    level = house.level("S1", "W1")
    assert (level.on_hand, level.incoming, level.promisable) == (10, 10, 10)
    assert step(order["id"], "send").status_code == 409
    assert house.level("S1", "W1").incoming == 10
    [news] = db.session.scalars(select(Event).where(Event.kind == "purchase_order.sent"))
    assert news.payload["purchase_order"] == answer.json
    assert house.broken() == []


def test_without_a_day_named_an_order_is_expected_by_the_lead_time(buy, step):
    order = buy({"S1": 10}).json
    assert order["expected_on"] is None
    with time_machine.travel(datetime(2026, 7, 4, 12, tzinfo=UTC), tick=False):
        told = step(order["id"], "send").json
    # A week after a Saturday is a Saturday: the facility works on Monday.
    assert told["expected_on"] == "2026-07-13"


def test_calling_off_takes_the_rest_out_of_incoming(house, sent, step):
    order_id = sent({"S1": 10, "S2": 3})
    step(order_id, "receive", {"lines": [{"sku": "S1", "quantity": 4}]})
    answer = step(order_id, "cancel", {"reason": "too late"})
    assert answer.json["status"] == "cancelled"
    told = {line["sku"]: line for line in answer.json["lines"]}
    assert (told["S1"]["received"], told["S1"]["short"]) == (4, 6)
    assert (told["S2"]["short"], told["S2"]["discrepancy_reason"]) == (3, "too late")
    assert (house.level("S1", "W1").on_hand, house.level("S1", "W1").incoming) == (14, 0)
    assert step(order_id, "cancel").status_code == 409
    assert step(order_id, "receive").status_code == 409
    assert house.broken() == []


def test_an_order_that_was_not_sent_is_called_off_without_a_trace_in_the_stock(house, buy, step):
    for order in (buy({"S1": 5}).json, buy({"S1": 50}, propose=True).json):
        assert step(order["id"], "cancel").json["status"] == "cancelled"
    assert house.level("S1", "W1").incoming == 0
    assert house.broken() == []


def test_who_may_do_what(buy, step, auth, client):
    order_id = buy({"S1": 50}, propose=True).json["id"]
    for role in ("warehouse", "storefront", "viewer"):
        assert step(order_id, "approve", headers=auth(role)).status_code == 403
    shop = auth("storefront")
    assert client.get(f"/v1/purchase-orders/{order_id}", headers=shop).status_code == 403
    step(order_id, "approve")
    step(order_id, "send")
    for headers in (auth("planner"), auth("warehouse", facilities=["W2"])):
        assert step(order_id, "receive", headers=headers).status_code == 403
    here = auth("warehouse", facilities=["W1"])
    assert step(order_id, "receive", headers=here).status_code == 200


def test_orders_are_listed_by_what_they_are(buy, step, client, auth):
    headers = auth("planner")
    first = buy({"S1": 1}, reference="R1").json["id"]
    second = buy({"S2": 1}, facility="W2").json["id"]
    step(second, "send")

    def listed(query):
        answer = client.get(f"/v1/purchase-orders?{query}", headers=headers)
        return [order["id"] for order in answer.json["items"]]

    assert listed("") == [first, second]
    assert listed("status=sent") == listed("facility=W2") == [second]
    assert listed("reference=R1") == [first]
    assert listed("supplier=ACME&limit=1") == [first]
    assert listed("supplier=OTHER") == []
    table = client.get("/v1/purchase-orders", headers=headers | {"Accept": "text/csv"})
    assert table.text.splitlines()[0].startswith("id,reference,supplier,facility,status")
    assert len(table.text.splitlines()) == 3


def test_an_order_is_a_table_for_the_supplier(buy, client, auth):
    path = buy({"S1": 10, "S2": 3}, reference="PO-7").headers["Location"]
    answer = client.get(path, headers=auth("planner") | {"Accept": "text/csv"})
    assert answer.mimetype == "text/csv"
    header, first, second = answer.text.splitlines()
    assert header.startswith("order,supplier,facility,expected_on,sku,gtin,name,quantity")
    assert first == "PO-7,ACME,W1,,S1,,S1,10,2.50,25.00,USD"
    assert second.endswith("S2,,S2,3,4.00,12.00,USD")
