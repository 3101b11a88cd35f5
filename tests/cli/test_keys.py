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


@pytest.fixture
def network(client, auth):
    """Two facilities and a carrier to bind keys to."""
    for path in ("facilities/W1", "facilities/W2", "carriers/UP"):
        body = {"timezone": "UTC"} if path.startswith("facilities") else {}
        assert client.put(f"/v1/{path}", json=body, headers=auth()).status_code == 201


def test_create_prints_the_key_alone_and_it_works(run, client):
    result = run("create", "--role", "viewer")
    secret = result.stdout.removesuffix("\n")
    assert secret.startswith("fk_")
    assert len(secret.split()) == 1
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.get("/v1/items", headers=headers).status_code == 200


@pytest.mark.usefixtures("network")
def test_a_key_can_be_bound_and_given_an_end(run):
    options = ("--facility", "W1", "--facility", "W2", "--expires-days", "3")
    secret = run("create", "--role", "warehouse", *options).stdout.strip()
    assert keys.find_actor(secret).facilities == {"W1", "W2"}
    with time_machine.travel(clock.now() + timedelta(days=4)):
        assert keys.find_actor(secret) is None


@pytest.mark.usefixtures("network")
def test_a_carrier_key_is_bound_to_its_carrier(run):
    secret = run("create", "--role", "carrier", "--carrier", "UP").stdout.strip()
    assert keys.find_actor(secret).carrier == "UP"


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
        (("create", "--role", "warehouse", "--facility", "W9"), 1, "no facility W9"),
        (("create", "--role", "carrier", "--carrier", "XX"), 1, "no carrier XX"),
        (("create", "--role", "planner", "--facility", "W1"), 2, "--facility binds warehouse"),
        (("create", "--role", "carrier", "--facility", "W1"), 2, "--facility binds warehouse"),
        (("create", "--role", "warehouse", "--carrier", "UP"), 2, "--carrier binds carrier"),
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
