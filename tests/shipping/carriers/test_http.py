"""A carrier over HTTP, and the ways in which it may fail: nothing is lost, and nothing twice."""

import base64
import gzip
import socket
import subprocess
import sys
import time
from datetime import timedelta
from threading import Event, Thread

import pytest
import time_machine
from standardwebhooks import Webhook as Reference

from fulfillment.platform import clock
from fulfillment.platform.webhooks.patience import GIVEN_UP, TROUBLE
from fulfillment.platform.webhooks.postman import Postman
from fulfillment.shipping.carriers import asking
from tests.conftest import settings_for
from tests.platform.webhooks.conftest import says
from tests.platform.webhooks.test_postman import WORK
from tests.shipping.carriers.conftest import SECRET, Numbers, answers, fails_at_first

PDF = b"%PDF-1.4 a label"
SLOW = {"timeout_seconds": 0.4}


def hangs(handler):
    time.sleep(1.5)


def drips(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{")
    for _ in range(15):
        handler.wfile.write(b" ")
        time.sleep(0.1)


def resets(handler):
    linger = b"\x01\0\0\0\0\0\0\0"
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.connection.close()


def breaks_off(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
    handler.wfile.write(b'Content-Length: 99\r\n\r\n{"tracking_number": "X"}')


def huge(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
    handler.wfile.write(b"Content-Length: 52428800\r\n\r\n")
    for _ in range(50):
        handler.wfile.write(b" " * 1_048_576)


BOMB = gzip.compress(b" " * 10_000_000)
FAILURES = {
    "hangs": (hangs, "no answer within 0.4 seconds"),
    "drips": (drips, "no answer within 0.4 seconds"),
    "resets": (resets, "ConnectionResetError"),
    "breaks off": (breaks_off, "the answer breaks off"),
    "500": (says(500), "status 500"),
    "503": (says(503), "status 503"),
    "401": (says(401), "status 401"),
    "redirect": (says(302, Location="http://127.0.0.1/"), "redirects are not followed"),
    "empty": (says(204), "of no type"),
    "not JSON": (answers(b"<html>"), "not valid JSON"),
    "not UTF-8": (answers(b'{"tracking_number": "\xff"}'), "not valid UTF-8"),
    "a list": (answers([1]), "Invalid input type"),
    "no number": (answers({"id": 1}), "tracking_number: Missing data"),
    "an empty number": (answers({"tracking_number": ""}), "tracking_number: Length"),
    "a long number": (answers({"tracking_number": "9" * 65}), "tracking_number: Length"),
    "a number of spaces": (answers({"tracking_number": "   "}), "tracking_number: Must be"),
    "a number with a line": (answers({"tracking_number": "1\n2"}), "tracking_number: Must be"),
    "no text": (answers({"tracking_number": 17}), "tracking_number: Not a valid string"),
    "HTML": (answers({"tracking_number": "X"}, Content_Type="text/html"), "text/html"),
    "gzip": (answers(BOMB, Content_Encoding="gzip"), "compressed (gzip)"),
    "50 MB": (huge, "longer than"),
}


def test_a_handover_is_told_at_once_and_the_number_comes_when_the_carrier_answers(dock, receiver):
    carrier = receiver(Numbers(label=base64.b64encode(PDF).decode()))
    shown = dock.put(url=carrier.url, secret=SECRET)
    assert "secret" not in shown
    shipment_id = dock.packed({"S1": 2}, carrier="HTTPX", service="std")
    assert dock.requests() == []
    handed = dock.send(shipment_id, "handover").get_json()
    assert (handed["status"], handed["carrier_status"]) == ("handed_over", "pending")
    assert handed["tracking_number"] is None
    dock.go()
    assert dock.said(shipment_id) == ("confirmed", "N100")
    (message,), (request,) = carrier.messages, dock.requests()
    told = Reference(SECRET).verify(message.body, message.headers)
    assert told["type"] == "shipment.requested"
    assert told["data"]["shipment_id"] == str(shipment_id)
    assert told["data"]["packages"][0]["weight_g"] == 600
    assert message.headers["idempotency-key"] == str(request.id)
    label = dock.get(f"shipments/{shipment_id}/label.pdf")
    assert label.data == PDF


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize("name", FAILURES)
def test_a_carrier_that_fails_is_asked_again_under_the_same_key(dock, receiver, name, no_pauses):
    how, problem = FAILURES[name]
    books = Numbers()
    carrier = receiver(fails_at_first(1, how, books))
    dock.put(url=carrier.url, **(SLOW if how in (hangs, drips) else {}))
    first, second = dock.ship(), dock.ship()
    told, deadline = {}, time.monotonic() + 20
    while len(told) < 2:  # the one may be through before the other has failed
        assert time.monotonic() < deadline, told
        dock.postman.round()
        told |= {r.id: r.problem for r in dock.requests() if r.problem}
        time.sleep(0.01)
    assert all(problem in one for one in told.values()), told
    assert problem in dock.get("carriers/HTTPX").get_json()["problem"]
    dock.go(lambda: all(dock.said(one)[0] == "confirmed" for one in (first, second)))
    assert len(books.booked) == 2
    assert {dock.said(one)[1] for one in (first, second)} == {"N100", "N101"}
    assert len({m.body for m in carrier.messages}) == 2
    assert dock.get("carriers/HTTPX").get_json()["failures"] == 0


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize("status", [400, 413, 415, 422])
def test_a_refusal_is_told_and_not_tried_again(dock, receiver, status):
    carrier = receiver(answers({"detail": "No such\nstreet.", "x": 1}, status))
    dock.put(url=carrier.url)
    shipment_id = dock.ship()
    dock.go()
    dock.go()
    assert len(carrier.messages) == 1
    shipment = dock.shipment(shipment_id)
    assert shipment["carrier_status"] == "refused"
    assert shipment["carrier_problem"] == f"status {status}: No such street."
    assert dock.get("carriers/HTTPX").get_json()["failures"] == 0
    listed = dock.get("shipments?carrier_status=refused").get_json()["items"]
    assert [one["id"] for one in listed] == [str(shipment_id)]


@pytest.mark.parametrize("body", [b"", b"\xff\0nonsense", b"[1, 2]", b"{}", b"null"])
@pytest.mark.engine("sqlite")
def test_a_refusal_has_a_reason_whatever_its_body(dock, receiver, body):
    dock.put(url=receiver(answers(body, 422)).url)
    shipment_id = dock.ship()
    dock.go()
    shipment = dock.shipment(shipment_id)
    assert shipment["carrier_problem"].startswith("status 422: ")
    assert shipment["carrier_problem"].isprintable()


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://no-such-host.invalid/x", "has no address"),
        ("http://127.0.0.1:1/x", "ConnectionRefusedError"),
    ],
)
def test_a_carrier_that_is_not_there_is_waited_for(dock, url, problem):
    dock.put(url=url)
    shipment_id = dock.ship()
    dock.once()
    shipment = dock.shipment(shipment_id)
    assert (shipment["status"], shipment["carrier_status"]) == ("handed_over", "pending")
    assert problem in shipment["carrier_problem"]


@pytest.mark.engine("sqlite")
def test_plain_http_where_tls_is_meant_is_a_tls_error(dock, receiver):
    dock.put(url=receiver(Numbers()).url.replace("http:", "https:"))
    shipment_id = dock.ship()
    dock.once()
    assert "SSL" in dock.shipment(shipment_id)["carrier_problem"]


def test_an_answer_after_the_timeout_is_one_shipment(dock, receiver, no_pauses):
    books = Numbers()

    def late(handler):
        books.booked.setdefault(handler.headers["Idempotency-Key"], "N100")
        time.sleep(1)
        books(handler)

    carrier = receiver(fails_at_first(1, late, books))
    dock.put(url=carrier.url, **SLOW)
    shipment_id = dock.ship()
    dock.go(lambda: dock.said(shipment_id)[0] == "confirmed")
    assert dock.said(shipment_id)[1] == "N100"
    assert len(books.booked) == 1
    assert len(carrier.messages) == 2


def test_answers_out_of_order_go_to_their_own_shipments(dock, receiver):
    def slow_at_first(handler):
        if not books.booked:
            books.booked[handler.headers["Idempotency-Key"]] = "FIRST"
            time.sleep(0.3)
        books(handler)

    books = Numbers()
    dock.put(url=receiver(slow_at_first).url)
    shipments = [dock.ship() for _ in range(3)]
    dock.go(lambda: all(dock.said(one)[0] == "confirmed" for one in shipments))
    by_request = {r.shipment_id: books.booked[str(r.id)] for r in dock.requests()}
    assert {one: dock.said(one)[1] for one in shipments} == by_request


def test_a_number_that_another_shipment_has_is_refused(dock, receiver):
    carrier = receiver(answers({"tracking_number": "SAME"}))
    dock.put(url=carrier.url)
    first, second = dock.ship(), dock.ship()
    dock.go()
    said = {dock.said(one) for one in (first, second)}
    assert said == {("confirmed", "SAME"), ("refused", None)}
    (other,) = [one for one in (first, second) if dock.said(one)[0] == "refused"]
    assert "is that of shipment" in dock.shipment(other)["carrier_problem"]
    carrier.answer = Numbers()
    assert dock.post(f"shipments/{other}/ask-carrier").get_json()["carrier_status"] == "pending"
    dock.go()
    assert dock.said(other) == ("confirmed", "N100")
    # It had been asked under another key: the carrier's answer to that one is known.
    assert len(dock.requests(shipment_id=other)) == 2


@pytest.mark.engine("sqlite")
def test_two_carriers_may_give_one_number(dock, receiver):
    carrier = receiver(answers({"tracking_number": "SAME"}))
    dock.put(url=carrier.url)
    dock.put("OTHER", url=carrier.url)
    shipments = [dock.ship(), dock.ship(code="OTHER")]
    dock.go()
    assert {dock.said(one) for one in shipments} == {("confirmed", "SAME")}


def test_a_dead_carrier_is_tried_with_one_and_all_goes_when_it_is_back(dock, receiver, monkeypatch):
    books = Numbers()
    carrier = receiver(says(500))
    dock.put(url=carrier.url)
    shipments = [dock.ship() for _ in range(12)]
    dock.go()
    dead = dock.get("carriers/HTTPX").get_json()
    assert dead["failures"] >= TROUBLE
    assert dead["rest_until"] is not None
    assert len(carrier.messages) < 12
    before = len(carrier.messages)
    shipments.append(dock.ship())
    dock.go()
    assert len(carrier.messages) == before
    carrier.answer = books
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        dock.go()
    assert {dock.said(one)[0] for one in shipments} == {"confirmed"}
    assert len(books.booked) == len(shipments)
    assert dock.get("carriers/HTTPX").get_json()["failures"] == 0


@pytest.mark.engine("sqlite")
def test_a_dead_carrier_does_not_hold_up_another(dock, receiver):
    over = Event()
    dock.put(url=receiver(lambda handler: over.wait(30)).url)
    dock.put("GOOD", url=receiver(Numbers()).url)
    dead = [dock.ship() for _ in range(4)]
    good, deadline = dock.ship(code="GOOD"), time.monotonic() + 20
    while dock.said(good)[0] != "confirmed":
        assert time.monotonic() < deadline
        dock.postman.round()
        time.sleep(0.01)
    assert {dock.said(one)[0] for one in dead} == {"pending"}
    assert dock.postman.under_way
    over.set()


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("120", 120),
        ("99999999999", 3600),
        ("soon", 0),
        ("-5", 0),
        ("Wed, 21 Oct 2026 07:28:00 +99999999999999999999", 0),
    ],
)
def test_who_says_later_is_left_alone_for_so_long(dock, receiver, told, seconds):
    carrier = receiver(says(429, **{"Retry-After": told}))
    dock.put(url=carrier.url)
    dock.ship()
    dock.once()
    (request,) = dock.requests()
    assert request.next_at >= clock.now() + timedelta(seconds=seconds - 2)
    assert request.next_at <= clock.now() + timedelta(seconds=max(seconds, 8))
    dock.ship()
    dock.go()
    assert len(carrier.messages) == (1 if seconds else 2)


@pytest.mark.engine("sqlite")
def test_who_never_answers_is_given_up_and_told(dock, receiver):
    carrier = receiver(says(500))
    dock.put(url=carrier.url)
    shipment_id = dock.ship()
    dock.once()
    with time_machine.travel(clock.now() + GIVEN_UP):
        dock.once()
        shipment = dock.shipment(shipment_id)
        assert shipment["carrier_status"] == "refused"
        assert shipment["carrier_problem"] == "Given up after 3 days: status 500"
        carrier.answer = Numbers()
        dock.post(f"shipments/{shipment_id}/ask-carrier")
        dock.go()
    assert dock.said(shipment_id) == ("confirmed", "N100")
    # Under the same key: the carrier may have taken it, though it never said so.
    assert len({m.headers["idempotency-key"] for m in carrier.messages}) == 1
    assert len({m.body for m in carrier.messages}) == 1


def test_who_buys_at_packing_has_the_number_before_the_handover(dock, receiver):
    carrier = receiver(Numbers())
    dock.put(url=carrier.url, buy_at="packing")
    shipment_id = dock.packed({"S1": 1}, carrier="HTTPX", service="std")
    dock.go()
    assert dock.said(shipment_id) == ("confirmed", "N100")
    handed = dock.send(shipment_id, "handover").get_json()
    dock.go()
    assert handed["tracking_number"] == "N100"
    assert len(carrier.messages) == 1


def test_a_voided_label_is_given_back_and_bought_anew(dock, receiver):
    books = Numbers()
    carrier = receiver(books)
    dock.put(url=carrier.url, buy_at="packing")
    shipment_id = dock.packed({"S1": 1}, carrier="HTTPX", service="std")
    dock.go()
    voided = dock.send(shipment_id, "void-label").get_json()
    assert (voided["carrier_status"], voided["tracking_number"]) == (None, None)
    dock.go()
    assert [m.content["type"] for m in carrier.messages[1:]] == ["shipment.voided"]
    assert carrier.messages[1].content["data"]["tracking_number"] == "N100"
    assert dock.send(shipment_id, "pack").status_code == 200
    dock.go()
    assert [r.status for r in dock.requests(kind="shipment")] == ["withdrawn", "confirmed"]
    assert dock.said(shipment_id)[0] == "confirmed"
    assert dock.said(shipment_id)[1] != "N100"


@pytest.mark.engine("sqlite")
def test_what_was_never_sent_is_withdrawn_without_a_word(dock, receiver):
    carrier = receiver(Numbers())
    dock.put(url=carrier.url, buy_at="packing")
    shipment_id = dock.packed({"S1": 1}, carrier="HTTPX", service="std")
    dock.send(shipment_id, "void-label")
    dock.go()
    assert carrier.messages == []
    assert [r.status for r in dock.requests()] == ["withdrawn"]


@pytest.mark.engine("sqlite")
def test_a_cancelled_shipment_is_given_back(dock, receiver, house):
    carrier = receiver(Numbers())
    dock.put(url=carrier.url, buy_at="packing")
    shipment_id = dock.packed({"S1": 1}, carrier="HTTPX", service="std")
    dock.go()
    answer = dock.send(shipment_id, "reject", {"reason": "damaged"})
    assert answer.status_code == 200
    dock.go()
    assert carrier.messages[-1].content["type"] == "shipment.voided"


@pytest.mark.engine("sqlite")
def test_an_answer_to_what_was_withdrawn_changes_nothing(dock, receiver):
    def slow(handler):
        time.sleep(0.4)
        Numbers()(handler)

    carrier = receiver(slow)
    dock.put(url=carrier.url, buy_at="packing")
    shipment_id = dock.packed({"S1": 1}, carrier="HTTPX", service="std")
    dock.postman.round()
    dock.send(shipment_id, "void-label")
    dock.go(lambda: len(carrier.messages) == 1)
    assert dock.said(shipment_id) == (None, None)
    # It is told once the try is over for certain.
    (void,) = dock.requests(kind="void")
    assert void.next_at > clock.now() + timedelta(seconds=30)


@pytest.mark.engine("sqlite")
def test_a_lost_worker_is_followed_by_another_under_the_same_key(dock, receiver):
    books = Numbers()
    carrier = receiver(books)
    dock.put(url=carrier.url)
    shipment_id = dock.ship()
    assert len(asking.claim("HTTPX", 4, 10.0)) == 1
    dock.go()
    assert carrier.messages == []
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        dock.go()
    assert dock.said(shipment_id) == ("confirmed", "N100")


def test_docks_and_postmen_at_once_are_in_nobodys_way(app, dock, receiver, auth):
    books = Numbers()
    dock.put(url=receiver(books).url, buy_at="packing")
    shipments = [dock.packed({"S1": 1}, carrier="HTTPX", service="std") for _ in range(12)]
    headers, statuses, stop = auth("warehouse"), [], Event()

    def work(some):
        for one in some:
            for step in ("void-label", "pack", "handover"):
                answer = app.test_client().post(f"/v1/shipments/{one}/{step}", headers=headers)
                statuses.append(answer.status_code)

    postmen = [Thread(target=Postman(app, asking.CARRIERS).run, args=(stop,)) for _ in range(2)]
    docks = [Thread(target=work, args=(shipments[n::3],)) for n in range(3)]
    for thread in (*postmen, *docks):
        thread.start()
    for thread in docks:
        thread.join()
    dock.go(lambda: all(dock.said(one)[0] == "confirmed" for one in shipments))
    stop.set()
    for thread in postmen:
        thread.join()
    assert statuses == [200] * 36
    live = [r for r in dock.requests(kind="shipment") if r.status == "confirmed"]
    assert {r.shipment_id for r in live} == set(shipments)
    assert {dock.said(r.shipment_id)[1] for r in live} == {books.booked[str(r.id)] for r in live}


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": None}, "url"),
        ({}, "url"),
        ({"url": "ftp://x.example/"}, "url"),
        ({"url": "https://u:p@x.example/"}, "url"),
        ({"url": "https://x.example/", "secret": "abc"}, "secret"),
        ({"url": "https://x.example/", "timeout_seconds": 0}, "timeout_seconds"),
        ({"url": "https://x.example/", "buy_at": "noon"}, "buy_at"),
    ],
)
def test_what_cannot_be_asked_is_refused(dock, body, field):
    assert field in dock.put(expected=(422,), **body)["errors"]


class TestByDefault:
    """Only the public internet, by https."""

    @pytest.fixture
    def settings(self, database_url):
        return settings_for(database_url)

    @pytest.mark.engine("sqlite")
    @pytest.mark.parametrize(
        "url",
        [
            "https://127.0.0.1/",
            "https://10.0.0.1/",
            "https://169.254.169.254/latest",
            "https://[::1]/",
            "http://example.com/",
        ],
    )
    def test_a_private_address_is_refused(self, dock, url):
        assert "url" in dock.put(expected=(422,), url=url)["errors"]


@pytest.mark.engine("sqlite")
def test_a_worker_asks_carriers_beside_its_other_duties(dock, receiver, database_url):
    books = Numbers()
    dock.put(url=receiver(books).url)
    worker = subprocess.Popen([sys.executable, "-c", WORK, database_url], stderr=subprocess.PIPE)
    try:
        shipment_id = dock.ship()
        deadline = time.monotonic() + 30
        while dock.said(shipment_id)[0] != "confirmed":
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        worker.terminate()
        worker.communicate()
    assert worker.returncode == 0
    assert dock.said(shipment_id)[1] == "N100"
