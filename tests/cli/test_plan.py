"""`fulfillment plan allocation` prints what a wave found, and takes its limits."""

import json

import pytest
from click.testing import CliRunner

from fulfillment.cli import main
from fulfillment.sourcing.prices import outlooks
from tests.world import shares, world

__all__ = ["world"]


@pytest.fixture
def run(database_url, monkeypatch):
    monkeypatch.setenv("FULFILLMENT_DATABASE_URL", database_url)

    def plan(*options):
        done = CliRunner().invoke(main, ["plan", "allocation", *options])
        assert done.exit_code == 0, done.stderr
        return json.loads(done.stdout)

    return plan


@pytest.fixture
def order(world):
    """An order that comes from afar, for which there is stock nearby by now."""
    world.has({"NEAR": {"S1": 0}, "FAR": {"S1": 5}}, km={"NEAR": 50, "FAR": 3000}, weight_g=5000)
    placed = world.order("o1", {"S1": 2}).get_json()
    world.has({"NEAR": {"S1": 5}})
    return placed


def facilities(world, order):
    found = world.get(f"orders/{order['id']}")["shipments"]
    return list(shares({"shipments": [s for s in found if s["status"] == "planned"]}))


def test_a_wave_tells_what_it_moved_and_what_that_saves(run, world, order):
    told = run("--seconds", "5")
    assert (told["plan_status"], told["moves"]["moved"]) == ("applied", 1)
    assert told["moves"]["saves"] > 10
    assert {"objective", "lower_bound", "greedy", "cost_per_order", "split_orders", "prices"} <= (
        told.keys()
    )
    assert facilities(world, order) == ["NEAR"]


@pytest.mark.parametrize("options", [("--reconsider", "0"), ("--move-threshold", "500")])
def test_a_wave_moves_no_more_than_it_is_asked_to(run, world, order, options):
    assert run(*options)["moves"]["moved"] == 0
    assert facilities(world, order) == ["FAR"]


def test_a_wave_that_only_proposes_moves_nothing(run, world, order):
    told = run("--propose")
    assert (told["plan_status"], told["moves"]["moved"]) == ("ready", 1)
    assert facilities(world, order) == ["FAR"]


@pytest.mark.parametrize("option", ["--reconsider", "--move-threshold"])
def test_a_limit_below_zero_is_refused(option):
    done = CliRunner().invoke(main, ["plan", "allocation", option, "-1"])
    assert done.exit_code == 2
    assert option in done.stderr


def test_an_outlook_is_estimated_on_demand(database_url, monkeypatch, world, order):
    monkeypatch.setenv("FULFILLMENT_DATABASE_URL", database_url)
    done = CliRunner().invoke(main, ["plan", "outlook"])
    assert (done.exit_code, done.stdout) == (0, "outlook for 1 SKUs\n")
    assert outlooks.find(["S1"])["S1"].per_day == {"NEAR": 2.0}
