import gzip
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from fulfillment.cli import main
from fulfillment.optimization import allocation
from fulfillment.optimization.allocation import files
from tests.optimization.waves import instance, random_wave

PAGE = Path(__file__).parents[2] / "docs" / "solve.md"
EXAMPLE, ANSWER, *_ = re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)
COMMAND = [sys.executable, "-m", "fulfillment.cli", "solve", "allocation"]
WITHOUT_A_DATABASE = """
import sys
from click.testing import CliRunner
from fulfillment.cli import main
result = CliRunner().invoke(main, ["solve", "allocation"], input=sys.stdin.read())
print(result.exit_code, [name for name in ("flask", "sqlalchemy") if name in sys.modules])
"""


@pytest.fixture
def run():
    return lambda *args, **kwargs: CliRunner().invoke(
        main, ["solve", "allocation", *args], **kwargs
    )


@pytest.fixture
def file(tmp_path):
    """Write a problem file and return its path."""

    def write(content, name="problem.json"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write


def without(field, answer):
    return {name: value for name, value in answer.items() if name not in field}


def test_the_example_of_the_page_gives_the_answer_of_the_page(run, file):
    result = run(file(EXAMPLE))
    assert result.exit_code == 0
    answer, told = json.loads(result.stdout), json.loads(ANSWER)
    assert answer.keys() == told.keys()
    assert told["seconds"].keys() <= answer["seconds"].keys()
    assert without(("seconds", "method"), answer) == without(("seconds", "method"), told)


def test_the_page_names_every_field_of_a_problem_and_its_answer(run, file):
    page = PAGE.read_text()
    for kind in ("Facility", "Item", "Lane", "Stock", "Order", "Line", "Held", "Options"):
        for name in getattr(allocation, kind).__dataclass_fields__:
            assert re.search(rf"[`.]{name}(\[\])?[.`]", page), f"{kind}.{name}"
    for name in json.loads(run(file(EXAMPLE)).stdout):
        assert f"`{name}`" in page or f"`{name}." in page


def test_the_plan_is_on_standard_output_and_its_summary_on_standard_error(run, file):
    result = run(file(EXAMPLE))
    assert json.loads(result.stdout)["status"] == "optimal"
    assert result.stderr == (
        "optimal: cost 29.10, within 0.000% of the lowest possible (greedy: 84.70);"
        " 2 shipments, 0 lines unfilled\n"
    )


@pytest.mark.parametrize("args", [(), ("-",)])
@pytest.mark.parametrize("content", [EXAMPLE.encode(), gzip.compress(EXAMPLE.encode(), mtime=0)])
def test_a_problem_may_be_piped_in(run, args, content):
    assert json.loads(run(*args, input=content).stdout)["objective"] == 29.1


def test_a_gzip_file_is_read_as_it_is(run, file):
    result = run(file(gzip.compress(EXAMPLE.encode(), mtime=0), "problem.json.gz"))
    assert json.loads(result.stdout)["objective"] == 29.1


def test_neither_database_nor_application_is_touched(monkeypatch):
    monkeypatch.setenv("FULFILLMENT_DATABASE_URL", "nonsense")
    command = [sys.executable, "-c", WITHOUT_A_DATABASE]
    done = subprocess.run(command, input=EXAMPLE, capture_output=True, text=True)
    assert done.stdout == "0 []\n", done.stderr


@pytest.mark.parametrize("seed", range(5))
def test_the_plan_is_feasible_and_costs_what_it_says(run, file, seed):
    problem = random_wave(seed)
    answer = json.loads(run(file(json.dumps(files.problem_document(problem)))).stdout)
    plan = [allocation.Allocation(**line) for line in answer["allocations"]]
    evaluation = allocation.evaluate(problem, plan)
    assert evaluation.violations == ()
    assert answer["objective"] == pytest.approx(evaluation.objective)
    assert answer["unfilled"] == [vars(line) for line in evaluation.unfilled]


def test_options_go_before_the_file(run, file):
    late = run(file(EXAMPLE), "--seconds", "0")
    assert json.loads(late.stdout)["status"] == "feasible"
    lax = run(file(EXAMPLE), "--seconds", "0", "--gap", "1", "--seed", "7")
    assert json.loads(lax.stdout)["status"] == "optimal"


def test_output_goes_to_a_file(run, file, tmp_path):
    target = tmp_path / "answer.json"
    target.write_text("an older answer")
    result = run(file(EXAMPLE), "--output", str(target))
    assert result.stdout == ""
    assert json.loads(target.read_text())["objective"] == 29.1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answer.json", "problem.json"]


def test_a_refused_problem_leaves_the_older_answer(run, file, tmp_path):
    target = tmp_path / "answer.json"
    target.write_text("an older answer")
    assert run(file("{}"), "--output", str(target)).exit_code == 1
    assert target.read_text() == "an older answer"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "is empty"),
        ("[]", "must be an object, not an array"),
        ('{"facilities": [],}', "is not JSON: "),
        (b"\xff\xfe", "is not UTF-8 text: see byte 1"),
        ("[" * 100_000, "is nested too deep"),
        (EXAMPLE.replace("2.0", "NaN"), "items[0].weight must be a number of at least 0, not NaN"),
        (EXAMPLE.replace("weight", "wieght"), "items[0].wieght is unknown"),
    ],
)
def test_a_bad_file_is_one_line_with_its_name_and_path(run, file, content, told):
    path = file(content)
    result = run(path)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith(f"Error: {path}: {told}")
    assert result.stderr.count("\n") == 1


def test_every_fault_has_its_line(run):
    result = run(input=EXAMPLE.replace("40.0", '"40"').replace("60.0", "true"))
    assert result.stderr == (
        'Error: standard input: orders[0].unfilled_cost must be a number of at least 0, not "40"\n'
        "standard input: orders[1].unfilled_cost must be a number of at least 0, not true\n"
    )


@pytest.mark.parametrize(
    "args",
    [
        ("nowhere.json",),
        ("/",),
        ("-", "--seconds", "nan"),
        ("-", "--seconds", "-1"),
        ("-", "--gap", "2"),
        ("-", "--seed", "-1"),
        ("-", "--output", "/nowhere/answer.json"),
        ("-", "--output", "/"),
    ],
)
def test_a_command_that_makes_no_sense_is_refused_before_anything_is_solved(run, args):
    result = run(*args, input=EXAMPLE)
    assert (result.exit_code, result.stdout) == (2, "")


def heard(terminal, words, seconds):
    """What came from the terminal until it said `words`."""
    text, until = b"", time.monotonic() + seconds
    while words not in text and time.monotonic() < until:
        if select.select([terminal], [], [], 0.1)[0]:
            text += os.read(terminal, 65536)
    return text


@pytest.fixture
def working(tmp_path):
    """A process that has begun to solve a large problem, its file and its terminal."""
    path = tmp_path / "problem.json.gz"
    path.write_bytes(instance("orders_05000.json.gz"))
    ours, theirs = os.openpty()
    command = [*COMMAND, str(path), "--gap", "0", "--output", str(tmp_path / "answer.json")]
    with subprocess.Popen(command, stderr=theirs, stdin=subprocess.DEVNULL) as process:
        try:
            assert b"Allocating" in heard(ours, b"Allocating", 30)
            yield process, path, ours
        finally:
            process.kill()
    os.close(ours)
    os.close(theirs)


def test_ctrl_c_hands_over_the_best_plan_so_far(working):
    process, path, terminal = working
    process.send_signal(signal.SIGINT)
    assert b"best plan so far" in heard(terminal, b"best plan so far", 30)
    assert process.wait(30) == 0
    answer = json.loads((path.parent / "answer.json").read_text())
    assert answer["status"] == "feasible"
    problem = files.read(path.read_bytes())
    plan = [allocation.Allocation(**line) for line in answer["allocations"]]
    assert allocation.evaluate(problem, plan).violations == ()


def test_a_second_ctrl_c_ends_without_a_plan(working):
    process, path, terminal = working
    process.send_signal(signal.SIGINT)
    assert b"stopping" in heard(terminal, b"stopping", 10)
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 128 + signal.SIGINT
    assert not (path.parent / "answer.json").exists()
