import socket
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from threading import Event, Thread

import pytest
import time_machine
from prometheus_client import REGISTRY
from standardwebhooks import Webhook as Reference

from fulfillment.platform import clock
from fulfillment.platform.webhooks.parcels import AT_ONCE, MARGIN
from fulfillment.platform.webhooks.postman import Postman
from fulfillment.platform.webhooks.trying import WEBHOOKS
from tests.conftest import settings_for
from tests.platform.webhooks.conftest import says

WORK = """
import sys
from fulfillment import worker
from fulfillment.app import create_app
from tests.conftest import settings_for

open_house = {"webhook_private_targets": "on", "webhook_plain_http": "on"}
worker.run(create_app(settings_for(sys.argv[1], log_level="INFO", **open_house)))
"""


def hangs(handler):
    time.sleep(30)


def drips(handler):
    for _ in range(300):
        handler.wfile.write(b"H")
        time.sleep(0.1)


def resets(handler):
    linger = b"\x01\0\0\0\0\0\0\0"
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.connection.close()


def garbage(handler):
    handler.wfile.write(b"\0\1\2\3\r\n\r\n")


def huge(handler):
    handler.wfile.write(b"HTTP/1.0 500 No\r\n\r\n" + b"x" * 3_000_000)


def silent(handler):
    handler.close_connection = True


def fails_at_first(times, how):
    """Return an answer that misbehaves so many times per message, and takes it then."""
    seen = {}

    def answer(handler):
        name = handler.headers["webhook-id"]
        seen[name] = seen.get(name, 0) + 1
        (how if seen[name] <= times else says(200))(handler)

    return answer


def test_news_reaches_its_receiver_signed(post, receiver):
    shop = receiver()
    post.put(url=shop.url)
    post.tell(1)
    post.go()
    (message,) = shop.messages
    told = Reference(post.secrets["shop"]).verify(message.body, message.headers)
    (delivery,) = post.deliveries()
    assert (told["type"], told["data"]) == ("order.placed", {"n": 1})
    assert message.id == str(delivery.event_id)
    assert message.headers["content-type"] == "application/json"
    assert (delivery.status, delivery.attempts, delivery.answer) == ("delivered", 1, 204)
    assert (post.webhook().failures, post.webhook().problem) == (0, None)


@pytest.mark.parametrize(
    "how",
    [says(500), says(301, Location="/x"), hangs, drips, resets, huge, silent],
)
@pytest.mark.engine("sqlite")
def test_a_receiver_that_fails_gets_every_message_in_order_and_under_one_id(
    post, receiver, no_pauses, how
):
    check_order(post, receiver, how)


def test_no_text_of_a_receiver_is_too_odd_to_be_written_down(post, receiver, no_pauses):
    check_order(post, receiver, garbage)


def check_order(post, receiver, how):
    post.postman.seconds = 0.3
    shop = receiver(fails_at_first(2, how))
    post.put(url=shop.url)
    post.tell(1, 2, 3)
    post.go(lambda: post.statuses() == ["delivered"] * 3)
    assert [message.n for message in shop.messages] == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert len({message.id for message in shop.messages}) == 3
    assert len({message.body for message in shop.messages}) == 3


def test_who_hangs_delays_nobody_else(post, receiver):
    post.postman.seconds, let_go = 60, Event()

    def drips_until_told(handler):
        while not let_go.wait(0.1):
            handler.wfile.write(b"H")

    for n in range(4):
        hung = receiver(drips_until_told if n % 2 else lambda _: let_go.wait(60))
        post.put(f"hung-{n}", url=hung.url)
    good = receiver()
    post.put("good", url=good.url)
    for subject in range(20):
        post.tell(subject, subject=f"o-{subject}")
    deadline = time.monotonic() + 30
    while len(good.messages) < 20:
        post.postman.round()
        assert time.monotonic() < deadline, "somebody was waited for"
        time.sleep(0.01)
    # Each keeps its own places and no more.
    under_way = [parcel.receiver for parcel in post.postman.under_way.values()]
    assert {under_way.count(f"hung-{n}") for n in range(4)} == {AT_ONCE}
    assert post.statuses("hung-0") == ["pending"] * 20
    let_go.set()


def test_news_of_one_subject_goes_in_order_and_other_subjects_go_on(post, receiver):
    def answer(handler):
        message = shop.messages[-1]
        says(500 if message.content["data"]["n"] == 1 else 200)(handler)

    shop = receiver(answer)
    post.put(url=shop.url)
    post.tell(1, 2, subject="stuck")
    post.tell(3, 4, 5, subject="free")
    post.go(lambda: post.statuses().count("delivered") == 3)
    assert [message.n for message in shop.messages if message.n > 2] == [3, 4, 5]
    assert 2 not in [message.n for message in shop.messages]
    assert post.statuses() == ["pending", "pending", "delivered", "delivered", "delivered"]
    stuck, behind = post.deliveries(subject="stuck")
    assert stuck.next_at > clock.now()
    assert behind.next_at is None


def test_a_receiver_that_wants_no_more_is_switched_off_and_loses_nothing(post, receiver):
    shop = receiver(fails_at_first(1, says(410)))
    made = post.put(url=shop.url)
    post.tell(1)
    post.go()
    webhook = post.webhook()
    assert (webhook.active, webhook.problem) == (False, "status 410")
    assert webhook.version == made["version"] + 1
    assert post.statuses() == ["pending"]
    with time_machine.travel(clock.now() + timedelta(days=4)):
        post.go()
        assert len(shop.messages) == 1
        post.put(url=shop.url, active=True)
        post.go(lambda: post.statuses() == ["delivered"])
    assert [message.n for message in shop.messages] == [1, 1]


def test_what_happens_while_a_webhook_is_off_is_not_queued(post, receiver):
    shop = receiver()
    post.put(url=shop.url, active=False)
    post.tell(1)
    post.go()
    post.put(url=shop.url)
    post.tell(2)
    post.go()
    assert [message.n for message in shop.messages] == [2]


@pytest.fixture
def start_worker(database_url):
    """Start a worker as a process of its own."""
    started = []

    def start():
        command = [sys.executable, "-c", WORK, database_url]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        started.append(process)
        assert any("worker started" in line for line in iter(process.stderr.readline, ""))
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stderr.close()


def arrives(shop):
    deadline = time.monotonic() + 20
    while not shop.messages:
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)


def slow(handler):
    time.sleep(1)
    says(200)(handler)


def test_what_a_worker_was_killed_with_is_sent_again_under_its_id(post, receiver, start_worker):
    shop = receiver(slow)
    post.put(url=shop.url)
    worker = start_worker()
    post.tell(1)
    arrives(shop)
    worker.kill()
    worker.wait()
    post.go()
    assert len(shop.messages) == 1
    lease = timedelta(seconds=settings_for("").webhook_seconds) + MARGIN
    with time_machine.travel(clock.now() + lease):
        post.go(lambda: post.statuses() == ["delivered"])
    first, second = shop.messages
    assert first.id == second.id
    assert first.body == second.body


def test_two_postmen_at_once_deliver_each_piece_once_and_in_order(post, receiver):
    shop = receiver()
    post.put(url=shop.url)
    for n in range(10):
        for subject in range(6):
            post.tell(n, subject=f"o-{subject}")
    stop = Event()
    postmen = [Thread(target=Postman(post.app, WEBHOOKS).run, args=(stop,)) for _ in range(2)]
    for postman in postmen:
        postman.start()
    deadline = time.monotonic() + 30
    while post.statuses() != ["delivered"] * 60 and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
    for postman in postmen:
        postman.join()
    assert len(shop.messages) == len({message.id for message in shop.messages}) == 60
    by_id = {str(d.event_id): d.subject for d in post.deliveries()}
    for subject in range(6):
        told = [m.n for m in shop.messages if by_id[m.id] == f"o-{subject}"]
        assert told == list(range(10))


def test_a_worker_that_is_stopped_finishes_what_it_began(post, receiver, start_worker):
    shop = receiver(slow)
    post.put(url=shop.url)
    worker = start_worker()
    post.tell(1)
    arrives(shop)
    worker.terminate()
    told = worker.communicate()[1]
    assert worker.returncode == 0
    assert post.statuses() == ["delivered"]
    assert "whsec_" not in told
    assert "token=x" not in told


def test_a_postman_whose_database_fails_waits_and_goes_on(post):
    def fail():
        raise OSError("no database")

    post.postman.desk = replace(WEBHOOKS, ready=fail)
    assert post.postman.round() is None
    post.postman.desk = WEBHOOKS
    assert post.postman.round() is False


def sample(name, **labels):
    return REGISTRY.get_sample_value(f"fulfillment_webhook_{name}", labels) or 0


@pytest.mark.engine("sqlite")
def test_what_becomes_of_deliveries_is_counted(post, receiver):
    shop = receiver(fails_at_first(1, says(500)))
    post.put("counted", url=shop.url)
    post.tell(1)
    post.go()
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        post.go()
    assert sample("tries_total", webhook="counted", outcome="failed") == 1
    assert sample("tries_total", webhook="counted", outcome="delivered") == 1


@pytest.mark.engine("sqlite")
def test_the_logs_tell_of_failures_without_secrets_and_addresses(post, receiver, capsys):
    shop = receiver(says(500))
    post.put(url=shop.url)
    post.tell(1)
    post.go()
    told = capsys.readouterr().err
    assert "webhook failed" in told
    assert "status 500" in told
    assert "token=x" not in told
    assert post.secrets["shop"] not in told
