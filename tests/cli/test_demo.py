"""The demo as a person runs it, with a few of its orders."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, text

from fulfillment.cli import demo, main

ORDERS = 40


@pytest.fixture(scope="module")
def demonstrated(tmp_path_factory):
    """The screen of a demo that was run twice, and its database file."""
    url = f"sqlite:///{tmp_path_factory.mktemp('demo') / 'demo.db'}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "embedded", lambda name: url)
        for _ in range(2):
            result = CliRunner().invoke(main, ["demo", "--orders", str(ORDERS)])
            assert result.exit_code == 0, result.output
    return result.stdout, url


def counted(url, statement):
    with create_engine(url).connect() as connection:
        return connection.scalar(text(statement))


def test_the_demo_does_the_main_job_and_may_run_twice(demonstrated):
    screen, url = demonstrated
    assert counted(url, "SELECT COUNT(*) FROM orders") == ORDERS
    delivered = counted(url, "SELECT COUNT(*) FROM shipments WHERE status = 'delivered'")
    assert delivered > 0
    papers = Path(url.removeprefix("sqlite:///")).with_suffix("")
    assert len(list((papers / "labels").glob("*.pdf"))) == delivered
    assert {path.name for path in papers.glob("manifest.*")} == {"manifest.pdf", "manifest.csv"}
    assert f"of {delivered} shipments came on the promised day or before" in " ".join(
        screen.replace("│", " ").split()
    )
    assert counted(url, "SELECT COUNT(*) FROM movements WHERE kind = 'shipment'") > 0
    assert counted(url, "SELECT COUNT(*) FROM plans WHERE status = 'applied'") == 3
    for told in ("nearest first", "this service", "proven within", "invariants hold", "Assumed:"):
        assert told in screen


def test_the_demo_looks_ahead_from_a_year_of_real_demand(demonstrated):
    screen, url = demonstrated
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


def test_the_service_never_ships_dearer_than_the_nearest_site_line_by_line(demonstrated):
    screen, _ = demonstrated
    savings = re.findall(r"([\d.]+)% less than nearest\s+first, line by line", screen)
    assert len(savings) == 1
    assert float(savings[0]) > 0


def test_the_lines_to_copy_stand_whole_on_lines_of_their_own(demonstrated):
    screen, url = demonstrated
    lines = screen.splitlines()
    assert any(line.startswith(f"Look further:  FULFILLMENT_DATABASE_URL={url} ") for line in lines)
    assert any(re.fullmatch(r"  KEY=fk_\S+", line) for line in lines)
    assert sum(line.startswith("  curl ") for line in lines) == 3
    [cart] = re.findall(r"--json '(.*)'", screen)
    [line] = json.loads(cart)["lines"]
    there = f"SELECT SUM(on_hand - reserved) FROM stock_levels WHERE sku = '{line['sku']}'"
    assert counted(url, there) > 0
