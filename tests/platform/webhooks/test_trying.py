from datetime import timedelta

import pytest
import time_machine

from fulfillment.platform import clock
from fulfillment.platform.webhooks import patience, spreading, trying
from fulfillment.platform.webhooks.parcels import AT_ONCE
from fulfillment.platform.webhooks.patience import GIVEN_UP, LONGEST_PAUSE, TROUBLE
from fulfillment.platform.webhooks.sending import Answer
from fulfillment.platform.webhooks.trying import claim

TAKEN, FAILED = Answer(200, None), Answer(500, "status 500")
ANYWHERE = "http://127.0.0.1:9/x"
SECOND = timedelta(seconds=1)


@pytest.fixture
def at(app):
    """`at(moment)` moves the clock there; it stands until it is moved again."""
    travels = []

    def move(moment):
        for travel in travels:
            travel.stop()
        travels[:] = [time_machine.travel(moment, tick=False)]
        travels[0].start()
        return moment

    yield move
    for travel in travels:
        travel.stop()


def take(most=9, code="shop"):
    return claim(code, most, 10.0)


def settle(parcel, answer):
    """Return the status that the answer brings a delivery to."""
    return trying.settle(parcel.receiver, [(parcel, answer)]).get(parcel.event_id)


def tell(post, *numbers, **more):
    post.tell(*numbers, **more)
    spreading.spread()


def test_what_nobody_takes_is_parked_after_three_days_of_tries(post, at):
    post.put(url=ANYWHERE)
    start = at(clock.now())
    tell(post, 1)
    tries = []
    while post.statuses() == ["pending"]:
        (delivery,) = post.deliveries()
        at(max(clock.now(), delivery.next_at))
        (parcel,) = take() or [None]
        if parcel is None:
            at(post.webhook().rest_until)
            continue
        tries.append(clock.now() - start)
        settle(parcel, FAILED)
    (delivery,) = post.deliveries()
    assert delivery.status == "parked"
    assert delivery.attempts == len(tries)
    assert (delivery.answer, delivery.problem) == (500, "status 500")
    assert GIVEN_UP <= delivery.finished_at - start <= GIVEN_UP + timedelta(minutes=2)
    assert GIVEN_UP - LONGEST_PAUSE * 1.3 <= tries[-1] <= GIVEN_UP + timedelta(minutes=2)
    assert tries[0] == timedelta(0)
    assert 60 <= len(tries) <= 120


def test_what_was_parked_does_not_hold_up_the_next_of_its_subject(post, at):
    post.put(url=ANYWHERE)
    at(clock.now())
    tell(post, 1)
    at(clock.now() + GIVEN_UP)
    tell(post, 2)
    assert settle(take()[0], FAILED) == "parked"
    (parcel,) = take()
    assert settle(parcel, TAKEN) == "delivered"
    assert post.statuses() == ["parked", "delivered"]


def test_a_failure_counts_and_a_success_begins_anew(post, at):
    post.put(url=ANYWHERE)
    at(clock.now())
    tell(post, 1, subject="a")
    tell(post, 2, subject="b")
    one, other = take()
    settle(one, FAILED)
    assert (post.webhook().failures, post.webhook().problem) == (1, "status 500")
    settle(other, TAKEN)
    webhook = post.webhook()
    assert (webhook.failures, webhook.rest_until) == (0, None)
    assert webhook.failed_at == webhook.delivered_at == clock.now()
    assert webhook.version == 1


def test_answers_that_come_together_are_written_down_in_their_order(post):
    post.put(url=ANYWHERE)
    for n in range(4):
        tell(post, n, subject=f"o-{n}")
    answers = [FAILED, TAKEN, FAILED, FAILED]
    trying.settle("shop", list(zip(take(), answers, strict=True)))
    assert post.statuses() == ["pending", "delivered", "pending", "pending"]
    assert post.webhook().failures == 2


def test_a_webhook_has_only_so_many_tries_at_once(post):
    post.put(url=ANYWHERE)
    for n in range(9):
        tell(post, n, subject=f"o-{n}")
    assert len(take(2)) == 2
    assert len(take()) == AT_ONCE - 2
    assert take() == []


def test_a_webhook_in_trouble_is_tried_one_by_one_and_rests_between(post, at):
    post.put(url=ANYWHERE)
    at(clock.now())
    for n in range(20):
        tell(post, n, subject=f"o-{n}")
    while post.webhook().failures < TROUBLE:
        for parcel in take():
            settle(parcel, FAILED)
    assert (take(), trying.ready()) == ([], [])
    rests = []
    for _ in range(9):
        rests.append(post.webhook().rest_until - clock.now())
        at(post.webhook().rest_until)
        assert trying.ready() == [("shop", True)]
        (parcel,) = take()
        assert take() == []
        settle(parcel, FAILED)
    # Up to three tries were under way when the fifth failed.
    assert rests[0] <= SECOND * 8 * 1.25
    assert patience.LONGEST_REST * 0.75 <= rests[-1] <= patience.LONGEST_REST * 1.25
    at(post.webhook().rest_until)
    settle(take()[0], TAKEN)
    assert len(take()) == AT_ONCE


def test_what_waits_for_a_dead_receiver_is_parked_untried(post, at):
    post.put(url=ANYWHERE)
    at(clock.now())
    for n in range(TROUBLE):
        tell(post, n, subject=f"o-{n}")
    for n in range(10):
        tell(post, n, subject="long line")
    while post.webhook().failures < TROUBLE:
        for parcel in take():
            settle(parcel, FAILED)
    at(clock.now() + GIVEN_UP)
    tell(post, 99)
    (fresh,) = take()
    assert fresh.subject == "o-1"
    assert post.statuses().count("parked") == TROUBLE + 10
    assert settle(fresh, TAKEN) == "delivered"


def test_a_late_success_of_a_worker_taken_for_dead_counts(post, at):
    post.put(url=ANYWHERE)
    at(clock.now())
    tell(post, 1)
    (late,) = take()
    at(late.lease_until + SECOND)
    (again,) = take()
    assert settle(late, TAKEN) == "delivered"
    assert settle(again, FAILED) == "delivered"
    assert take() == []


def test_a_late_failure_of_a_worker_taken_for_dead_changes_nothing(post, at):
    post.put(url=ANYWHERE)
    at(clock.now())
    tell(post, 1)
    (late,) = take()
    at(late.lease_until + SECOND)
    (again,) = take()
    assert settle(late, FAILED) == "pending"
    assert post.deliveries()[0].lease_until == again.lease_until
    assert settle(again, TAKEN) == "delivered"


def test_a_webhook_that_is_gone_meanwhile_is_no_error(post):
    post.put(url=ANYWHERE)
    tell(post, 1)
    (parcel,) = take()
    assert post.world.delete("webhooks/shop").status_code == 204
    assert settle(parcel, TAKEN) is None


def test_a_parcel_says_nothing_secret_of_itself(post):
    post.put(url=ANYWHERE + "?token=x")
    tell(post, 1)
    told = repr(take())
    assert "whsec_" not in told
    assert "token" not in told


def test_what_is_claimed_is_signed_by_both_secrets_for_a_day(post, at):
    start = at(clock.now())
    post.put(url=ANYWHERE)
    first = post.secrets["shop"]
    second = post.world.post("webhooks/shop/rotate").get_json()["secret"]
    tell(post, 1)
    tell(post, 2, subject="o-2")
    assert take(1)[0].secrets == (second, first)
    at(start + timedelta(days=1))
    assert {parcel.secrets for parcel in take()} == {(second,)}
