import json
from uuid import UUID

import pytest
import structlog

from fulfillment.platform import logs

pytestmark = pytest.mark.engine("sqlite")


def lines(capfd):
    return [json.loads(line) for line in capfd.readouterr().err.splitlines()]


def test_a_request_is_one_line_that_says_who_what_and_how_long(notes, client, auth, capfd):
    headers = auth("viewer")
    capfd.readouterr()
    answer = client.get("/v1/notes?limit=3", headers=headers)
    (line,) = lines(capfd)
    assert line["event"] == "request"
    assert (line["method"], line["route"], line["status"]) == ("GET", "/v1/notes", 200)
    assert line["actor"] == "key:" + headers["Authorization"].removeprefix("Bearer ")[:11]
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert 0 < line["ms"] < 60_000


def test_the_secret_of_a_key_is_in_no_line(notes, client, auth, capfd):
    headers = auth("viewer")
    client.get("/v1/notes", headers=headers)
    assert headers["Authorization"][-20:] not in capfd.readouterr().err


def test_a_request_id_that_is_sane_is_kept(client):
    answer = client.get("/healthz", headers={"X-Request-ID": "shop-1:42/a"})
    assert answer.headers["X-Request-ID"] == "shop-1:42/a"


@pytest.mark.parametrize("given", ["", "a b", "a" * 129, "é", '"', "<script>"])
def test_a_request_id_that_is_not_is_replaced(client, given):
    answer = client.get("/healthz", headers={"X-Request-ID": given})
    assert UUID(answer.headers["X-Request-ID"]).version == 7


def test_a_crash_is_logged_with_its_traceback_and_request(notes, client, auth, capfd):
    headers = auth("warehouse")
    capfd.readouterr()
    answer = client.get("/v1/notes/crash", headers=headers)
    crash, request = lines(capfd)
    assert "ZeroDivisionError" in crash["exception"]
    assert crash["request_id"] == request["request_id"] == answer.json["request_id"]


def test_the_next_request_does_not_inherit_the_actor(notes, client, auth, capfd):
    client.get("/v1/notes", headers=auth("viewer"))
    capfd.readouterr()
    client.get("/healthz")
    assert "actor" not in lines(capfd)[0]


def test_lines_below_the_level_are_left_out(app, capfd):
    logs.configure("WARNING", "json")
    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud")
    assert [line["event"] for line in lines(capfd)] == ["loud"]


def test_the_console_format_is_for_people(app, capfd):
    logs.configure("INFO", "console")
    structlog.get_logger().info("hello", facility="W1")
    line = capfd.readouterr().err
    assert "hello" in line
    assert "facility=W1" in line
