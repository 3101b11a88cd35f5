import json

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from fulfillment.catalog import items
from fulfillment.cli import main
from fulfillment.inventory.models import StockLevel
from fulfillment.platform.db import db


@pytest.fixture
def load(app, database_url, tmp_path, monkeypatch):
    """Write a file and import it: load("items", "sku,name", "A,Lamp") returns click's result."""
    monkeypatch.setenv("FULFILLMENT_DATABASE_URL", database_url)

    def load(what, *lines, options=(), suffix=".csv"):
        file = tmp_path / f"table{suffix}"
        file.write_text("\n".join(lines))
        result = CliRunner().invoke(main, ["import", what, *options, str(file)])
        db.session.rollback()
        return result

    return load


@pytest.fixture
def warehouse(load):
    load("items", "sku,name", "A,Lamp", "B,Chair")
    load("facilities", "code,name,postal_code,timezone", "W1,Reno,89502,America/Los_Angeles")


def test_a_table_of_items_is_loaded_and_counted(load):
    result = load("items", "sku,name,weight_g", "A,Lamp,1200", "B,Chair,4000")
    assert result.stdout == "2 rows: 2 created, 0 updated, 0 unchanged, 0 refused\n"
    assert items.find(["A"])["A"].weight_g == 1200
    again = load("items", "sku,name,weight_g", "A,Lamp,1300", "B,Chair,4000")
    assert again.stdout == "2 rows: 0 created, 1 updated, 1 unchanged, 0 refused\n"


def test_a_bad_row_is_told_by_its_number_and_the_others_are_taken(load):
    result = load("items", "sku,name,weight_g", "A,Lamp,1200", "B,Chair,heavy")
    assert result.exit_code == 1
    assert result.stderr.startswith("row 2: weight_g: ")
    assert items.find(["A", "B"]).keys() == {"A"}


def test_atomic_takes_all_or_nothing(load):
    result = load("items", "sku,name,weight_g", "A,Lamp,1", "B,Chair,x", options=["--atomic"])
    assert result.exit_code == 1
    assert "rows.2.weight_g" in result.stderr
    assert items.find(["A"]) == {}


def test_a_dry_run_writes_nothing(load):
    result = load("items", "sku,name", "A,Lamp", options=["--dry-run"])
    assert "1 created" in result.stdout
    assert items.find(["A"]) == {}


@pytest.mark.engine("sqlite")
def test_json_is_known_by_its_name(load):
    result = load("items", json.dumps({"items": [{"sku": "A", "name": "Lamp"}]}), suffix=".json")
    assert result.stdout.startswith("1 rows: 1 created")


def test_stock_becomes_what_was_counted_through_the_ledger(load, warehouse):
    first = load("stock", "sku,facility,quantity", "A,W1,40", "B,W1,0")
    assert first.stdout == "2 rows: 0 created, 1 updated, 1 unchanged, 0 refused\n"
    load("stock", "sku,facility,quantity", "A,W1,25")
    assert db.session.scalar(select(StockLevel.on_hand).where(StockLevel.sku == "A")) == 25


def test_stock_that_cannot_be_is_told_row_by_row(load, warehouse):
    rows = ("A,W1,-1", "A,W9,1", "Z,W1,1", "A,W1,5", "A,W1,6")
    result = load("stock", "sku,facility,quantity", *rows)
    assert [line.split(": ")[0] for line in result.stderr.splitlines()] == [
        "row 1",
        "row 2",
        "row 3",
        "row 5",
    ]
    assert db.session.scalar(select(StockLevel.on_hand)) == 5


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize(
    ("what", "header", "words"),
    [
        ("items", "sku,colour", "colour: Unknown column."),
        ("items", "", "header"),
        ("rates", "service", "--carrier"),
        ("zones", "zone", "--carrier"),
    ],
)
def test_a_table_that_is_none_is_told(load, what, header, words):
    result = load(what, header, "A")
    assert result.exit_code != 0
    assert words in result.stderr


def test_a_carriers_chart_and_rates_are_loaded_one_after_the_other(load, client, auth):
    client.put("/v1/carriers/C1", json={}, headers=auth("planner"))
    chart = ("origin_prefix,destination_prefix,zone", "006,770,8", "981,770,8")
    first = load("zones", *chart, options=["--carrier", "C1"])
    assert first.stdout == "2 rows: 2 created, 0 updated, 0 unchanged, 0 refused\n"
    rates = ("service,zone,max_weight_lb,price,transit_days", "G,8,1,9.10,5", "G,9,1,9.40,6")
    assert load("rates", *rates, options=["--carrier", "C1"]).exit_code == 0
    lost = load("zones", chart[0], "6,770,8", options=["--carrier", "C1"])
    assert lost.exit_code == 1
    assert "rows.1.origin_prefix: Must be 3 to 5 digits" in lost.stderr
