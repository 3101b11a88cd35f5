from datetime import timedelta

import time_machine

from fulfillment import scheduler
from fulfillment.platform import clock
from fulfillment.platform.db import transaction
from fulfillment.platform.webhooks import retention, spreading
from fulfillment.platform.webhooks.patience import GIVEN_UP
from fulfillment.platform.webhooks.sending import Answer
from fulfillment.platform.webhooks.trying import claim, settle

ANYWHERE = "http://127.0.0.1:9/x"
DAY = timedelta(days=1)


def prepare(post):
    """Have one delivery taken, one parked, one pending and one behind it."""
    post.put(url=ANYWHERE)
    post.tell(1, subject="taken")
    post.tell(2, subject="parked")
    spreading.spread()
    taken, parked = claim("shop", 2, 10.0)
    settle("shop", [(taken, Answer(200, None))])
    with time_machine.travel(clock.now() + GIVEN_UP):
        settle("shop", [(parked, Answer(500, "status 500"))])
    post.tell(3, 4, subject="pending")
    spreading.spread()
    assert post.statuses() == ["delivered", "parked", "pending", "pending"]


def forget(delivered, others, most=10):
    now = clock.now()
    with transaction():
        return retention.forget_before(now - delivered, now - others, most)


def test_each_status_is_kept_for_its_own_time(post):
    prepare(post)
    assert forget(DAY, DAY) == 0
    assert forget(-DAY, DAY) == 1
    assert post.statuses() == ["parked", "pending", "pending"]
    assert forget(-DAY, -5 * DAY) == 3
    assert post.deliveries() == []


def test_what_waited_behind_forgotten_news_goes_on(post):
    prepare(post)
    assert forget(-DAY, -5 * DAY, most=1) == 3
    (last,) = post.deliveries()
    assert last.next_at is not None
    assert post.world.has_no_audit_findings()


def test_the_purge_keeps_taken_deliveries_for_the_days_of_the_setting(post):
    prepare(post)
    with time_machine.travel(clock.now() + 29 * DAY):
        assert scheduler.purge(48).endswith("0 webhook deliveries")
    with time_machine.travel(clock.now() + 31 * DAY):
        assert scheduler.purge(48).endswith("1 webhook deliveries")
    with time_machine.travel(clock.now() + 100 * DAY):
        assert scheduler.purge(48).endswith(
            "4 events, stock and prices of 0 plans, 3 webhook deliveries"
        )
