import json

import pytest
from msgspec.structs import replace

from tests.platform.notes import count

pytestmark = pytest.mark.usefixtures("notes")

JSON = {"Content-Type": "application/json"}

BROKEN = {
    "cut short": b'{"text": "a"',
    "not JSON at all": b"text=a",
    "a comma too many": b'{"text": "a",}',
    "NaN": b'{"text": "a", "about": NaN}',
    "Infinity": b'{"text": "a", "about": -Infinity}',
    "a number of 5,000 digits": b'{"text": "a", "stars": ' + b"9" * 5000 + b"}",
    "half a surrogate pair": b'{"text": "\\ud800"}',
    "half a surrogate pair in a name": b'{"text": "a", "about": {"\\udfff": 1}}',
    "an escaped NUL": b'{"text": "a\\u0000b"}',
    "an escaped NUL in a name": b'{"text": "a", "about": [{"\\u0000": 1}]}',
    "a raw NUL": b'{"text": "a\0b"}',
    "nested too deep": b'{"text": "a", "about": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a name twice": b'{"text": "a", "stars": 1, "text": "b"}',
    "a name twice deep down": b'{"text": "a", "about": [{"x": 1, "\\u0078": 2}]}',
    "Latin-1": '{"text": "Käse"}'.encode("latin-1"),
    "UTF-16": '{"text": "a"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"text": "a"}',
}


@pytest.fixture
def send(client, auth):
    headers = auth("warehouse")

    def send(body, **more):
        return client.post("/v1/notes", data=body, headers=headers | JSON | more)

    return send


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_a_broken_body_is_a_problem_and_writes_nothing(send, body):
    answer = send(body)
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert answer.json["type"] == "/problems/malformed-body"
    assert count("a") == 0


@pytest.mark.engine("sqlite")
def test_the_place_of_a_syntax_error_is_told(send):
    assert "line 2, column 1" in send(b'{"text": "a",\n}').json["detail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": 7}, "text"),
        ({"text": None}, "text"),
        ({}, "text"),
        ({"text": "a", "stars": -1}, "stars"),
        ({"text": "a", "stars": 1.5}, "stars"),
        ({"text": "a", "stars": "3"}, "stars"),
        ({"text": "a", "stars": True}, "stars"),
        ({"text": "a", "stars": 10**9 + 1}, "stars"),
        ({"text": "a", "stars": 10**4000}, "stars"),
        ({"text": "a", "stars": float("1e308")}, "stars"),
        ({"text": "a", "colour": "red"}, "colour"),
        ({"text": "a", "facility": ""}, "facility"),
        ([], "body"),
        ("text", "body"),
        (7, "body"),
        (None, "body"),
    ],
)
@pytest.mark.engine("sqlite")
def test_a_wrong_field_is_named(send, body, field):
    answer = send(json.dumps(body))
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]
    assert count("a") == 0


@pytest.mark.engine("sqlite")
def test_a_number_beyond_all_floats_is_refused(send):
    assert send(b'{"text": "a", "stars": 1e400}').json["errors"].keys() == {"stars"}


@pytest.mark.engine("sqlite")
def test_a_missing_body_is_a_missing_field(send):
    assert list(send(b"").json["errors"]) == ["text"]


@pytest.mark.engine("sqlite")
def test_a_name_that_stands_twice_is_told(send):
    assert "'text' stands twice" in send(b'{"text": "a", "text": "a"}').json["detail"]


@pytest.mark.parametrize(
    "path", ["items/A", "facilities/A", "carriers/A", "stock/A/A", "notes/" + 36 * "0"]
)
@pytest.mark.engine("sqlite")
def test_a_put_or_patch_without_a_body_is_no_reset(client, auth, path):
    method = "PATCH" if path.startswith("notes") else "PUT"
    path = path.replace(36 * "0", "00000000-0000-0000-0000-000000000000")
    answer = client.open(f"/v1/{path}", method=method, headers=auth())
    assert answer.status_code == 400
    assert answer.json["type"] == "/problems/malformed-body"


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize("kind", ["text/plain", "", "application/xml", "multipart/form-data"])
def test_another_media_type_is_415(send, kind):
    answer = send(b'{"text": "a"}', **{"Content-Type": kind})
    assert answer.status_code == 415
    assert answer.json["type"] == "/problems/unsupported-media-type"


@pytest.mark.engine("sqlite")
def test_a_body_of_20_megabytes_is_413(send):
    answer = send(b'{"text": "' + b"a" * 20_000_000 + b'"}')
    assert answer.status_code == 413
    assert answer.json["type"] == "/problems/body-too-large"


class TestWithASmallLimit:
    @pytest.fixture
    def settings(self, settings):
        return replace(settings, max_body_bytes=100)

    @pytest.mark.engine("sqlite")
    @pytest.mark.parametrize(("size", "status"), [(100, 201), (101, 413)])
    def test_the_limit_of_the_settings_holds_to_the_byte(self, send, size, status):
        body = b'{"text": "' + b"a" * (size - 12) + b'"}'
        assert len(body) == size
        assert send(body).status_code == status


def test_text_of_every_plane_is_kept(send):
    text = "Käse \\ud83e\\uddc0 漢字 \u2028 ' \" ; --"
    assert send(json.dumps({"text": text})).json["text"] == text
    assert send(b'{"text": "\\ud83e\\uddc0"}').json["text"] == "🧀"


def test_a_charset_parameter_is_accepted(send):
    kind = {"Content-Type": "application/json; charset=utf-8"}
    assert send(b'{"text": "a"}', **kind).status_code == 201
