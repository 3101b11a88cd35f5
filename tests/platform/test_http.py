from datetime import timedelta

import pytest
import time_machine

from fulfillment.platform import clock, keys
from fulfillment.platform.db import transaction
from tests.platform.notes import count

pytestmark = pytest.mark.usefixtures("notes")


@pytest.fixture
def headers(auth):
    return auth("warehouse")


@pytest.fixture
def note(client, headers):
    """The path of a note, and its ETag."""
    made = client.post("/v1/notes", json={"text": "a"}, headers=headers)
    return made.headers["Location"], made.headers["ETag"]


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", "Bearer nonsense", "Basic abc", "Bearer é", "fk_"],
)
def test_without_a_valid_key_it_is_401(client, authorization):
    sent = {} if authorization is None else {"Authorization": authorization}
    answer = client.get("/v1/notes", headers=sent)
    assert answer.status_code == 401
    assert answer.json["type"] == "/problems/unauthorized"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("role", "status"),
    [("warehouse", 201), ("admin", 201), ("viewer", 403), ("storefront", 403), ("planner", 403)],
)
def test_only_its_roles_and_the_admin_may_use_an_endpoint(client, auth, role, status):
    answer = client.post("/v1/notes", json={"text": "a"}, headers=auth(role))
    assert answer.status_code == status
    assert count("a") == (status == 201)


def test_a_viewer_may_read(client, auth):
    assert client.get("/v1/notes", headers=auth("viewer")).status_code == 200


def test_a_key_bound_to_a_facility_is_refused_at_another(client, auth):
    bound = auth("warehouse", facilities=["W2"])
    assert client.post("/v1/notes", json={"text": "a"}, headers=bound).status_code == 403
    body = {"text": "a", "facility": "W2"}
    assert client.post("/v1/notes", json=body, headers=bound).status_code == 201


def test_a_revoked_key_is_401_at_once(client, headers):
    assert client.get("/v1/notes", headers=headers).status_code == 200
    prefix = headers["Authorization"].removeprefix("Bearer ")[: keys.PREFIX_LENGTH]
    with transaction():
        keys.revoke(prefix)
    assert client.get("/v1/notes", headers=headers).status_code == 401


def test_a_key_ends_at_its_time(client, auth):
    headers = auth("viewer", expires_at=clock.now() + timedelta(days=1))
    assert client.get("/v1/notes", headers=headers).status_code == 200
    with time_machine.travel(clock.now() + timedelta(days=2)):
        assert client.get("/v1/notes", headers=headers).status_code == 401


def test_the_role_is_checked_before_the_body(client, auth):
    answer = client.post("/v1/notes", data=b"{", headers=auth("viewer"))
    assert answer.status_code == 403


def test_a_resource_that_did_not_change_is_304(client, headers, note):
    path, etag = note
    answer = client.get(path, headers=headers | {"If-None-Match": etag})
    assert (answer.status_code, answer.data) == (304, b"")
    assert client.get(path, headers=headers | {"If-None-Match": '"9"'}).status_code == 200


def test_a_list_that_did_not_change_is_304_too(client, headers, note):
    etag = client.get("/v1/notes", headers=headers).headers["ETag"]
    again = headers | {"If-None-Match": etag}
    assert client.get("/v1/notes", headers=again).status_code == 304
    client.post("/v1/notes", json={"text": "b"}, headers=headers)
    assert client.get("/v1/notes", headers=again).status_code == 200


def test_if_match_lets_the_first_of_two_writers_through(client, headers, note):
    path, etag = note
    mine = headers | {"If-Match": etag}
    first = client.patch(path, json={"stars": 1}, headers=mine)
    second = client.patch(path, json={"stars": 2}, headers=mine)
    assert (first.status_code, second.status_code) == (200, 412)
    assert first.headers["ETag"] != etag
    assert second.json["type"] == "/problems/precondition-failed"
    assert client.get(path, headers=headers).json["stars"] == 1


def test_if_match_with_a_star_or_absent_writes_over(client, headers, note):
    path, _ = note
    assert client.patch(path, json={"stars": 1}, headers=headers).status_code == 200
    assert (
        client.patch(path, json={"stars": 2}, headers=headers | {"If-Match": "*"}).status_code
        == 200
    )


def test_if_match_on_what_does_not_exist_is_404(client, headers):
    path = "/v1/notes/00000000-0000-0000-0000-000000000000"
    answer = client.patch(path, json={"stars": 1}, headers=headers | {"If-Match": '"1"'})
    assert answer.status_code == 404


def test_a_crash_is_a_problem_that_tells_no_secret(client, headers):
    answer = client.get("/v1/notes/crash", headers=headers)
    assert answer.status_code == 500
    assert answer.json["type"] == "/problems/internal-error"
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]
    assert b"secret" not in answer.data
