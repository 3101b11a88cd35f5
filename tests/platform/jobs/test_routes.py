from datetime import timedelta

import pytest
import time_machine

from fulfillment.platform.jobs import runs
from tests.platform.jobs.conftest import NOON


@pytest.fixture
def call(client, auth, timetable):
    """A client of the timetable with a planner's key, and the key of anybody else."""
    timetable.has("audit", "30 3 * * *")
    timetable.has()
    headers = auth("planner")

    def call(method, path="schedules/wave", body=None, role=None, **more):
        named = {name.replace("_", "-"): value for name, value in more.items()}
        key = auth(role) if role else headers
        return client.open(f"/v1/{path}", method=method, json=body, headers={**key, **named})

    return call


def test_a_schedule_is_shown_with_its_next_run_and_its_latest_ones(call, timetable):
    timetable.at(NOON, lambda: "7 orders")
    timetable.at(NOON + timedelta(minutes=15), lambda: 1 / 0)
    with time_machine.travel(NOON + timedelta(minutes=20), tick=False):
        shown = call("GET").get_json()
    assert (shown["name"], shown["cron"], shown["timezone"]) == ("wave", "*/15 * * * *", "UTC")
    assert (shown["enabled"], shown["jitter_seconds"], shown["version"]) == (True, 0, 1)
    assert shown["next_run"] == "2026-11-22T12:30:00+00:00"
    assert [(run["status"], run["asked_by"]) for run in shown["last_runs"]] == [
        ("failed", "clock"),
        ("done", "clock"),
    ]
    assert shown["last_runs"][0]["detail"].startswith("ZeroDivisionError")


def test_schedules_are_listed_by_name_with_their_latest_run(call, timetable):
    timetable.at(NOON)
    timetable.at(NOON + timedelta(minutes=15))
    audit, wave = call("GET", "schedules").get_json()["items"]
    assert (audit["name"], audit["last_run"]) == ("audit", None)
    assert wave["last_run"]["scheduled_for"] == "2026-11-22T12:15:00+00:00"
    table = call("GET", "schedules", Accept="text/csv").text.splitlines()
    assert "last_run.status" in table[0]
    assert len(table) == 3


def test_a_planner_sets_the_hours_and_the_next_run_follows(call):
    body = {"cron": "30 2 * * *", "timezone": "Europe/Berlin", "jitter_seconds": 0}
    with time_machine.travel(NOON, tick=False):
        changed = call("PUT", body=body)
    assert changed.status_code == 200
    shown = changed.get_json()
    assert shown["next_run"] == "2026-11-23T01:30:00+00:00"
    assert (shown["version"], shown["updated_at"]) == (2, "2026-11-22T12:00:00+00:00")
    assert shown["updated_by"].startswith("key:")
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        again = call("PUT", body=body).get_json()
    assert (again["version"], again["updated_at"]) == (2, shown["updated_at"])


def test_a_schedule_that_is_off_has_no_next_run(call):
    changed = call("PUT", body={"cron": "0 0 * * *", "enabled": False})
    assert changed.get_json()["next_run"] is None


def test_if_match_keeps_planners_from_overwriting_each_other(call, timetable):
    read = call("GET").headers["ETag"]
    # A run in between is no change of the schedule.
    timetable.at(NOON)
    assert call("PUT", body={"cron": "0 5 * * *"}, If_Match=read).status_code == 200
    assert call("PUT", body={"cron": "0 6 * * *"}, If_Match=read).status_code == 412
    assert call("GET").get_json()["cron"] == "0 5 * * *"


def test_who_watches_the_runs_is_never_told_that_nothing_changed(call, timetable):
    read = call("GET").headers["ETag"]
    timetable.at(NOON)
    watched = call("GET", If_None_Match=read)
    assert watched.status_code == 200
    assert len(watched.get_json()["last_runs"]) == 1


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({}, "cron", "Missing"),
        ({"cron": "every night"}, "cron", "2 fields and not 5"),
        ({"cron": "61 * * * *"}, "cron", "61"),
        ({"cron": "0 0 30 2 *"}, "cron", "never comes"),
        ({"cron": "0 0 * * *", "timezone": "Berlin"}, "timezone", "Europe/Berlin"),
        ({"cron": "0 0 * * *", "jitter_seconds": -1}, "jitter_seconds", "0"),
        ({"cron": "0 0 * * *", "jitter_seconds": 3601}, "jitter_seconds", "3600"),
        ({"cron": "*/5 * * * *", "jitter_seconds": 300}, "jitter_seconds", "less than the 300"),
        ({"cron": "0 0 * * *", "enabled": "yes"}, "enabled", "boolean"),
        ({"cron": "0 0 * * *", "hours": 1}, "hours", "Unknown"),
    ],
)
@pytest.mark.engine("sqlite")
def test_what_is_wrong_is_told_at_its_field(call, body, field, words):
    answer = call("PUT", body=body)
    assert answer.status_code == 422
    assert words in " ".join(answer.get_json()["errors"][field])
    assert call("GET").get_json()["version"] == 1


def test_a_run_that_is_asked_for_waits_and_is_one_however_often(call, timetable):
    answers = [call("POST", "schedules/wave/run") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].headers["Location"] == "/v1/schedules/wave"
    first, second = (answer.get_json() for answer in answers)
    assert first == second
    assert (first["status"], first["started_at"]) == ("queued", None)
    assert first["asked_by"].startswith("key:")
    assert runs.asked() == ["wave"]
    assert call("GET").get_json()["last_runs"][0]["status"] == "queued"


def test_a_repeated_key_asks_once_even_when_the_run_is_over(call, timetable):
    for _ in range(2):
        call("POST", "schedules/wave/run", Idempotency_Key="k1")
        timetable.at(NOON)
    asked = [run for run in timetable.runs() if run.asked_by != "clock"]
    assert [run.status for run in asked] == ["done"]


def test_runs_are_listed_between_two_moments_page_by_page(call, timetable):
    for quarter in range(4):
        timetable.at(NOON + quarter * timedelta(minutes=15))
    query = "schedules/wave/runs?from=2026-11-22T12:15:00Z&to=2026-11-22T12:45:00Z&limit=1"
    first = call("GET", query).get_json()
    second = call("GET", f"{query}&cursor={first['next_cursor']}").get_json()
    found = [run["scheduled_for"][11:16] for run in (*first["items"], *second["items"])]
    assert (found, second["next_cursor"]) == (["12:15", "12:30"], None)


@pytest.mark.engine("sqlite")
def test_there_is_no_schedule_of_an_unknown_job(call):
    for method, path, body in (
        ("GET", "schedules/none", None),
        ("PUT", "schedules/none", {"cron": "0 0 * * *"}),
        ("POST", "schedules/none/run", None),
        ("GET", "schedules/none/runs", None),
    ):
        assert call(method, path, body).status_code == 404


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [("viewer", 200, 403), ("admin", 200, 200), ("warehouse", 403, 403), ("storefront", 403, 403)],
)
def test_viewers_read_and_planners_write(call, role, reads, writes):
    assert call("GET", role=role).status_code == reads
    assert call("GET", "schedules", role=role).status_code == reads
    assert call("PUT", body={"cron": "0 0 * * *"}, role=role).status_code == writes
    asked = call("POST", "schedules/wave/run", role=role).status_code
    assert asked == {200: 202}.get(writes, writes)
