import json

import pytest
from click.testing import CliRunner

from fulfillment.cli import main
from fulfillment.sourcing import strategies

TOML = """
stages = ["shipments", "cost"]
min_value_to_split = "50.00"
[weights]
split = 2.5
[[eligibility]]
channels = ["web"]
facility_tags = ["hub"]
"""


@pytest.fixture
def run(app, database_url, monkeypatch):
    monkeypatch.setenv("FULFILLMENT_DATABASE_URL", database_url)

    def run(*args, **more):
        return CliRunner().invoke(main, ["strategies", *args], **more)

    return run


def test_a_strategy_is_put_from_toml_activated_and_listed(run, tmp_path):
    file = tmp_path / "peak.toml"
    file.write_text(TOML)
    result = run("put", "peak", str(file))
    assert (result.exit_code, json.loads(result.stdout)) == (0, {"name": "peak", "version": 1})
    assert strategies.active().name == "default"
    result = run("activate", "peak")
    assert json.loads(result.stdout) == {"name": "peak", "version": 1}
    active = strategies.active()
    assert (active.weights.split, active.eligibility[0].channels) == (2.5, ("web",))
    listed = run("list").stdout
    assert "peak" in listed
    assert "default" in listed


def test_json_and_toml_of_the_same_content_are_the_same_version(run):
    document = {
        "stages": ["shipments", "cost"],
        "min_value_to_split": "50.00",
        "weights": {"split": 2.5},
        "eligibility": [{"channels": ["web"], "facility_tags": ["hub"]}],
    }
    first = run("put", "peak", "-", input=TOML)
    again = run("put", "peak", "-", input=json.dumps(document))
    assert json.loads(first.stdout) == json.loads(again.stdout) == {"name": "peak", "version": 1}
    assert "says the same" in again.stderr


def test_an_earlier_version_rolls_back(run):
    run("put", "peak", "-", input="max_shipments = 1")
    run("put", "peak", "-", input="max_shipments = 2")
    run("activate", "peak")
    assert strategies.active().version == 2
    assert run("activate", "peak", "--version", "1").exit_code == 0
    assert strategies.active().max_shipments == 1


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("stages = [", "not valid TOML"),
        ("stages = ['price']", "stages.0"),
        ("speed = 1", "speed: Unknown field."),
        ('{"stages": [}', "not valid JSON"),
        ("groups = [['A', 'B']]", "groups.0.0: Unknown facility."),
        (b"\xff", "not valid TOML"),
    ],
)
def test_a_mistake_is_one_line(run, given, told):
    result = run("put", "peak", "-", input=given)
    assert result.exit_code == 1
    assert told in result.stderr
    assert result.stderr.count("\n") == 1


def test_what_is_not_there_cannot_be_activated(run):
    result = run("activate", "none")
    assert (result.exit_code, result.stderr) == (1, "Error: There is no strategy none.\n")
