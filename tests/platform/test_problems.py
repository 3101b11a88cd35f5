from http import HTTPStatus

import pytest
from flask import abort

from fulfillment.platform.db import db
from fulfillment.platform.problems import BY_STATUS, TYPES

pytestmark = pytest.mark.engine("sqlite")


def assert_problem(answer, status):
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["type"].removeprefix("/problems/") in TYPES
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]


@pytest.mark.parametrize(
    "path",
    ["/nowhere", "/v1/nowhere", "/v1//items", "//v1/items", "/static/nowhere", "/problems/nowhere"],
)
def test_what_does_not_exist_is_a_problem(client, path):
    assert_problem(client.get(path), 404)


def test_a_method_that_is_not_taken_is_told_with_those_that_are(client):
    answer = client.delete("/healthz")
    assert_problem(answer, 405)
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 409, 410, 411, 412, 413, 414, 415,
                                    416, 417, 418, 421, 422, 423, 424, 428, 429, 431, 451, 500, 501,
                                    502, 503, 504, 505])  # fmt: skip
def test_every_http_error_is_a_problem_document(app, client, status):
    app.add_url_rule("/broken", view_func=lambda: abort(status))
    assert_problem(client.get("/broken"), status)


def test_a_redirect_stays_a_redirect(app, client):
    app.add_url_rule("/here/", view_func=lambda: "here")
    answer = client.get("/here")
    assert answer.status_code == HTTPStatus.PERMANENT_REDIRECT
    assert answer.headers["Location"].endswith("/here/")


def test_a_database_that_cannot_be_reached_is_503(app, client, auth):
    headers = auth("viewer")

    def gone():
        db.session.connection().exec_driver_sql("SELECT * FROM no_such_table")

    app.add_url_rule("/gone", view_func=gone)
    answer = client.get("/gone", headers=headers)
    assert_problem(answer, 503)
    assert answer.headers["Retry-After"] == "1"
    assert "no_such_table" not in answer.text


def test_the_path_of_a_problem_is_a_uri_reference(client):
    assert client.get("/a b/%C3%A9").json["instance"] == "/a%20b/%C3%A9"


def test_every_status_has_a_type_of_the_list():
    assert set(BY_STATUS.values()) <= set(TYPES)
