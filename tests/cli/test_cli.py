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
    assert result.stderr == "Error: setting hold_ttl_seconds: 'soon' is not a int\n"


def test_a_database_that_is_not_there_is_one_line(run, monkeypatch):
    monkeypatch.setenv("FULFILLMENT_DATABASE_URL", "sqlite:////nowhere/at/all.db")
    result = run("keys", "list")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: the database refused: unable to open")
    assert result.stderr.count("\n") == 1


def test_flask_reaches_the_same_commands(tmp_path, monkeypatch):
    monkeypatch.setenv("FULFILLMENT_DATABASE_URL", f"sqlite:///{tmp_path / 'x.db'}")
    flask = [sys.executable, "-m", "flask", "--app", "wsgi", "openapi"]
    done = subprocess.run(flask, capture_output=True, text=True)
    assert done.stdout.startswith("{"), done.stderr
