from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select, text

from fulfillment.platform import clock, outbox
from fulfillment.platform.db import db, transaction
from fulfillment.platform.outbox import Event
from fulfillment.platform.webhooks import spreading

ANYWHERE = "http://127.0.0.1:9/x"


def untold():
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Event.untold_since.is_not(None)))


@pytest.mark.parametrize(
    ("patterns", "kinds"),
    [
        (["*"], {"order.placed", "order.moved", "purchase_order.sent", "job.failed"}),
        (["order.*"], {"order.placed", "order.moved"}),
        (["order.placed"], {"order.placed"}),
        (["purchase_order.*", "job.failed"], {"purchase_order.sent", "job.failed"}),
        (["purchase__rder.*"], set()),
        (["orders.*", "order.place"], set()),
    ],
)
def test_a_webhook_is_given_the_news_that_it_wants(post, patterns, kinds):
    post.put(url=ANYWHERE, events=patterns)
    for kind in ("order.placed", "order.moved", "purchase_order.sent", "job.failed"):
        post.tell(1, kind=kind)
    spreading.spread()
    assert {delivery.kind for delivery in post.deliveries()} == kinds
    assert untold() == 0


def test_news_goes_to_each_webhook_once_however_often_it_is_spread(post):
    for code in ("a", "b"):
        post.put(code, url=ANYWHERE)
    post.tell(1, 2)
    assert (spreading.spread(), spreading.spread()) == (2, 0)
    with transaction() as session:
        session.execute(text("UPDATE events SET untold_since = occurred_at"))
    assert spreading.spread() == 2
    assert [len(post.deliveries(code)) for code in ("a", "b")] == [2, 2]


def test_news_is_spread_in_bits_and_each_subject_has_one_head(post, monkeypatch):
    monkeypatch.setattr(spreading, "AT_ONCE", 4)
    post.put(url=ANYWHERE)
    for n in range(5):
        post.tell(n, subject="a")
        post.tell(n, subject="b")
    assert [spreading.spread() for _ in range(4)] == [4, 4, 2, 0]
    heads = [d for d in post.deliveries() if d.next_at]
    assert [(d.subject, d.status) for d in heads] == [("a", "pending"), ("b", "pending")]
    assert [d.event_id for d in heads] == [d.event_id for d in post.deliveries()[:2]]


def test_news_without_webhooks_waits_for_nobody(post):
    post.tell(1)
    assert (spreading.spread(), untold()) == (1, 0)


def test_news_that_was_rolled_back_is_never_told(post):
    post.put(url=ANYWHERE)

    def fail():
        with transaction():
            outbox.publish("order.placed", "o-1", n=1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert spreading.spread() == 0


def test_workers_that_spread_at_once_give_each_piece_once(app, post):
    post.put(url=ANYWHERE)
    post.tell(*range(50))
    barrier, spread = Barrier(3), []

    def work():
        with app.app_context():
            barrier.wait()
            spread.append(spreading.spread())

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(spread) == 50
    assert len(post.deliveries()) == 50
    assert len([d for d in post.deliveries() if d.next_at]) == 1


def test_old_news_that_nobody_was_told_is_not_forgotten(post):
    post.tell(1, 2)
    tomorrow = clock.now() + timedelta(days=1)
    with transaction():
        assert outbox.forget_before(tomorrow, 10) == 0
    spreading.spread()
    with transaction():
        assert outbox.forget_before(tomorrow, 10) == 2
