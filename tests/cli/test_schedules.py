import pytest
from click.testing import CliRunner

from fulfillment.cli import main
from fulfillment.platform.db import db
from fulfillment.platform.jobs import runs, schedules


@pytest.fixture
def run(app, database_url, monkeypatch):
    monkeypatch.setenv("FULFILLMENT_DATABASE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *args: CliRunner().invoke(main, ["schedules", *args])


def schedule(job="audit"):
    db.session.rollback()
    return schedules.get(job)


def test_every_job_is_listed_with_its_first_hours(run):
    listed = run("list").stdout
    for words in ("audit", "30 3 * * *", "expire-holds", "allocation", "UTC", "yes"):
        assert words in listed


def test_what_is_not_given_stays(run):
    told = run("set", "audit", "--cron", "30 2 * * 1-5", "--timezone", "Europe/Berlin")
    assert told.exit_code == 0
    assert told.stdout.startswith("next run 2")
    assert run("set", "audit", "--jitter", "600").exit_code == 0
    row = schedule()
    assert (row.cron, row.timezone, row.jitter_seconds) == ("30 2 * * 1-5", "Europe/Berlin", 600)
    assert row.enabled


def test_a_job_is_switched_off_and_on(run):
    assert run("set", "audit", "--disable").stdout == "no next run: it is off\n"
    assert not schedule().enabled
    run("set", "audit", "--enable")
    assert schedule().enabled


def test_a_run_is_asked_for_and_listed(run):
    assert run("run", "audit").stdout.startswith("queued at 2")
    assert runs.asked() == ["audit"]
    moment = runs.take("audit")
    assert "running" in run("runs", "audit").stdout
    runs.close("audit", moment, "failed", "no lanes")
    listed = run("runs", "audit", "--limit", "1").stdout
    for words in ("system", "failed", "no lanes"):
        assert words in listed


def test_hours_that_were_set_stay_when_the_list_is_read_again(run):
    run("set", "audit", "--cron", "0 5 * * *")
    run("list")
    assert schedule().cron == "0 5 * * *"


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("set", "audit", "--cron", "every night"), "cron: Is no cron expression"),
        (("set", "audit", "--cron", "0 0 30 2 *"), "cron: Its time never comes."),
        (("set", "audit", "--timezone", "Mars"), "timezone: Must be an IANA"),
        (("set", "audit", "--jitter", "-1"), "jitter_seconds"),
        (("set", "none", "--disable"), "There is no schedule none."),
        (("run", "none"), "There is no schedule none."),
        (("runs", "none"), "There is no schedule none."),
    ],
)
def test_a_mistake_is_one_line(run, args, words):
    result = run(*args)
    assert result.exit_code == 1
    assert words in result.stderr
    assert result.stderr.count("\n") == 1
