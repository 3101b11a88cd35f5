import pytest
from flask import Flask, Response, request

from fulfillment.platform import proxies

THROUGH_TWO = {
    "X-Forwarded-For": "9.9.9.9, 203.0.113.7, 10.0.0.2",
    "X-Forwarded-Proto": "https, http",
    "X-Forwarded-Host": "shop.example, inner",
    "X-Forwarded-Prefix": "/stock, /stock",
}


@pytest.fixture
def ask():
    """Ask an application that trusts so many proxies what it sees of the client."""

    def ask(trusted, headers):
        app = Flask(__name__)
        proxies.init_app(app, trusted)

        @app.get("/thing")
        def thing():
            seen = (request.remote_addr, request.scheme, request.host)
            return Response(" ".join(seen), headers={"Location": "/thing/1"})

        return app.test_client().get("/thing", headers=headers)

    return ask


def test_by_default_nobody_is_believed(ask):
    answer = ask(0, THROUGH_TWO)
    assert answer.text == "127.0.0.1 http localhost"
    assert answer.headers["Location"] == "/thing/1"


def test_what_the_trusted_proxies_say_is_believed(ask):
    answer = ask(2, THROUGH_TWO)
    assert answer.text == "203.0.113.7 https shop.example"
    assert answer.headers["Location"] == "/stock/thing/1"


def test_a_client_cannot_forge_an_address_by_saying_more_than_its_proxies(ask):
    answer = ask(1, {"X-Forwarded-For": "9.9.9.9, 203.0.113.7"})
    assert answer.text == "203.0.113.7 http localhost"


def test_without_the_headers_the_address_is_that_of_the_connection(ask):
    assert ask(1, {}).text == "127.0.0.1 http localhost"
