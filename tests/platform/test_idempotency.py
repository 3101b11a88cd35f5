from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from sqlalchemy import func, select

from fulfillment.platform import clock, idempotency
from fulfillment.platform.db import db, transaction
from fulfillment.platform.idempotency import IdempotencyKey
from tests.platform.notes import Note, count

pytestmark = pytest.mark.usefixtures("notes")


@pytest.fixture
def headers(auth):
    return auth("warehouse")


@pytest.fixture
def post(client, headers):
    def post(key, text="a", **more):
        body = {"text": text, **more}
        return client.post("/v1/notes", json=body, headers=headers | {"Idempotency-Key": key})

    return post


def test_a_repeated_key_has_one_effect_and_one_answer(post):
    first, second = post("k"), post("k")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    assert first.headers["Location"] == second.headers["Location"]
    assert first.headers["ETag"] == second.headers["ETag"]
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert count("a") == 1


def test_without_a_key_every_request_has_its_effect(client, headers):
    for _ in range(2):
        client.post("/v1/notes", json={"text": "a"}, headers=headers)
    assert count("a") == 2


def test_the_same_key_with_another_body_is_refused(post):
    post("k")
    answer = post("k", text="b")
    assert answer.status_code == 422
    assert answer.json["type"] == "/problems/idempotency-key-reused"
    assert count("b") == 0


def test_the_keys_of_two_callers_are_apart(client, auth):
    for _ in range(2):
        mine = auth("warehouse") | {"Idempotency-Key": "k"}
        assert client.post("/v1/notes", json={"text": "a"}, headers=mine).status_code == 201
    assert count("a") == 2


def test_a_refusal_is_not_kept(post):
    post("1", text="twin")
    assert post("2", text="twin").status_code == 409
    with transaction() as session:
        session.delete(session.scalar(select(Note)))
    assert post("2", text="twin").status_code == 201


def test_an_invalid_request_does_not_use_up_its_key(post):
    assert post("k", stars=-1).status_code == 422
    assert post("k", stars=1).status_code == 201


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize("key", ["", "a" * 256, "a\tb", "a\x7f"])
def test_a_key_that_cannot_be_kept_is_refused(post, key):
    answer = post(key)
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["Idempotency-Key"]


def test_twins_at_once_have_one_effect(app, headers):
    at_once = 8
    barrier = Barrier(at_once)
    mine = headers | {"Idempotency-Key": "k"}

    def send(_):
        barrier.wait()
        return app.test_client().post("/v1/notes", json={"text": "a"}, headers=mine)

    with ThreadPoolExecutor(at_once) as threads:
        answers = list(threads.map(send, range(at_once)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    assert count("a") == 1


def test_keys_are_forgotten_when_their_time_is_over(post):
    post("old")
    with time_machine.travel(clock.now() + timedelta(hours=49), tick=False):
        post("new")
        with transaction():
            assert idempotency.forget_before(clock.now() - timedelta(hours=48)) == 1
    assert db.session.scalar(select(func.count()).select_from(IdempotencyKey)) == 1
    assert "Idempotency-Replayed" not in post("old").headers
