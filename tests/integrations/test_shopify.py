"""A Shopify shop: we are its fulfillment service, by callbacks and by its GraphQL API."""

import base64
import copy

import pytest

from fulfillment.integrations.models import Status
from fulfillment.integrations.shopify import asking
from tests.integrations.conftest import document, sign

FULFILLMENT_ORDER = "gid://shopify/FulfillmentOrder/1046000777"
LINE = "gid://shopify/FulfillmentOrderLineItem/1058737544"
REF = "shop-1001-1046000777"


class Shopify:
    """The part of the GraphQL Admin API that a fulfillment service speaks to."""

    def __init__(self):
        self.nodes = document("shopify_assigned")["data"]["assignedFulfillmentOrders"]["nodes"]
        self.kind = "FULFILLMENT_REQUESTED"
        self.replies, self.fulfillments, self.page_size = [], [], 25
        self.before = []  # answers that come first, whatever is asked

    def __call__(self, method, path, said):
        assert (method, path) == ("POST", f"/admin/api/{asking.VERSION}/graphql.json")
        query, given = said["query"], said["variables"]
        first = self.before.pop(0) if self.before else None
        if first and first[0] != 200:
            return first
        answer = self.act(query, given)
        return first or (200, {"data": answer})

    def act(self, query, given):
        if "assignedFulfillmentOrders" in query:
            return {"assignedFulfillmentOrders": self.assigned(given)}
        if "fulfillmentOrder(id" in query:
            return {"fulfillmentOrder": self.left(given["id"])}
        if "fulfillmentCreate" in query:
            return {"fulfillmentCreate": self.create(given["fulfillment"])}
        mutation = next(one for one in asking.REPLIES if f"{one}(" in query)
        return {mutation: self.reply(mutation, given)}

    def assigned(self, given):
        assert given["status"].startswith(given["kind"].removesuffix("_REQUEST"))
        waiting = self.nodes if given["status"] == self.kind else []
        start = int(given["after"] or 0)
        end = start + self.page_size
        more = {"hasNextPage": end < len(waiting), "endCursor": str(end)}
        return {"nodes": waiting[start:end], "pageInfo": more}

    def node(self, name):
        return next(node for node in self.nodes if node["id"] == name)

    def left(self, name):
        numbers = [one.get("trackingInfo", {}).get("number") for one in self.fulfillments]
        found = [{"trackingInfo": [{"number": number}]} for number in numbers]
        return {
            "id": name,
            "lineItems": self.node(name)["lineItems"],
            "fulfillments": {"nodes": found},
        }

    def create(self, fulfillment):
        [part] = fulfillment["lineItemsByFulfillmentOrder"]
        items = self.node(part["fulfillmentOrderId"])["lineItems"]["nodes"]
        for line in part["fulfillmentOrderLineItems"]:
            item = next(item for item in items if item["id"] == line["id"])
            item["remainingQuantity"] -= line["quantity"]
            assert item["remainingQuantity"] >= 0
        self.fulfillments.append(fulfillment)
        name = f"#1001-F{len(self.fulfillments)}"
        return {
            "fulfillment": {"id": "gid://shopify/Fulfillment/1", "name": name},
            "userErrors": [],
        }

    def reply(self, mutation, given):
        self.replies.append((mutation, given["id"], given["message"]))
        status = {"id": given["id"], "status": "IN_PROGRESS", "requestStatus": "ACCEPTED"}
        return {"fulfillmentOrder": status, "userErrors": []}


@pytest.fixture
def shopify():
    return Shopify()


@pytest.fixture
def shop(house, shopify):
    """The shop is known, and its API answers."""
    server = house.serve(shopify)
    house.server = server
    house.put(kind="shopify", url=server.url, secrets=["hush"], token="shpat_1", channel="shopify")
    return house


def test_a_request_is_acknowledged_at_once_and_the_worker_fetches_places_and_accepts(shop, shopify):
    answer = shop.notify()
    assert (answer.status_code, answer.get_json()) == (200, {"success": True})
    assert shop.server.calls == []
    shop.work()
    order = shop.order(REF)
    assert order["status"] == "allocated"
    assert {line["sku"]: line["quantity"] for line in order["lines"]} == {"S1": 2, "S2": 1}
    goes_to = order["destination"]
    assert (goes_to["name"], goes_to["kind"]) == ("Norman & Daughters, Bob Norman", "business")
    assert shopify.replies == [(asking.ACCEPT, FULFILLMENT_ORDER, None)]
    assert shop.server.headers[0]["X-Shopify-Access-Token"] == "shpat_1"


def test_however_often_it_is_notified_each_request_is_one_order(shop, shopify):
    for _ in range(3):
        shop.notify()
    shop.work()
    shop.notify()
    shop.work()
    assert len(shop.world.get("orders")["items"]) == 1
    assert len(shopify.replies) == 1


def test_more_requests_than_a_page_holds_are_all_fetched(shop, shopify):
    [node] = shopify.nodes
    shopify.page_size = 2
    shopify.nodes = [copy.deepcopy(node) for _ in range(5)]
    for n, one in enumerate(shopify.nodes):
        one["id"], one["orderName"] = f"gid://shopify/FulfillmentOrder/{n}", f"#{n}"
        one["merchantRequests"]["nodes"][0]["id"] += str(n)
        one["lineItems"]["nodes"] = one["lineItems"]["nodes"][:1]
    shop.notify()
    shop.work()
    assert len(shop.world.get("orders")["items"]) == 5
    assert len(shopify.replies) == 5


def test_an_unknown_sku_is_rejected_by_name_and_may_be_asked_for_again(shop, shopify):
    shopify.nodes[0]["lineItems"]["nodes"][0]["sku"] = "NEW"
    shop.notify()
    shop.work()
    [(reply, _, told)] = shopify.replies
    assert reply == asking.REJECT
    assert "'IPod Nano - 8gb' has the unknown SKU 'NEW'." in told
    [refused] = shop.messages(direction="in")
    path = f"integrations/shop/messages/{refused.id}/retry"
    assert shop.world.post(path).status_code == 409  # the shop was told no
    shop.world.has({"W1": {"NEW": 5}})
    shopify.nodes[0]["merchantRequests"]["nodes"] = [{"id": "gid://shopify/Request/2"}]
    shop.notify()
    shop.work()
    assert shopify.replies[-1][0] == asking.ACCEPT
    assert shop.order(REF)["status"] == "allocated"


def test_a_cancellation_is_accepted_while_nothing_left(shop, shopify):
    shop.notify()
    shop.work()
    shopify.kind = "CANCELLATION_REQUESTED"
    shop.notify("CANCELLATION_REQUEST")
    shop.work()
    assert shopify.replies[-1][:2] == (asking.ACCEPT_CANCELLATION, FULFILLMENT_ORDER)
    assert shop.order(REF)["status"] == "cancelled"


def test_a_cancellation_of_what_has_left_is_rejected(shop, shopify):
    shop.notify()
    shop.work()
    shop.hand_over(shop.order(REF))
    shop.work()
    shopify.kind = "CANCELLATION_REQUESTED"
    shop.notify("CANCELLATION_REQUEST")
    shop.work()
    reply, _, told = shopify.replies[-1]
    assert reply == asking.REJECT_CANCELLATION
    assert "Everything of this order has left" in told


def test_at_the_handover_shopify_gets_a_fulfillment_with_the_number(shop, shopify):
    shop.notify()
    shop.work()
    shop.hand_over(shop.order(REF))
    shop.work()
    [shipment] = shop.order(REF)["shipments"]
    [created] = shopify.fulfillments
    tracked = {"number": shipment["tracking_number"], "company": "Fast Freight"}
    assert (created["trackingInfo"], created["notifyCustomer"]) == (tracked, True)
    [part] = created["lineItemsByFulfillmentOrder"]
    assert part["fulfillmentOrderId"] == FULFILLMENT_ORDER
    assert {"id": LINE, "quantity": 2} in part["fulfillmentOrderLineItems"]


def test_two_parcels_are_two_fulfillments_of_their_own_units(shop, shopify):
    items = shopify.nodes[0]["lineItems"]["nodes"]
    items[0]["remainingQuantity"] = 12
    shop.notify()
    shop.work()
    shop.hand_over(shop.order(REF))
    shop.work()
    assert len(shopify.fulfillments) == 2
    assert [item["remainingQuantity"] for item in items] == [0, 0]


def test_a_creation_whose_answer_was_lost_is_not_made_twice(shop, shopify, no_pauses):
    shop.notify()
    shop.work()
    shop.hand_over(shop.order(REF))
    # The look is answered, the creation has its effect, and its answer is garbled.
    looked = (200, {"data": {"fulfillmentOrder": shopify.left(FULFILLMENT_ORDER)}})
    shopify.before = [looked, (200, b"<html>")]
    shop.work()
    assert len(shopify.fulfillments) == 1
    last = shop.messages(direction="out")[-1]
    assert (last.status, last.problem) == (Status.IGNORED, "Shopify has this fulfillment.")


def test_shopify_may_ask_for_a_pause(shop, shopify):
    throttled = {"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]}
    shopify.before = [(200, throttled)]
    shop.notify()
    shop.work()
    [message] = shop.messages()
    assert (message.status, message.problem) == (Status.PENDING, "Shopify asks for a pause.")


def test_what_shopify_does_not_understand_is_told(shop, shopify):
    shopify.before = [(200, {"errors": [{"message": "Access denied for the field."}]})]
    shop.notify()
    shop.work()
    assert shop.outcomes() == [(Status.REFUSED, "Access denied for the field.")]


def test_what_no_database_could_keep_is_told_all_the_same(shop, shopify):
    shopify.before = [(422, b"\0broken \xff\x1b[2J")]
    shop.notify()
    shop.work()
    [(status, reason)] = shop.outcomes()
    assert status == Status.REFUSED
    assert reason.startswith("status 422: broken")
    assert reason.isprintable()


def test_without_a_token_nothing_is_sent(shop):
    shop.put(kind="shopify", token=None)
    shop.notify()
    shop.work()
    assert shop.server.calls == []
    assert "no access token" in shop.outcomes()[0][1]


def test_a_notification_must_be_signed_and_of_a_kind_that_there_is(shop):
    assert shop.notify(secret="guess").status_code == 401
    assert shop.notify(kind="FULFILLMENT_HOLD").status_code == 422
    assert shop.messages() == []


def test_stock_is_told_by_sku_as_it_can_be_promised(shop):
    told = shop.fetch("fetch_stock", {"shop": "x.myshopify.com", "sku": "S1", "timestamp": "1"})
    assert (told.status_code, told.get_json()) == (200, {"S1": 15})
    shop.world.order("o-1", {"S1": 4})
    assert shop.fetch("fetch_stock.json", {"sku": "S1"}).get_json() == {"S1": 11}
    assert shop.fetch("fetch_stock", {}).get_json() == {"S1": 11, "S2": 10}
    assert shop.fetch("fetch_stock", {"sku": "NEW"}).get_json() == {}


def test_a_facility_that_sends_nothing_now_has_no_stock_for_the_shop(shop):
    body = {"timezone": "America/Chicago", "lat": 30.1, "lng": -90.0, "active": False}
    url = "/v1/facilities/W2"
    assert shop.client.put(url, json=body, headers=shop.world.headers).status_code == 200
    assert shop.fetch("fetch_stock", {"sku": "S1"}).get_json() == {"S1": 10}


def test_a_location_of_the_shop_has_the_stock_of_the_facilities_behind_it(shop):
    shop.put(kind="shopify", locations={"655441491": ["W2"], "1": ["W1", "W2"]})
    asked = {"sku": "S1", "location_id": "655441491"}
    assert shop.fetch("fetch_stock", asked).get_json() == {"S1": 5}
    assert shop.fetch("fetch_stock", {**asked, "location_id": "1"}).get_json() == {"S1": 15}
    assert shop.fetch("fetch_stock", {**asked, "location_id": "9"}).get_json() == {}


def test_tracking_numbers_are_told_by_the_names_of_fulfillments(shop):
    shop.notify()
    shop.work()
    names = [("order_names[]", name) for name in ("#1001.1", "#1001-F1", "#1001.2", "#9.1")]
    assert shop.fetch("fetch_tracking_numbers", names).get_json()["tracking_numbers"] == {}
    shop.hand_over(shop.order(REF))
    number = shop.order(REF)["shipments"][0]["tracking_number"]
    answer = shop.fetch("fetch_tracking_numbers", names).get_json()
    assert answer["tracking_numbers"] == {"#1001.1": number, "#1001-F1": number}
    assert (answer["success"], answer["message"]) == (True, "2 of 4 have a tracking number.")


def test_questions_are_signed_in_a_header_or_a_parameter_unless_they_need_not_be(shop):
    asked = {"sku": "S1"}
    assert shop.fetch("fetch_stock", asked, secret="guess").status_code == 401
    assert shop.fetch("fetch_stock", asked, secret=None).status_code == 401
    signed = "shop=x.myshopify.com&sku=S1&timestamp=1337178173"
    digits = base64.b64decode(sign("hush", signed.encode())).hex()
    pairs = {"hmac": digits, "timestamp": "1337178173", "sku": "S1", "shop": "x.myshopify.com"}
    assert shop.fetch("fetch_stock", pairs, secret=None).status_code == 200
    assert shop.fetch("fetch_stock", pairs | {"sku": "S2"}, secret=None).status_code == 401
    shop.put(kind="shopify", unsigned_reads=True)
    assert shop.fetch("fetch_stock", asked, secret=None).status_code == 200
    assert shop.fetch("fetch_stock", asked, secret="guess").status_code == 401
