import pytest
from click.testing import CliRunner

from fulfillment.cli import main
from fulfillment.platform import revisions


@pytest.fixture
def run(empty_database_url, monkeypatch):
    monkeypatch.setenv("FULFILLMENT_DATABASE_URL", empty_database_url)
    return lambda *args: CliRunner().invoke(main, args)


def test_a_database_goes_up_and_down(run):
    up = run("db", "upgrade")
    assert (up.exit_code, up.stderr) == (0, f"The database is at {revisions.newest()}.\n")
    assert run("keys", "create", "--role", "admin").exit_code == 0
    down = run("db", "downgrade", "base")
    assert (down.exit_code, down.stderr) == (0, "The database is at base.\n")


@pytest.mark.engine("sqlite")
def test_a_step_down_needs_no_quoting(run):
    run("db", "upgrade")
    down = run("db", "downgrade", "-1")
    assert down.exit_code == 0, down.stderr
    assert revisions.newest() not in down.stderr


def test_a_database_without_schema_is_told_with_its_cure(run):
    result = run("keys", "list")
    assert result.exit_code == 1
    assert "fulfillment db upgrade" in result.stderr


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize("revision", ["9999", "-9"])
def test_an_unknown_revision_is_one_line(run, revision):
    result = run("db", "upgrade", "--", revision)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1


def test_the_timetable_is_there_before_any_scheduler_has_run(run):
    run("db", "upgrade")
    listed = run("schedules", "list")
    assert listed.exit_code == 0, listed.stderr
    assert "expire-holds" in listed.stdout
