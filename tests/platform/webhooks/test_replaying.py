from datetime import timedelta
from uuid import uuid4

import pytest

from fulfillment.platform import clock
from fulfillment.platform.db import transaction
from fulfillment.platform.webhooks import lines, replaying
from fulfillment.platform.webhooks.models import PARKED
from tests.platform.webhooks.conftest import says

ANYWHERE = "http://127.0.0.1:9/x"


def replay(post, **body):
    return post.world.post("webhooks/shop/replay", body)


def day():
    since, until = (clock.now() + timedelta(days=n) for n in (-1, 1))
    return {"from": since.isoformat(), "to": until.isoformat()}


def park(post):
    with transaction() as session:
        for delivery in post.deliveries(status="pending"):
            row = session.merge(delivery)
            row.status, row.finished_at, row.next_at = PARKED, clock.now(), None


def test_news_is_delivered_again_by_its_id_and_under_it(post, receiver):
    shop = receiver()
    post.put(url=shop.url)
    post.tell(1, 2)
    post.go()
    chosen = str(post.deliveries()[0].event_id)
    assert replay(post, ids=[chosen]).get_json() == {"queued": 1}
    post.go()
    assert [message.n for message in shop.messages] == [1, 2, 1]
    assert shop.messages[0].id == shop.messages[2].id == chosen
    assert post.statuses() == ["delivered", "delivered"]


def test_all_that_was_parked_in_a_time_goes_again_in_order(post, receiver):
    shop = receiver()
    post.put(url=ANYWHERE)
    post.tell(1, 2, 3)
    post.tell(4, subject="o-2")
    post.postman.round()
    post.postman.finish()
    park(post)
    post.put(url=shop.url)
    post.postman = type(post.postman)(post.app, post.postman.desk)
    assert replay(post, **day(), status="parked").get_json() == {"queued": 4}
    post.go(lambda: post.statuses() == ["delivered"] * 4)
    assert [message.n for message in shop.messages if message.n < 4] == [1, 2, 3]
    assert replay(post, **day(), status="parked").get_json() == {"queued": 0}


def test_a_new_webhook_can_catch_up_with_what_was_before_it(post, receiver):
    post.tell(1, 2)
    post.tell(3, kind="job.failed")
    post.go()
    shop = receiver()
    post.put(url=shop.url, events=["order.*"])
    assert replay(post, **day()).get_json() == {"queued": 2}
    post.go()
    assert [message.n for message in shop.messages] == [1, 2]


def test_only_news_of_the_time_goes_again(post, receiver):
    shop = receiver()
    post.put(url=shop.url)
    post.tell(1)
    middle = clock.now()
    post.tell(2)
    post.go()
    assert replay(post, **day() | {"to": middle.isoformat()}).get_json() == {"queued": 1}
    post.go()
    assert [message.n for message in shop.messages] == [1, 2, 1]


def test_older_news_that_is_replayed_goes_before_what_waits(post, receiver):
    shop = receiver()
    post.put(url=shop.url)
    post.tell(1)
    post.go()
    shop.answer = says(500)
    post.tell(2)
    post.go()
    assert replay(post, ids=[str(post.deliveries()[0].event_id)]).get_json() == {"queued": 1}
    first, second = post.deliveries()
    assert (first.attempts, first.finished_at) == (0, None)
    assert first.next_at <= clock.now()
    assert second.next_at is None
    assert post.world.has_no_audit_findings()


def test_what_is_pending_stays_as_it_is(post, receiver):
    shop = receiver(says(500))
    post.put(url=shop.url)
    post.tell(1)
    post.go()
    (before,) = post.deliveries()
    assert replay(post, **day()).get_json() == {"queued": 0}
    (after,) = post.deliveries()
    assert (after.attempts, after.next_at) == (before.attempts, before.next_at)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "from"),
        ({"from": "2026-01-01T00:00:00Z"}, "from"),
        ({"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "to"),
        ({"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z", "status": "x"}, "status"),
        ({"ids": [str(uuid4())], "from": "2026-01-01T00:00:00Z"}, "ids"),
        ({"ids": [str(uuid4())]}, "ids.0"),
    ],
)
@pytest.mark.engine("sqlite")
def test_a_wish_that_is_none_is_refused_with_its_field(post, body, field):
    post.put(url=ANYWHERE)
    answer = replay(post, **body)
    assert answer.status_code == 422
    assert field in answer.get_json()["errors"]


@pytest.mark.engine("sqlite")
def test_too_much_at_once_is_refused_whole(post, monkeypatch):
    monkeypatch.setattr(replaying, "MOST", 2)
    post.put(url=ANYWHERE, active=False)
    post.tell(1, 2, 3)
    assert "to" in replay(post, **day()).get_json()["errors"]
    assert post.deliveries() == []


def test_a_test_goes_to_its_webhook_alone(post, receiver):
    shop, other = receiver(), receiver()
    post.put(url=shop.url, events=["job.failed"])
    post.put("other", url=other.url)
    answer = post.world.post("webhooks/shop/test")
    assert answer.status_code == 202
    post.go()
    (message,) = shop.messages
    assert message.content["type"] == "webhook.test"
    assert message.id == answer.get_json()["id"]
    assert other.messages == []
    assert post.world.post("webhooks/other/replay", day()).get_json() == {"queued": 0}


@pytest.mark.engine("sqlite")
def test_a_webhook_that_is_off_cannot_be_tested(post):
    post.put(url=ANYWHERE, active=False)
    answer = post.world.post("webhooks/shop/test")
    assert (answer.status_code, answer.get_json()["present"]) == (409, "inactive")


def test_an_id_is_found_by_its_time(post):
    before = clock.now()
    post.put(url=ANYWHERE)
    post.tell(1)
    post.postman.round()
    (delivery,) = post.deliveries()
    assert lines.first_id(before - timedelta(milliseconds=1)) < delivery.event_id
    assert delivery.event_id < lines.first_id(clock.now() + timedelta(milliseconds=1))
