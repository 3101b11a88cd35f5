"""The demo as a person runs it, with a few of its orders."""

import re

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, text

from fulfillment.cli import demo, main

ORDERS = 40


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run the demo on a database file in a folder of the test's own."""
    url = f"sqlite:///{tmp_path / 'demo.db'}"
    monkeypatch.setattr(demo, "embedded", lambda name: url)

    def once():
        result = CliRunner().invoke(main, ["demo", "--orders", str(ORDERS)])
        assert result.exit_code == 0, result.output
        return result.stdout, url

    return once


def counted(url, statement):
    with create_engine(url).connect() as connection:
        return connection.scalar(text(statement))


def test_the_demo_does_the_main_job_and_may_run_twice(run):
    run()
    screen, url = run()
    assert counted(url, "SELECT COUNT(*) FROM orders") == ORDERS
    assert counted(url, "SELECT COUNT(*) FROM shipments WHERE status = 'handed_over'") > 0
    assert counted(url, "SELECT COUNT(*) FROM movements WHERE kind = 'shipment'") > 0
    assert counted(url, "SELECT COUNT(*) FROM plans WHERE status = 'applied'") == 3
    for told in ("nearest first", "this service", "proven within", "invariants hold", "Assumed:"):
        assert told in screen


def test_the_demo_looks_ahead_from_a_year_of_real_demand(run):
    screen, url = run()
    assert counted(url, "SELECT COUNT(*) FROM demand_days WHERE NOT imported") == 0
    assert counted(url, "SELECT COUNT(DISTINCT sku) FROM demand_days") > ORDERS
    assert counted(url, "SELECT SUM(series) FROM forecast_runs") > 0
    assert counted(url, "SELECT COUNT(*) FROM forecasts WHERE per_day > 0") > 0
    orders = counted(url, "SELECT COUNT(*) FROM purchase_orders WHERE status = 'proposed'")
    transfers = counted(url, "SELECT COUNT(*) FROM transfers WHERE status = 'proposed'")
    assert orders > 0
    assert f"To buy: {orders} purchase orders" in screen
    assert f"To move: {transfers} transfers" in screen or transfers == 0
    assert "Moved:" in screen


def test_the_service_never_ships_dearer_than_the_nearest_site_line_by_line(run):
    screen, _ = run()
    savings = re.findall(r"([\d.]+)% less than nearest\s+first, line by line", screen)
    assert len(savings) == 1
    assert float(savings[0]) > 0


def test_the_lines_to_copy_stand_whole_on_lines_of_their_own(run):
    screen, url = run()
    lines = screen.splitlines()
    assert any(line.startswith(f"Look further:  FULFILLMENT_DATABASE_URL={url} ") for line in lines)
    assert any(re.fullmatch(r"  KEY=fk_\S+", line) for line in lines)
    assert sum(line.startswith("  curl ") for line in lines) == 3
