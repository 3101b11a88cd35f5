from datetime import timedelta

import pytest
import time_machine
from click.testing import CliRunner

from fulfillment.cli import main
from fulfillment.platform import clock, keys


@pytest.fixture
def run(app, database_url, monkeypatch):
    monkeypatch.setenv("FULFILLMENT_DATABASE_URL", database_url)
    return lambda *args: CliRunner().invoke(main, ["keys", *args])


def test_create_prints_the_key_alone_and_it_works(run, client):
    result = run("create", "--role", "viewer")
    secret = result.stdout.removesuffix("\n")
    assert secret.startswith("fk_")
    assert len(secret.split()) == 1
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.get("/v1/items", headers=headers).status_code == 200


def test_a_key_can_be_bound_and_named_and_given_an_end(run, app):
    options = ("--facility", "W1", "--facility", "W2", "--carrier", "UP", "--expires-days", "3")
    secret = run("create", "--role", "warehouse", *options).stdout.strip()
    actor = keys.find_actor(secret)
    assert (actor.facilities, actor.carrier) == (frozenset({"W1", "W2"}), "UP")
    with time_machine.travel(clock.now() + timedelta(days=4)):
        assert keys.find_actor(secret) is None


def test_list_shows_the_beginning_of_a_key_and_never_the_whole(run):
    secret = run("create", "--role", "planner", "--name", "nightly run").stdout.strip()
    listed = run("list").stdout
    assert secret[: keys.PREFIX_LENGTH] in listed
    assert "nightly" in listed
    assert secret not in listed


def test_a_revoked_key_ends_at_once(run, app):
    secret = run("create", "--role", "viewer").stdout.strip()
    assert run("revoke", secret[: keys.PREFIX_LENGTH]).exit_code == 0
    assert keys.find_actor(secret) is None


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize(
    ("args", "status", "words"),
    [
        (("revoke", "fk_unknown"), 1, "Error: There is no key fk_unknown."),
        (("create",), 2, "Missing option '--role'"),
        (("create", "--role", "king"), 2, "'king' is not one of"),
        (("create", "--role", "viewer", "--expires-days", "0"), 2, "--expires-days"),
    ],
)
def test_a_mistake_is_told_on_standard_error(run, args, status, words):
    result = run(*args)
    assert result.exit_code == status
    assert words in result.stderr
    assert result.stdout == ""
