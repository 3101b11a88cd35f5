"""A shop's checkout: what is there, from where, held for a while, bought, and called off."""

import pytest

SEATTLE = {"postal_code": "98101"}
BASKET = [{"sku": "MUG", "quantity": 2}, {"sku": "TEAPOT", "quantity": 1}]


@pytest.fixture
def shop(network, user):
    """A shop whose goods lie in both facilities."""
    stock = [
        {"kind": "receipt", "sku": sku, "facility": facility, "quantity": 5}
        for sku in ("MUG", "TEAPOT")
        for facility in ("RENO", "COLUMBUS")
    ]
    user("warehouse").posts("/stock/movements", {"movements": stock}, 201)
    return user("storefront")


def test_from_the_product_page_to_the_order(shop, world):
    page = shop.posts("/availability", {"skus": ["MUG"], "destination": SEATTLE})["items"]
    assert page[0]["promisable"] == 10

    cart = {"destination": SEATTLE, "lines": BASKET}
    best, *others = shop.posts("/sourcing", cart)["options"]
    assert [shipment["facility"] for shipment in best["shipments"]] == ["RENO"]
    assert float(best["cost"]["total"]) < float(others[0]["cost"]["total"])
    assert best["deliver_by"] <= others[0]["deliver_by"]
    assert best["shipments"][0]["carrier"] == "PARCEL"

    hold = shop.posts("/reservations", {"cart_ref": "cart 7", **cart}, 201)
    assert hold["cost"] == best["cost"]
    assert shop.posts("/availability", {"skus": ["MUG"]})["items"][0]["promisable"] == 8
    longer = shop.posts(f"/reservations/{hold['id']}/extend", {"ttl_seconds": 3600})
    assert longer["expires_at"] > hold["expires_at"]

    order = shop.posts("/orders", {"order_ref": "A-7", "reservation_id": hold["id"]}, 201)
    assert order["status"] == "allocated"
    assert order["cost"]["total"] == best["cost"]["total"]
    assert order["promised_by"] == best["deliver_by"]
    [found] = shop.reads("/orders?order_ref=A-7")["items"]
    assert found["id"] == order["id"]


def test_a_customer_who_leaves_lets_the_next_one_buy(shop, world):
    all_there_is = [{"sku": "MUG", "quantity": 10}]
    cart = {"destination": SEATTLE, "lines": all_there_is}
    hold = shop.posts("/reservations", {"cart_ref": "undecided", **cart}, 201)
    refused = shop.posts("/reservations", {"cart_ref": "eager", **cart}, 409)
    assert refused["shortages"] == [{"sku": "MUG", "asked": 10, "promisable": 0}]
    shop.deletes(f"/reservations/{hold['id']}")
    shop.posts("/reservations", {"cart_ref": "eager", **cart}, 201)


def test_a_customer_changes_their_mind_first_in_part_and_then_as_a_whole(shop, world):
    body = {"order_ref": "A-8", "destination": SEATTLE, "lines": BASKET}
    order = shop.posts("/orders", body, 201)
    cancel = f"/orders/{order['id']}/cancel"
    left = shop.posts(cancel, {"lines": [{"sku": "TEAPOT"}]})
    assert [(line["allocated"], line["cancelled"]) for line in left["lines"]] == [(2, 0), (0, 1)]
    assert shop.posts(cancel)["status"] == "cancelled"
    items = shop.posts("/availability", {"skus": ["MUG", "TEAPOT"]})["items"]
    assert [row["promisable"] for row in items] == [10, 10]


def test_a_shop_may_look_at_stock_and_not_touch_it(shop, world):
    assert shop.reads("/stock?sku=MUG")["items"][0]["on_hand"] == 5
    shop.posts("/stock/movements", {"movements": []}, 403)
    shop.posts("/plans", {"kind": "allocation"}, 403)
    shop.reads("/audit", 403)
