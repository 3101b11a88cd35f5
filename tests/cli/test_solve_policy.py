import gzip
import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from fulfillment.cli import main

CASES = [
    {
        "function": "eoq",
        "inputs": {"fixed_cost": 8, "holding_cost": 0.225, "demand_rate": 1300},
        "expected": {"Q": 304.0467800264368, "cost": 68.41052550594829},
        "source": "Snyder and Shen, example 3.1",
    },
    {"function": "standard_normal_loss", "inputs": {"z": 0}},
    {"function": "standard_normal_loss", "inputs": {"z": 0}, "expected": {"cdf": 0.4}},
]
TEXT = json.dumps(CASES)
WITHOUT_A_DATABASE = """
import sys
from click.testing import CliRunner
from fulfillment.cli import main
result = CliRunner().invoke(main, ["solve", "policy"], input=sys.stdin.read())
print(result.exit_code, [name for name in ("flask", "sqlalchemy") if name in sys.modules])
"""


@pytest.fixture
def run():
    return lambda *args, **kwargs: CliRunner().invoke(main, ["solve", "policy", *args], **kwargs)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "cases.json"
    path.write_text(TEXT)
    return path


def test_answers_are_on_standard_output_and_their_summary_on_standard_error(run, file):
    result = run(str(file))
    assert result.exit_code == 0
    first, second, third = json.loads(result.stdout)
    assert first["outputs"] == pytest.approx(CASES[0]["expected"])
    assert (first["agrees"], third["agrees"]) == (True, False)
    assert first["source"] == CASES[0]["source"]
    assert second["outputs"]["loss"] == pytest.approx(0.3989422804014327)
    assert result.stderr == "cases: 3; as expected: 1 of 2; not: [2]\n"


@pytest.mark.parametrize("args", [(), ("-",)])
@pytest.mark.parametrize("content", [TEXT.encode(), gzip.compress(TEXT.encode(), mtime=0)])
def test_cases_may_be_piped_in(run, args, content):
    assert len(json.loads(run(*args, input=content).stdout)) == 3


def test_cases_that_expect_nothing_are_only_counted(run):
    result = run(input=json.dumps(CASES[1:2]))
    assert result.stderr == "cases: 1\n"


def test_output_goes_to_a_file(run, file, tmp_path):
    target = tmp_path / "answers.json"
    target.write_text("an older answer")
    assert run(str(file), "--output", str(target)).stdout == ""
    assert len(json.loads(target.read_text())) == 3


def test_refused_cases_are_one_line_each_and_leave_the_older_answer(run, tmp_path):
    target = tmp_path / "answers.json"
    target.write_text("an older answer")
    wrong = TEXT.replace("1300", "-1300").replace('"z": 0', '"y": 0', 1)
    result = run("--output", str(target), input=wrong)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "Error: standard input: [0].inputs.demand_rate must be a number above 0, not -1300\n"
        "standard input: [1].inputs.y is unknown\n"
        "standard input: [1].inputs.z is missing\n"
    )
    assert target.read_text() == "an older answer"


@pytest.mark.parametrize("args", [("nowhere.json",), ("/",), ("-", "--output", "/nowhere/a.json")])
def test_a_command_that_makes_no_sense_is_refused(run, args):
    result = run(*args, input=TEXT)
    assert (result.exit_code, result.stdout) == (2, "")


def test_neither_database_nor_application_is_touched(monkeypatch):
    monkeypatch.setenv("FULFILLMENT_DATABASE_URL", "nonsense")
    command = [sys.executable, "-c", WITHOUT_A_DATABASE]
    done = subprocess.run(command, input=TEXT, capture_output=True, text=True)
    assert done.stdout == "0 []\n", done.stderr
