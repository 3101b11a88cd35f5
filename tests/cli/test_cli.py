import subprocess
import sys

import pytest
from click.testing import CliRunner

from fulfillment.cli import COMMANDS, main

IMPORTED_FOR_HELP = """
import sys
from click.testing import CliRunner
from fulfillment.cli import main
CliRunner().invoke(main, ["--help"])
print([name for name in ("flask", "sqlalchemy", "pulp", "numpy", "pyarrow") if name in sys.modules])
"""


@pytest.fixture
def run():
    return lambda *args: CliRunner().invoke(main, args)


def test_help_lists_every_command_and_imports_none(run):
    for name, summary in COMMANDS.items():
        assert f"{name} " in run("--help").output
        assert summary in " ".join(run("--help").output.split())
    command = [sys.executable, "-c", IMPORTED_FOR_HELP]
    assert subprocess.run(command, capture_output=True, text=True).stdout == "[]\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_can_be_worked_from_its_help(run, name):
    result = run(name, "--help")
    assert result.exit_code == 0, result.output
    assert f"Usage: main {name}" in result.output


def test_an_unknown_command_is_an_error(run):
    result = run("fly")
    assert result.exit_code == 2
    assert "No such command 'fly'" in result.stderr


def test_a_bad_setting_is_one_line_that_names_it(run, monkeypatch):
    monkeypatch.setenv("FULFILLMENT_HOLD_TTL_SECONDS", "soon")
    result = run("keys", "list")
    assert result.exit_code == 1
    assert result.stderr == "Error: setting hold_ttl_seconds: 'soon' is not an int\n"


def test_a_database_that_is_not_there_is_one_line(run, monkeypatch):
    monkeypatch.setenv("FULFILLMENT_DATABASE_URL", "sqlite:////nowhere/at/all.db")
    result = run("keys", "list")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: the database refused: unable to open")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("url", ["zz", "mysql://root:secret@h/d", "sqlite", "http://h/d"])
def test_a_database_of_no_known_kind_is_one_line_that_tells_no_password(run, monkeypatch, url):
    monkeypatch.setenv("FULFILLMENT_DATABASE_URL", url)
    result = run("keys", "list")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: setting database_url")
    assert result.stderr.count("\n") == 1
    assert "secret" not in result.stderr


def test_a_file_that_is_no_database_is_one_line(run, monkeypatch, tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("These are notes, and no database at all.\n" * 100)
    monkeypatch.setenv("FULFILLMENT_DATABASE_URL", f"sqlite:///{file}")
    result = run("keys", "list")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "not a database" in result.stderr


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("audit", "--limit", "-5"), "--limit"),
        (("audit", "--limit", "0"), "--limit"),
        (("audit", "--apply"), "--apply goes with --repair"),
        (("plan", "allocation", "--seconds", "nan"), "--seconds"),
        (("plan", "allocation", "--seconds", "inf"), "--seconds"),
        (("plan", "allocation", "--gap", "nan"), "--gap"),
    ],
)
def test_an_option_out_of_range_is_refused(run, monkeypatch, tmp_path, args, words):
    monkeypatch.setenv("FULFILLMENT_DATABASE_URL", f"sqlite:///{tmp_path / 'x.db'}")
    result = run(*args)
    assert result.exit_code == 2
    assert words in result.stderr


def test_flask_reaches_the_same_commands(tmp_path, monkeypatch):
    monkeypatch.setenv("FULFILLMENT_DATABASE_URL", f"sqlite:///{tmp_path / 'x.db'}")
    flask = [sys.executable, "-m", "flask", "--app", "wsgi", "openapi"]
    done = subprocess.run(flask, capture_output=True, text=True)
    assert done.stdout.startswith("{"), done.stderr


def test_a_database_without_its_driver_is_one_line_that_says_what_to_install(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.setenv("FULFILLMENT_DATABASE_URL", "postgresql://user:secret@localhost/name")
    result = run("keys", "list")
    assert result.exit_code == 1
    assert result.stderr.strip() == (
        "Error: setting database_url: psycopg is not installed (extra 'postgres')"
    )
