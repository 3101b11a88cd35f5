"""A WooCommerce shop: its webhooks make orders, and it hears when they leave."""

import pytest

from fulfillment.integrations import inbox
from fulfillment.integrations.models import Status
from fulfillment.platform.db import db
from fulfillment.platform.outbox import Event
from tests.integrations.conftest import document
from tests.rivals import at_once


@pytest.fixture
def shop(house):
    """The shop is known, and nothing listens at its address."""
    house.put(secrets=["hush"], token="ck_1:cs_1", channel="woo")
    return house


def woo_order(**changes):
    return document("woocommerce_order", **changes)


def lines(**units):
    known = {item["sku"]: item for item in woo_order()["line_items"]}
    return [known[sku] | {"quantity": n} for sku, n in units.items()]


def later(seconds):
    return f"2026-11-20T14:28:{8 + seconds:02d}"


def units(order):
    return {line["sku"]: line["quantity"] - line["cancelled"] for line in order["lines"]}


def test_an_order_in_processing_is_placed_and_allocated(shop):
    answer = shop.woo(woo_order(), "order.created")
    assert (answer.status_code, answer.get_json()) == (200, {"success": True, "kept": True})
    shop.work()
    order = shop.order("shop-727")
    assert (order["status"], units(order)) == ("allocated", {"S1": 2, "S2": 1})
    assert (order["channel"], order["customer_ref"]) == ("woo", "shop-26")
    goes_to = order["destination"]
    assert goes_to["street"] == "12 Perdido Street, Floor 3"
    assert (goes_to["name"], goes_to["postal_code"]) == ("Ada Nguyen", "70112-1234")
    assert shop.outcomes() == [(Status.DONE, None)]


def test_what_the_shop_says_of_people_is_kept_only_as_far_as_parcels_need_it(shop):
    shop.woo(woo_order())
    [message] = shop.messages()
    kept = str(message.body)
    assert "Perdido" in kept
    assert not any(word in kept for word in ("example.com", "555-5555", "203.0.113.7", "29.35"))


def test_the_same_delivery_twice_and_twice_at_once_is_one_order(app, shop):
    order = woo_order()
    assert shop.woo(order).get_json()["kept"]
    assert not shop.woo(order).get_json()["kept"]
    other = woo_order(id=728, number="728")
    at_once([lambda: shop.woo(other)] * 4)
    shop.woo(order, delivery="d-2")  # the same version again
    shop.work()
    assert len(shop.world.get("orders")["items"]) == 2
    assert [status for status, _ in shop.outcomes()] == [Status.DONE, Status.DONE, Status.IGNORED]


def test_two_deliveries_of_one_second_share_an_id_and_both_count(shop):
    for number in (1, 2):
        assert shop.woo(woo_order(id=number, number=str(number)), delivery="same").get_json()[
            "kept"
        ]
    shop.work()
    assert len(shop.world.get("orders")["items"]) == 2


def test_two_workers_place_an_order_once(app, shop):
    shop.woo(woo_order())
    [message] = shop.messages()

    def work():
        with app.app_context():
            inbox.work(message.id)

    at_once([work] * 3)
    assert len(shop.world.get("orders")["items"]) == 1


def test_what_is_not_signed_by_the_shop_is_refused_and_leaves_nothing(shop):
    order = woo_order()
    shop.put("other", kind="shopify", secrets=["hush"])
    refused = [
        shop.woo(order, secret="guess"),
        shop.woo(order, secret=""),
        shop.woo(order, code="nobody"),
        shop.woo(order, code="other"),
    ]
    assert [answer.status_code for answer in refused] == [401] * 4
    assert len({answer.get_json()["detail"] for answer in refused}) == 1
    assert shop.messages() == []


def test_any_of_several_secrets_counts_until_it_is_taken_out(shop):
    shop.put(secrets=["new", "hush"])
    assert shop.woo(woo_order(), secret="hush").status_code == 200
    assert shop.woo(woo_order(id=9), secret="new").status_code == 200
    shop.put(secrets=["new"])
    assert shop.woo(woo_order(), secret="hush").status_code == 401


def test_the_first_call_of_a_new_webhook_is_answered_and_means_nothing(shop):
    answer = shop.client.post("/v1/integrations/shop/woocommerce", data={"webhook_id": "5"})
    assert answer.status_code == 200
    assert shop.messages() == []


def test_other_topics_are_taken_and_not_kept(shop):
    assert shop.woo({"id": 1}, "product.updated").get_json() == {"success": True, "kept": False}
    assert shop.messages() == []


@pytest.mark.parametrize("status", ["pending", "on-hold", "checkout-draft", "completed"])
def test_an_order_that_is_not_to_be_sent_is_not_placed(shop, status):
    shop.woo(woo_order(status=status))
    shop.work()
    assert shop.world.get("orders")["items"] == []
    assert shop.outcomes() == [(Status.IGNORED, "Nothing is wanted of this order.")]


def test_unknown_and_missing_skus_are_refused_by_name_and_can_be_tried_again(shop):
    unknown = lines(S1=2, S2=1)
    unknown[0]["sku"], unknown[1]["sku"] = "NEW", ""
    shop.woo(woo_order(line_items=unknown))
    shop.work()
    url = "integrations/shop/messages"
    [told] = shop.world.get(f"{url}?status=refused")["items"]
    assert "'Woo Single #1' has the unknown SKU 'NEW'." in told["problem"]
    assert "'Ship Your Idea - Color: Black' has no SKU." in told["problem"]
    db.session.rollback()
    [news] = db.session.query(Event).filter_by(kind="shop_message.refused")
    assert news.payload["problem"] == told["problem"]
    shop.woo(woo_order(id=1, number="1", line_items=unknown[:1]))
    shop.work()
    shop.world.has({"W1": {"NEW": 5}})
    second = shop.world.get(f"{url}?subject=1")["items"][0]
    assert shop.world.post(f"{url}/{second['id']}/retry").status_code == 200
    shop.work()
    assert units(shop.order("shop-1")) == {"NEW": 2}
    assert shop.world.post(f"{url}/{second['id']}/retry").status_code == 409


def test_an_address_that_nobody_can_find_is_refused(shop):
    nowhere = woo_order()["shipping"] | {"postcode": "00000"}
    shop.woo(woo_order(shipping=nowhere))
    shop.work()
    [(status, problem)] = shop.outcomes()
    assert status == Status.REFUSED
    assert "destination.postal_code: Unknown in US: 00000." in problem


def test_without_a_shipping_address_it_goes_to_the_one_of_the_bill(shop):
    empty = dict.fromkeys(woo_order()["shipping"], "")
    shop.woo(woo_order(shipping=empty))
    shop.work()
    assert shop.order("shop-727")["destination"]["postal_code"] == "94103"


def test_what_is_sold_and_not_in_stock_waits_for_it(shop):
    shop.woo(woo_order(line_items=lines(S1=99)))
    shop.work()
    order = shop.order("shop-727")
    assert (order["status"], order["awaiting"]) == ("waiting", True)


def test_a_document_that_is_no_order_is_kept_and_told(shop):
    assert shop.woo({"id": 7, "status": "processing"}).status_code == 200
    [(status, problem)] = shop.outcomes()
    assert (status, "not the document of an order" in problem) == (Status.REFUSED, True)


@pytest.mark.parametrize("status", ["cancelled", "refunded", "failed", "trash"])
def test_an_order_that_is_called_off_is_cancelled(shop, status):
    shop.woo(woo_order())
    shop.work()
    shop.woo(woo_order(status=status, date_modified_gmt=later(5)))
    shop.work()
    assert shop.order("shop-727")["status"] == "cancelled"
    assert shop.world.level()["promisable"] == 10


def test_an_order_that_is_deleted_is_cancelled(shop):
    shop.woo(woo_order())
    shop.work()
    shop.woo({"id": 727}, "order.deleted")
    shop.work()
    assert shop.order("shop-727")["status"] == "cancelled"


def test_what_has_left_is_not_cancelled_and_somebody_is_told(shop):
    shop.put(active=True)
    shop.woo(woo_order())
    shop.work()
    shop.hand_over(shop.order("shop-727"))
    shop.woo(woo_order(status="cancelled", date_modified_gmt=later(5)))
    while inbox.work_next():
        pass
    [message] = [m for m in shop.messages(direction="in") if m.status == Status.REFUSED]
    assert "Everything of this order has left" in message.problem
    assert shop.order("shop-727")["status"] == "shipped"


def test_versions_that_come_out_of_order_do_no_harm(shop):
    cancelled = woo_order(status="cancelled", date_modified_gmt=later(9))
    shop.woo(cancelled)
    shop.work()
    shop.woo(woo_order())
    shop.work()
    assert shop.world.get("orders")["items"] == []
    assert [problem for _, problem in shop.outcomes()] == [
        "The order was not placed.",
        "The shop has told a newer version of this order.",
    ]


def test_an_order_that_was_deleted_is_not_brought_back_by_what_was_said_before(shop):
    shop.woo({"id": 727}, "order.deleted")
    shop.work()
    shop.woo(woo_order(), "order.created")
    shop.work()
    assert shop.world.get("orders")["items"] == []


def test_half_a_unit_is_told_and_not_rounded(shop):
    shop.woo(woo_order(line_items=lines(S1=1.5)))
    [(status, problem)] = shop.outcomes()
    assert (status, "1.5 times" in problem) == (Status.REFUSED, True)
    [message] = shop.messages()
    path = f"integrations/shop/messages/{message.id}/retry"
    assert shop.world.post(path).status_code == 409


def test_units_taken_out_are_cancelled_and_units_added_are_for_people(shop):
    shop.woo(woo_order(line_items=lines(S1=3, S2=1)))
    shop.work()
    shop.woo(woo_order(line_items=lines(S1=1), date_modified_gmt=later(1)))
    shop.work()
    assert units(shop.order("shop-727")) == {"S1": 1, "S2": 0}
    shop.woo(woo_order(line_items=lines(S1=2), date_modified_gmt=later(2)))
    shop.work()
    assert shop.outcomes()[-1] == (
        Status.REFUSED,
        "The placed order cannot grow: 1 of S1 more are wanted.",
    )


def test_another_address_of_a_placed_order_is_for_people(shop):
    shop.woo(woo_order())
    shop.work()
    moved = woo_order()["shipping"] | {"address_1": "9 Canal Street"}
    shop.woo(woo_order(shipping=moved, date_modified_gmt=later(1)))
    shop.work()
    assert "address changed: street" in shop.outcomes()[-1][1]


def test_at_the_handover_the_shop_gets_a_note_and_the_order_is_completed(shop):
    server = shop.serve(lambda method, path, said: (200, {"id": 1}))
    shop.put(url=server.url)
    shop.woo(woo_order())
    shop.work()
    shop.hand_over(shop.order("shop-727"))
    assert shop.messages(direction="out") == []  # the dock does not wait for it
    shop.work()
    [number] = [s["tracking_number"] for s in shop.order("shop-727")["shipments"]]
    (note, update) = server.calls
    assert note[:2] == ("POST", "/wp-json/wc/v3/orders/727/notes")
    assert note[2] == {"note": f"Shipped with Fast Freight: {number}.", "customer_note": True}
    assert update[:2] == ("PUT", "/wp-json/wc/v3/orders/727")
    assert update[2]["status"] == "completed"
    [tracked] = update[2]["meta_data"]
    assert (tracked["key"], tracked["value"][0]["tracking_number"]) == (
        "fulfillment_tracking",
        number,
    )
    assert server.headers[0]["Authorization"] == "Basic Y2tfMTpjc18x"
    assert [status for status, _ in shop.outcomes(direction="out")] == [Status.DONE] * 2


def test_an_order_is_not_completed_before_its_last_parcel_left(shop):
    server = shop.serve(lambda method, path, said: (200, {}))
    shop.put(url=server.url)
    shop.woo(woo_order(line_items=lines(S1=12)))
    shop.work()
    order = shop.order("shop-727")
    assert len(order["shipments"]) == 2
    for shipment in order["shipments"]:
        shop.hand_over({"shipments": [shipment]})
        shop.work()
    first, second = [said for method, _, said in server.calls if method == "PUT"]
    assert ("status" in first, second["status"]) == (False, "completed")
    assert [len(said["meta_data"][0]["value"]) for said in (first, second)] == [1, 2]


def test_a_shop_that_is_down_is_tried_again_until_it_is_back(shop, no_pauses):
    answers = iter([(500, {}), (503, b""), (200, b"no json")])
    server = shop.serve(lambda *_: next(answers, (200, {})))
    shop.put(url=server.url)
    shop.woo(woo_order())
    shop.work()
    shop.hand_over(shop.order("shop-727"))
    shop.work()
    assert len(server.calls) == 5
    assert [m.attempts for m in shop.messages(direction="out")] == [4, 1]
    assert shop.world.get("integrations/shop")["failures"] == 0


def test_what_the_shop_says_no_to_is_told_and_not_tried_again(shop):
    server = shop.serve(lambda *_: (404, {"code": "woocommerce_rest_shop_order_invalid_id"}))
    shop.put(url=server.url)
    shop.woo(woo_order())
    shop.work()
    shop.hand_over(shop.order("shop-727"))
    shop.work()
    assert len(server.calls) == 2
    for status, problem in shop.outcomes(direction="out"):
        assert status == Status.REFUSED
        assert "404" in problem
        assert "invalid_id" in problem


def test_orders_that_came_from_no_shop_are_told_to_none(shop):
    order = shop.world.order("o-1", {"S1": 1}).get_json()
    shop.hand_over(order)
    shop.work()
    assert shop.messages(direction="out") == []


def test_while_a_shop_is_not_active_its_messages_wait(shop):
    shop.put(active=False)
    shop.woo(woo_order())
    shop.work()
    assert shop.world.get("orders")["items"] == []
    shop.put(active=True)
    shop.work()
    assert shop.order("shop-727")["status"] == "allocated"
