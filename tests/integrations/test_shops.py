"""Shops as rows: what they are, what nobody may see of them, and how they end."""

from fulfillment.app import create_app
from fulfillment.platform.db import db
from tests.conftest import settings_for
from tests.world import admin_headers


def test_secrets_and_tokens_are_never_shown_and_stay_where_they_are_not_given(house):
    made = house.put(secrets=["hush"], token="ck_1:cs_1")
    assert made.status_code == 201
    for answer in (made, house.put(channel="woo")):
        told = answer.get_data(as_text=True)
        assert "hush" not in told
        assert "ck_1" not in told
    shown = house.world.get("integrations/shop")
    assert (shown["channel"], shown["version"]) == ("woo", 2)
    assert "secrets" not in shown
    assert house.woo({"id": 1}, "product.updated").status_code == 200


def test_a_new_shop_needs_a_secret_and_known_facilities(house):
    answer = house.put(expected=(422,)).get_json()
    assert set(answer["errors"]) == {"secrets"}
    answer = house.put(secrets=["a"], locations={"1": ["W1", "W9"]}, expected=(422,)).get_json()
    assert answer["errors"] == {"locations.1": ["Unknown facilities: W9."]}
    assert set(house.put(kind="etsy", expected=(422,)).get_json()["errors"]) == {"kind"}


def test_a_shop_stays_of_its_kind(house):
    house.put(secrets=["hush"])
    house.put(kind="shopify", expected=(409,))


def test_a_stale_if_match_is_refused(house):
    made = house.put(secrets=["hush"])
    house.put(channel="other")
    headers = {**house.world.headers, "If-Match": made.headers["ETag"]}
    url = "/v1/integrations/shop"
    body = {"kind": "woocommerce", "url": "http://127.0.0.1:9"}
    assert house.client.put(url, json=body, headers=headers).status_code == 412
    assert house.client.delete(url, headers=headers).status_code == 412


def test_the_end_of_a_shop_is_the_end_of_its_messages_and_not_of_its_orders(house):
    house.put(secrets=["hush"])
    house.world.order("shop-1", {"S1": 1})
    house.woo({"id": 1}, "order.deleted")
    assert house.world.delete("integrations/shop").status_code == 204
    assert house.messages() == []
    assert house.order("shop-1")["status"] == "allocated"
    assert house.woo({"id": 1}, "order.deleted").status_code == 401


def test_only_administrators_see_shops(house, auth):
    for role in ("storefront", "planner", "warehouse", "viewer", "carrier"):
        answer = house.client.get("/v1/integrations", headers=auth(role))
        assert answer.status_code == 403


def test_messages_are_listed_by_status_direction_and_order(house):
    house.put(secrets=["hush"])
    house.woo({"id": 1}, "order.deleted")
    house.woo({"id": 2}, "order.deleted")
    path = "integrations/shop/messages"
    assert [m["subject"] for m in house.world.get(path)["items"]] == ["1", "2"]
    assert [m["topic"] for m in house.world.get(f"{path}?subject=2")["items"]] == ["order.deleted"]
    assert house.world.get(f"{path}?direction=out")["items"] == []
    assert len(house.world.get(f"{path}?status=pending&direction=in")["items"]) == 2


def test_a_shop_must_be_a_public_place_unless_the_settings_say_otherwise(database_url):

    app = create_app(settings_for(database_url))
    with app.app_context():
        body = {"kind": "woocommerce", "url": "https://127.0.0.1", "secrets": ["a"]}
        url = "/v1/integrations/shop"
        answer = app.test_client().put(url, json=body, headers=admin_headers())
        db.session.remove()
        db.engine.dispose()
    assert answer.status_code == 422
    assert "not public" in answer.get_json()["errors"]["url"][0]
