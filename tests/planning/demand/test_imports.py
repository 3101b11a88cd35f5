"""A history of demand from a file: row by row, and again."""

import gzip
import random

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from fulfillment.cli import main
from fulfillment.planning.demand.imports import DEMAND
from fulfillment.platform import imports, tables

DAY = {"sku": "S1", "facility": "W1", "day": "2025-03-01", "quantity": 4}


@pytest.fixture
def shop(world):
    world.has({"W1": {"S1": 1}})
    return world


def imported(world, *rows, **query):
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return world.post(f"demand/import?{asked}", {"demand": list(rows)})


def test_days_are_written_and_overwritten(shop):
    first = imported(shop, DAY, DAY | {"day": "2025-03-02", "shipped": 1, "stock_out": True})
    assert (first.status_code, first.get_json()["created"]) == (200, 2)
    again = imported(shop, DAY | {"quantity": 5}).get_json()
    assert (again["created"], again["updated"]) == (0, 1)
    assert imported(shop, DAY | {"quantity": 5}).get_json()["unchanged"] == 1
    shown = ("day", "asked", "shipped", "censored", "ran_out", "imported")
    assert [tuple(row[name] for name in shown) for row in shop.get("demand/S1")["items"]] == [
        ("2025-03-01", 5, 5, False, False, True),
        ("2025-03-02", 4, 1, True, True, True),
    ]


@pytest.mark.parametrize(
    ("change", "field", "told"),
    [
        ({"sku": "NONE"}, "sku", "Unknown SKU."),
        ({"facility": "NONE"}, "facility", "Unknown facility."),
        ({"quantity": -1}, "quantity", "Must be greater than or equal to 0"),
        ({"quantity": 1.5}, "quantity", "Not a valid integer."),
        ({"quantity": None}, "quantity", "Field may not be null."),
        ({"day": "2025-02-30"}, "day", "Not a valid date."),
        ({"day": "0202-03-01"}, "day", "Must be of the years 2000 to 2200."),
        ({"weather": "rain"}, "weather", "Unknown field."),
    ],
)
def test_a_bad_row_is_told_by_its_number_and_the_others_are_taken(shop, change, field, told):
    report = imported(shop, DAY, DAY | {"day": "2025-03-02"} | change).get_json()
    assert (report["created"], report["refused"]) == (1, 1)
    (error,) = report["errors"]
    assert error["row"] == 2
    assert error["errors"][field][0].startswith(told)


def test_a_day_that_stands_twice_is_refused_the_second_time(shop):
    report = imported(shop, DAY, DAY).get_json()
    assert report["errors"] == [
        {"row": 2, "errors": {"day": ["The same sku and facility and day as row 1."]}}
    ]


def test_atomic_takes_all_or_nothing(shop):
    assert imported(shop, DAY, DAY | {"sku": "NONE"}, atomic="true").status_code == 422
    assert shop.get("demand/S1")["items"] == []


def test_a_list_is_narrowed_to_a_stock_level_and_days(shop):
    shop.has({"W2": {"S1": 1}})
    days = [f"2025-03-0{n}" for n in range(1, 5)]
    imported(shop, *(DAY | {"day": day} for day in days), DAY | {"facility": "W2"})
    found = shop.get("demand/S1?facility=W1&from=2025-03-02&to=2025-03-04")["items"]
    assert [row["day"] for row in found] == days[1:3]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_the_command_takes_a_plain_or_a_gzipped_table(app, shop, tmp_path, pack):
    file = tmp_path / "demand.csv.gz"
    file.write_bytes(pack(b"sku,facility,day,quantity\nS1,W1,2025-03-01,4\nS1,W1,x,4\n"))
    with app.app_context():
        result = CliRunner().invoke(main, ["import", "demand", str(file)])
    assert result.exit_code == 1
    assert "row 2: day: Not a valid date." in result.stderr
    assert result.stdout == "2 rows: 1 created, 0 updated, 0 unchanged, 1 refused\n"


CHANGES = (
    {},
    {"quantity": 0, "shipped": 2},
    {"quantity": 10**9 + 1},
    {"quantity": True},
    {"quantity": 4.0},
    {"quantity": "4"},
    {"quantity": [4]},
    {"quantity": None},
    {"stock_out": True},
    {"stock_out": 1},
    {"day": "2025-03-02"},
    {"day": "2025-02-30"},
    {"facility": "W 1"},
    {"sku": " S1"},
    {"sku": None, "day": None},
    {"colour": "red"},
)


@pytest.mark.parametrize("seed", range(5))
def test_values_that_stood_in_other_rows_are_judged_as_in_a_row_alone(seed):
    drawn = random.Random(seed)
    given = [DAY | drawn.choice(CHANGES) | drawn.choice(CHANGES) for _ in range(300)]
    given += [{name: row[name] for name in drawn.sample(list(row), 3)} for row in given[:40]]
    rows = tables.numbered(given)
    rows += [replace(row, errors={"sku": ["Unknown SKU."]}) for row in rows[:20]]
    assert imports.judged(DEMAND, rows) == imports.judged(replace(DEMAND, apart=False), rows)


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_a_value_seen_before_keeps_its_type(change):
    rows = tables.numbered([DAY, DAY | change, DAY, DAY | change | {"day": "2025-03-03"}])
    good, refused = imports.judged(DEMAND, rows)
    slowly, refusals = imports.judged(replace(DEMAND, apart=False), rows)
    assert (repr(good), refused) == (repr(slowly), refusals)
