import socket
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from fulfillment.platform import clock
from fulfillment.platform.db import db
from fulfillment.platform.webhooks import spreading
from tests.conftest import settings_for

ANYWHERE = "http://127.0.0.1:9/x"


def test_a_webhook_shows_its_secret_once_and_never_again(post):
    made = post.put(url=ANYWHERE)
    secret = made["secret"]
    assert secret.startswith("whsec_")
    assert post.put(url=ANYWHERE, active=False)["secret"] is None
    listed = post.world.client.get("/v1/webhooks", headers=post.world.headers)
    shown = post.world.client.get("/v1/webhooks/shop", headers=post.world.headers)
    for answer in (listed, shown):
        assert answer.status_code == 200
        assert "whsec_" not in answer.text
        assert "secret" not in answer.get_json()
    assert shown.headers["ETag"] == '"2"'


def test_a_webhook_takes_its_defaults_and_is_listed(post):
    made = post.put("b", url=ANYWHERE)
    post.put("a", url=ANYWHERE, events=["order.*"], description="the shop")
    assert (made["events"], made["active"], made["description"]) == (["*"], True, None)
    assert (made["failures"], made["waiting_since"], made["version"]) == (0, None, 1)
    items = post.world.get("webhooks")["items"]
    assert [(item["code"], item["events"]) for item in items] == [("a", ["order.*"]), ("b", ["*"])]


def test_the_same_webhook_once_more_changes_nothing(post):
    made = post.put(url=ANYWHERE, expected=(201,))
    again = post.put(url=ANYWHERE, expected=(200,))
    assert again == {**made, "secret": None}


def test_another_url_is_another_version_and_keeps_the_secret(post):
    post.put(url=ANYWHERE)
    changed = post.put(url=f"{ANYWHERE}?y", expected=(200,))
    assert (changed["url"], changed["version"], changed["secret"]) == (f"{ANYWHERE}?y", 2, None)
    assert post.webhook().secret == post.secrets["shop"]


def test_a_rotated_secret_is_shown_once_and_signs_beside_the_former_for_a_day(post):
    first = post.put(url=ANYWHERE)["secret"]
    answer = post.world.post("webhooks/shop/rotate")
    made = answer.get_json()
    assert answer.status_code == 200
    assert made["secret"].startswith("whsec_")
    assert made["secret"] != first
    left = datetime.fromisoformat(made["former_until"]) - clock.now()
    assert timedelta(hours=23) < left <= timedelta(days=1)
    assert post.webhook().former_secret == first


def test_a_webhook_that_is_deleted_takes_its_deliveries_along(post):
    post.put(url=ANYWHERE)
    post.tell(1)
    spreading.spread()
    assert post.world.delete("webhooks/shop").status_code == 204
    assert post.world.delete("webhooks/shop").status_code == 404
    assert post.deliveries() == []


def test_a_webhook_is_written_only_as_it_was_read(post):
    post.put(url=ANYWHERE)
    headers = {**post.world.headers, "If-Match": '"9"'}
    path, body = "/v1/webhooks/shop", {"url": ANYWHERE}
    assert post.world.client.put(path, json=body, headers=headers).status_code == 412
    assert post.world.client.delete(path, headers=headers).status_code == 412
    headers["If-Match"] = '"1"'
    assert post.world.client.put(path, json=body, headers=headers).status_code == 200


def test_deliveries_are_listed_by_status_in_pages_and_as_csv(post):
    post.put(url=ANYWHERE)
    post.tell(1, 2, 3)
    spreading.spread()
    first = post.world.get("webhooks/shop/deliveries?limit=2")
    rest = post.world.get(f"webhooks/shop/deliveries?limit=2&cursor={first['next_cursor']}")
    ids = [item["id"] for page in (first, rest) for item in page["items"]]
    assert ids == [str(delivery.event_id) for delivery in post.deliveries()]
    assert rest["next_cursor"] is None
    assert {item["status"] for item in first["items"]} == {"pending"}
    assert post.world.get("webhooks/shop/deliveries?status=parked")["items"] == []
    headers = {**post.world.headers, "Accept": "text/csv"}
    table = post.world.client.get("/v1/webhooks/shop/deliveries", headers=headers).text
    assert table.splitlines()[0].startswith("id,type,subject,status,attempts")
    assert len(table.splitlines()) == 4
    assert post.world.get("webhooks/shop")["waiting_since"] is not None


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize("role", ["planner", "viewer", "warehouse", "storefront", "carrier"])
def test_webhooks_are_for_admins(post, auth, role):
    post.put(url=ANYWHERE)
    headers = auth(role)
    for method, path in (
        ("GET", ""),
        ("GET", "/shop"),
        ("PUT", "/shop"),
        ("DELETE", "/shop"),
        ("GET", "/shop/deliveries"),
        ("POST", "/shop/rotate"),
        ("POST", "/shop/replay"),
        ("POST", "/shop/test"),
    ):
        body = {"url": ANYWHERE} if method == "PUT" else {"ids": []}
        answer = post.world.client.open(
            f"/v1/webhooks{path}", method=method, json=body, headers=headers
        )
        assert answer.status_code == 403, (method, path)


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize(
    "path", ["webhooks/none", "webhooks/none/deliveries", "webhooks/none/rotate"]
)
def test_a_webhook_that_is_not_there_is_told(post, path):
    send = post.world.client.post if path.endswith("rotate") else post.world.client.get
    assert send(f"/v1/{path}", headers=post.world.headers).status_code == 404


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "ftp://127.0.0.1/"}, "url"),
        ({"url": "http://nowhere.invalid/"}, "url"),
        ({"url": "http://user:word@127.0.0.1/"}, "url"),
        ({"url": None}, "url"),
        ({"events": []}, "events"),
        ({"events": ["order.*", "order.*"]}, "events"),
        ({"events": ["order"]}, "events.0"),
        ({"events": ["*.placed"]}, "events.0"),
        ({"events": ["order.%"]}, "events.0"),
        ({"secret": "whsec_AAAA"}, "secret"),
        ({"active": "yes"}, "active"),
    ],
)
def test_what_is_wrong_is_refused_with_its_field(post, change, field):
    body = {"url": ANYWHERE, **change}
    answer = post.world.client.put("/v1/webhooks/shop", json=body, headers=post.world.headers)
    assert answer.status_code == 422
    assert field in answer.get_json()["errors"]


@pytest.mark.engine("sqlite")
def test_a_code_that_is_none_is_refused(post):
    answer = post.world.client.put(
        "/v1/webhooks/a b", json={"url": ANYWHERE}, headers=post.world.headers
    )
    assert "code" in answer.get_json()["errors"]


class TestByDefault:
    """The settings as they are shipped."""

    pytestmark = pytest.mark.engine("sqlite")

    @pytest.fixture
    def settings(self, database_url):
        return settings_for(database_url)

    @pytest.mark.parametrize(
        "url",
        [
            "http://1.1.1.1/",
            "https://127.0.0.1/",
            "https://localhost/",
            "https://[::1]/",
            "https://10.1.2.3/",
            "https://169.254.169.254/latest/meta-data",
            "https://[::ffff:10.0.0.1]/",
            "https://2130706433/",
        ],
    )
    def test_private_addresses_and_plain_http_are_refused(self, post, url):
        post.put(url=url, expected=(422,))

    def test_a_public_address_is_taken_and_looked_up_again_before_each_try(self, post, monkeypatch):
        post.put(url="https://1.1.1.1/hook")
        post.tell(1)
        rebound = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rebound)
        post.go()
        (delivery,) = post.deliveries()
        assert (delivery.status, delivery.answer) == ("pending", None)
        assert "127.0.0.1, which is not public" in delivery.problem


def test_the_secret_is_in_no_other_table(post):
    post.put(url=ANYWHERE)
    post.tell(1)
    spreading.spread()
    rows = [
        str(tuple(row))
        for table in ("events", "webhook_deliveries", "idempotency_keys")
        for row in db.session.execute(text(f"SELECT * FROM {table}"))
    ]
    assert rows
    assert not [row for row in rows if "whsec_" in row]
