import gzip
import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from fulfillment.cli import main

PROBLEM = {
    "facilities": [{"code": "RENO"}],
    "suppliers": [{"code": "ACME", "lead_time": 7}],
    "terms": [
        {"supplier": "ACME", "sku": "LAMP", "unit_cost": 12.5, "pack_size": 6},
        {"supplier": "ACME", "sku": "RUG", "unit_cost": 40.0},
    ],
    "positions": [
        {
            "facility": "RENO",
            "sku": sku,
            "on_hand": 4,
            "supplier": "ACME",
            "policy": {"kind": "s_S", "reorder_point": 8, "order_up_to": 20},
            "shortage_cost": 9.0,
        }
        for sku in ("LAMP", "RUG")
    ],
    "options": {"budget": 400.0},
}
TEXT = json.dumps(PROBLEM)
WITHOUT_A_DATABASE = """
import sys
from click.testing import CliRunner
from fulfillment.cli import main
result = CliRunner().invoke(main, ["solve", "replenishment"], input=sys.stdin.read())
print(result.exit_code, [name for name in ("flask", "sqlalchemy") if name in sys.modules])
"""


@pytest.fixture
def run():
    return lambda *args, **kwargs: CliRunner().invoke(
        main, ["solve", "replenishment", *args], **kwargs
    )


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "problem.json"
    path.write_text(TEXT)
    return path


def test_the_plan_is_on_standard_output_and_its_summary_on_standard_error(run, file):
    result = run(str(file))
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    (order,) = answer["orders"]
    assert order["cost"] == sum(line["cost"] for line in order["lines"]) <= 400.0
    assert result.stderr.startswith("optimal: cost ")
    assert f"1 orders for {order['cost']:,.2f}, 0 transfers" in result.stderr


@pytest.mark.parametrize("args", [(), ("-",)])
@pytest.mark.parametrize("content", [TEXT.encode(), gzip.compress(TEXT.encode(), mtime=0)])
def test_a_problem_may_be_piped_in(run, args, content):
    assert json.loads(run(*args, input=content).stdout)["status"] == "optimal"


def test_options_go_before_those_of_the_file(run, file):
    answer = json.loads(run(str(file), "--seconds", "0").stdout)
    assert answer["objective"] == answer["greedy"]


def test_output_goes_to_a_file(run, file, tmp_path):
    target = tmp_path / "answer.json"
    assert run(str(file), "--output", str(target)).stdout == ""
    assert json.loads(target.read_text())["orders"]


def test_a_refused_problem_names_the_place(run):
    wrong = TEXT.replace('"on_hand": 4', '"on_hand": "four"', 1)
    result = run(input=wrong)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "Error: standard input: positions[0].on_hand must be a whole number of at least 0,"
        ' not "four"\n'
    )


@pytest.mark.parametrize("args", [("nowhere.json",), ("-", "--gap", "2")])
def test_a_command_that_makes_no_sense_is_refused(run, args):
    assert run(*args, input=TEXT).exit_code == 2


def test_neither_database_nor_application_is_touched(monkeypatch):
    monkeypatch.setenv("FULFILLMENT_DATABASE_URL", "nonsense")
    command = [sys.executable, "-c", WITHOUT_A_DATABASE]
    done = subprocess.run(command, input=TEXT, capture_output=True, text=True)
    assert done.stdout == "0 []\n", done.stderr
