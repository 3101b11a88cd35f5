"""Forecast runs: from imported days to what people read."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from click.testing import CliRunner

from fulfillment.cli import main
from fulfillment.planning.forecasts import runs
from fulfillment.platform.db import db

TODAY = datetime(2026, 3, 2, 15, tzinfo=UTC)
LAST = date(2026, 3, 1)
WEEKS = 60


@pytest.fixture
def shop(world):
    """Two SKUs in two places: one asked for every day, the other a few times a year."""
    with time_machine.travel(TODAY, tick=False):
        world.has({"W1": {"S1": 0, "S2": 0}, "W2": {"S1": 0, "S2": 0}})
        rows = []
        for back in range(WEEKS * 7):
            day = (LAST - timedelta(days=back)).isoformat()
            for place, units in (("W1", 6), ("W2", 2)):
                more = back // 7 % 2  # so that one week is not like the other
                row = {"sku": "S1", "facility": place, "day": day, "quantity": units + more}
                rows.append(row)
            if back % 61 == 0:
                rows.append({"sku": "S2", "facility": "W1", "day": day, "quantity": 3})
        assert world.post("demand/import", {"demand": rows}).get_json()["refused"] == 0
        yield world


def test_a_steady_demand_is_forecast_where_it_is_asked(shop):
    done = runs.run()
    assert (done.as_of, done.weeks, done.series) == (LAST, WEEKS, 3)
    first, second = (shop.get(f"forecasts/{place}/S1") for place in ("W1", "W2"))
    assert (first["pattern"], first["as_of"]) == ("smooth", "2026-03-01")
    assert first["per_day"] == pytest.approx(6.5, rel=0.05)
    assert second["per_day"] == pytest.approx(2.5, rel=0.1)
    assert [level for level, _ in first["quantiles"]][:2] == [0.5, 0.6]
    assert dict(map(tuple, first["quantiles"]))[0.5] == pytest.approx(91, rel=0.05)


def test_slow_demand_has_a_distribution_and_not_a_line(shop):
    runs.run()
    slow = shop.get("forecasts/W1/S2")
    assert slow["pattern"] in ("intermittent", "lumpy")
    assert 0.02 < slow["per_day"] < 0.12
    quantiles = [units for _, units in slow["quantiles"]]
    assert quantiles == sorted(quantiles)
    assert quantiles[0] < quantiles[-1]


def test_a_run_tells_what_competed_and_how_well(shop):
    runs.run()
    (run,) = shop.get("forecast-runs")["items"]
    kinds = {kind["pattern"]: kind for kind in run["accuracy"]}
    assert {kind["series"] for kind in kinds.values()} == {1, 2}
    smooth = kinds["smooth"]
    assert smooth["model"] in smooth["scores"]
    assert {"naive"} < smooth["scores"].keys()
    assert smooth["scores"][smooth["model"]]["wape"] < 0.1


def test_a_run_takes_the_place_of_the_one_before(shop):
    runs.run()
    runs.run()
    db.session.rollback()
    assert len(shop.get("forecasts")["items"]) == 3
    newest = shop.get("forecast-runs")["items"][-1]["id"]
    assert {row["run_id"] for row in shop.get("forecasts?facility=W1")["items"]} == {newest}


def test_what_nobody_forecast_is_not_found(shop):
    assert shop.client.get("/v1/forecasts/W2/S2", headers=shop.headers).status_code == 404


def test_the_command_tells_the_errors_beside_the_naive_ones(app, shop):
    with app.app_context():
        result = CliRunner().invoke(main, ["forecast"])
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("3 series, 60 weeks up to 2026-03-01")
    assert "naive" in result.stdout


def test_without_demand_the_command_says_so(app, world):
    with app.app_context():
        result = CliRunner().invoke(main, ["forecast"])
    assert result.exit_code == 1
    assert "there is no demand yet" in result.stderr
