"""Receivers that misbehave in every way known, and what one try makes of each."""

import socket
import ssl
import threading
import time

import pytest
import trustme

from fulfillment.platform.webhooks import sending
from fulfillment.platform.webhooks.sending import post
from fulfillment.platform.webhooks.targets import Rules
from tests.platform.webhooks.conftest import says

OPEN = Rules(private_targets=True, plain_http=True)
SECONDS = 0.6
PATIENCE = 5  # a busy machine's


@pytest.fixture
def serve():
    """`serve(talk)` lets `talk(connection)` speak to whoever connects; return the port."""
    listening = []

    def start(talk, context=None):
        listener = socket.create_server(("127.0.0.1", 0))
        listening.append(listener)

        def accept():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=(connection, talk, context)).start()

        threading.Thread(target=accept).start()
        return listener.getsockname()[1]

    yield start
    for listener in listening:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def answer(connection, talk, context):
    try:
        with connection:
            if context:
                with context.wrap_socket(connection, server_side=True) as secure:
                    heard(secure)
                    talk(secure)
            else:
                heard(connection)
                talk(connection)
    except OSError:
        pass


def heard(connection):
    data = b""
    while b'"}' not in data:
        data += connection.recv(65536) or b'"}'


def hangs(connection):
    connection.recv(1)


def drips(connection):
    for letter in b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 1000:
        connection.sendall(bytes([letter]))
        time.sleep(0.05)


def resets(connection):
    linger = b"\x01\0\0\0\0\0\0\0"
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


def talks(raw):
    return lambda connection: connection.sendall(raw)


takes = talks(b"HTTP/1.1 204 OK\r\n\r\n")


def send(port, scheme="http", host="127.0.0.1", body=b'{"a": "b"}', rules=OPEN):
    return post(f"{scheme}://{host}:{port}/x", {"webhook-id": "1"}, body, rules, SECONDS)


@pytest.mark.parametrize(
    ("talk", "problem"),
    [
        (hangs, "no answer within"),
        (drips, "no answer within"),
        (resets, "ConnectionResetError"),
        (talks(b""), "RemoteDisconnected"),
        (talks(b"\0\xff garbage\r\n\r\n"), "BadStatusLine"),
        (talks(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200), "got more than 100 headers"),
        (talks(b"HTTP/1.1 200 " + b"k" * 100_000), "LineTooLong"),
        (talks(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"), "status 500"),
        (talks(b"HTTP/1.1 410 No\r\nContent-Length: 0\r\n\r\n"), "status 410"),
        (talks(b"HTTP/1.1 301 No\r\nLocation: /y\r\n\r\n"), "redirects are not followed"),
    ],
)
def test_what_is_no_answer_of_2xx_is_a_problem_in_time(serve, talk, problem):
    start = time.monotonic()
    answer = send(serve(talk))
    assert not answer.taken
    assert problem in answer.problem
    assert time.monotonic() - start < SECONDS + PATIENCE


@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Length: 2\r\n\r\nok",
        b"Content-Length: 99999\r\n\r\nbroken off",
        b"Transfer-Encoding: chunked\r\n\r\nno chunk",
        b"\r\n" + b"x" * 5_000_000,
    ],
)
def test_a_message_is_taken_when_the_status_says_so_whatever_follows(serve, rest):
    answer = send(serve(talks(b"HTTP/1.1 202 OK\r\n" + rest)))
    assert (answer.taken, answer.status) == (True, 202)


def test_a_body_that_never_ends_costs_no_more_than_the_deadline(serve):
    def talk(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x")
            time.sleep(0.01)

    answer = send(serve(talk))
    assert answer.taken
    assert answer.seconds < SECONDS + PATIENCE


def test_a_receiver_that_does_not_read_is_left_at_the_deadline():
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        answer = send(deaf.getsockname()[1], body=b"x" * 20_000_000)
    assert "no answer within" in answer.problem
    assert answer.seconds < SECONDS + PATIENCE


def test_a_port_that_nobody_listens_at_is_a_problem():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert "ConnectionRefusedError" in send(port).problem


def test_a_redirect_is_not_followed(receiver):
    goal = receiver()
    start = receiver(says(307, Location=goal.url))
    assert send(start.server.server_port).status == 307
    assert (len(start.messages), len(goal.messages)) == (1, 0)


def test_no_proxy_of_the_environment_gets_between(receiver, monkeypatch):
    goal, proxy = receiver(), receiver()
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.server.server_port}")
    assert send(goal.server.server_port).taken
    assert (len(goal.messages), len(proxy.messages)) == (1, 0)


def test_the_address_that_was_checked_is_the_one_that_is_spoken_to(receiver, monkeypatch):
    goal, asked = receiver(), []
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", goal.server.server_port))]

    def look_up(*host, **_):
        asked.append(host)
        return found

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert send(goal.server.server_port, host="shop.example").taken
    assert len(asked) == 1
    assert goal.messages[0].headers["host"] == f"shop.example:{goal.server.server_port}"


def test_a_host_that_turns_private_is_refused_at_the_next_try(receiver, monkeypatch):
    goal = receiver()
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", goal.server.server_port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    answer = send(goal.server.server_port, host="shop.example", rules=Rules(False, True))
    assert "not public" in answer.problem
    assert goal.messages == []


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def trusted(authority, tmp_path, monkeypatch):
    """Trust the authority, as one does with SSL_CERT_FILE."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    sending.trust.cache_clear()
    yield
    sending.trust.cache_clear()


@pytest.fixture
def secure(serve, authority):
    """A receiver over TLS whose certificate is for a name."""

    def start(name, talk=takes):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)
        return serve(talk, context)

    return start


def test_tls_goes_to_the_checked_address_under_the_name_of_the_host(trusted, secure, monkeypatch):
    port = secure("shop.example")
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    assert send(port, "https", "shop.example").problem is None


def test_a_certificate_for_another_name_is_refused(trusted, secure):
    assert "certificate" in send(secure("other.example"), "https").problem


def test_a_certificate_of_an_authority_that_nobody_trusts_is_refused(secure):
    sending.trust.cache_clear()
    assert "CERTIFICATE_VERIFY_FAILED" in send(secure("127.0.0.1"), "https").problem


def test_a_receiver_without_tls_is_refused(receiver):
    assert "SSL" in send(receiver().server.server_port, "https").problem


def test_a_handshake_that_never_ends_is_left_at_the_deadline(serve):
    answer = send(serve(hangs), "https")
    assert "no answer within" in answer.problem
    assert answer.seconds < SECONDS + PATIENCE


def test_an_answer_over_tls_that_drips_is_left_at_the_deadline(trusted, secure):
    answer = send(secure("127.0.0.1", drips), "https")
    assert "no answer within" in answer.problem
    assert answer.seconds < SECONDS + PATIENCE
