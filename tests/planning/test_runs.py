"""The life of a plan: taken up by one worker, applied once, called off, and survived by others."""

import threading
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine

from fulfillment.planning import leases, runs
from fulfillment.planning.waves import allocation, kind
from fulfillment.platform import clock
from fulfillment.platform.db import transaction
from tests.rivals import alone, at_once
from tests.world import shares


@pytest.fixture
def queued(world):
    """Ask for a wave and leave it to the workers; return its id."""

    def ask(apply=False):
        body = {"kind": "allocation", "apply": apply}
        return UUID(world.post("plans", body).get_json()["id"])

    return ask


def in_app(app, work):
    """Return `work` as another process would do it, with an application context of its own."""

    def run():
        with app.app_context():
            return work()

    return run


def status(world, plan_id):
    return world.get(f"plans/{plan_id}")["status"]


def outcomes(world, plan_id):
    lines = world.get(f"plans/{plan_id}/lines")["items"]
    return [(line["facility"], line["quantity"], line["outcome"]) for line in lines]


def test_a_plan_is_looked_at_and_then_applied(world, plan, wait):
    world.has({"W1": {"S1": 5}})
    order = wait("o1", {"S1": 2})
    ready = plan()
    assert (ready["status"], ready["progress"]) == ("ready", 1.0)
    assert ready["summary"]["objective"] >= ready["summary"]["lower_bound"]
    assert world.get(f"orders/{order['id']}")["status"] == "waiting"
    applied = world.post(f"plans/{ready['id']}/apply").get_json()
    assert applied["status"] == "applied"
    assert applied["summary"]["outcome"] == {"applied": {"lines": 1, "units": 2}}
    assert shares(world.get(f"orders/{order['id']}")) == {"W1": {"S1": 2}}
    decision = world.get(f"orders/{order['id']}/decision")["decision"]
    assert decision["by"] == "wave"


def test_a_plan_is_applied_once(world, plan, wait):
    world.has({"W1": {"S1": 5}})
    wait("o1", {"S1": 2})
    ready = plan()
    first, again = (world.post(f"plans/{ready['id']}/apply") for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.get_json() == again.get_json()
    assert world.level()["reserved"] == 2


def test_two_who_apply_at_once_apply_once(app, world, plan, wait):
    world.has({"W1": {"S1": 5}})
    wait("o1", {"S1": 2})
    ready = plan()
    shops = [type(world)(app.test_client(), world.headers) for _ in range(2)]
    answers = at_once([lambda s=s: s.post(f"plans/{ready['id']}/apply") for s in shops])
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert world.level()["reserved"] == 2


def test_case_17_what_a_rival_took_meanwhile_is_lost_and_the_rest_stands(world, plan, wait):
    world.has({"W1": {"S1": 1, "S2": 1, "S3": 1}})
    loser, winner = wait("loser", {"S1": 1, "S3": 1}), wait("winner", {"S2": 1})
    ready = plan()
    assert world.reserve("rival", {"S1": 1}).status_code == 201
    applied = world.post(f"plans/{ready['id']}/apply").get_json()
    assert applied["summary"]["outcome"] == {
        "applied": {"lines": 1, "units": 1},
        "lost": {"lines": 2, "units": 2},
    }
    assert world.get(f"orders/{winner['id']}")["status"] == "allocated"
    lost = world.get(f"orders/{loser['id']}")
    assert (lost["status"], lost["awaiting"]) == ("waiting", True)
    assert world.level("S3")["reserved"] == 0
    world.has({"W1": {"S1": 1}})
    assert plan(apply=True)["status"] == "applied"
    assert world.get(f"orders/{loser['id']}")["status"] == "allocated"


def test_case_17_a_rival_while_the_wave_solves_is_no_different(
    app, world, queued, wait, monkeypatch
):
    world.has({"W1": {"S1": 1, "S2": 1}})
    loser, _ = wait("loser", {"S1": 1}), wait("winner", {"S2": 1})
    solve = allocation.solve
    shop = type(world)(app.test_client(), world.headers)

    def solve_and_be_robbed(*problem):
        solution = solve(*problem)
        assert alone(lambda: shop.reserve("rival", {"S1": 1})).status_code == 201
        return solution

    monkeypatch.setattr(allocation, "solve", solve_and_be_robbed)
    plan_id = queued(apply=True)
    assert runs.execute_next()
    assert outcomes(world, plan_id) == [("W1", 1, "lost"), ("W1", 1, "applied")]
    assert world.get(f"orders/{loser['id']}")["awaiting"]


def test_an_order_cancelled_after_the_plan_was_made_gets_nothing(world, plan, wait):
    world.has({"W1": {"S1": 5}})
    order = wait("o1", {"S1": 2})
    ready = plan()
    world.post(f"orders/{order['id']}/cancel")
    applied = world.post(f"plans/{ready['id']}/apply").get_json()
    assert applied["summary"]["outcome"] == {"lost": {"lines": 1, "units": 2}}
    assert world.level()["reserved"] == 0


def test_a_facility_closed_after_the_plan_was_made_ships_nothing(world, plan, wait):
    world.has({"W1": {"S1": 5}})
    order = wait("o1", {"S1": 2})
    ready = plan()
    closed = {"name": "W1", "timezone": "America/Chicago", "active": False}
    path = "/v1/facilities/W1"
    assert world.client.put(path, json=closed, headers=world.headers).status_code == 200
    world.post(f"plans/{ready['id']}/apply")
    assert world.get(f"orders/{order['id']}")["status"] == "waiting"


def test_a_plan_that_is_called_off_does_nothing(world, plan, wait, queued):
    world.has({"W1": {"S1": 5}})
    wait("o1", {"S1": 2})
    plan_id = queued(apply=True)
    assert world.post(f"plans/{plan_id}/cancel").get_json()["status"] == "cancelled"
    assert not runs.execute_next()
    ready = plan()
    world.post(f"plans/{ready['id']}/cancel")
    assert world.post(f"plans/{ready['id']}/apply").status_code == 409
    assert world.post(f"plans/{ready['id']}/cancel").status_code == 409
    assert world.level()["reserved"] == 0


def test_a_plan_called_off_while_it_is_solved_is_not_applied(app, world, queued, wait, monkeypatch):
    world.has({"W1": {"S1": 5}})
    wait("o1", {"S1": 2})
    plan_id, solve = queued(apply=True), allocation.solve
    shop = type(world)(app.test_client(), world.headers)

    def solve_and_be_called_off(problem, stop, on_progress):
        assert not stop()
        assert alone(lambda: shop.post(f"plans/{plan_id}/cancel")).status_code == 200
        with time_machine.travel(clock.now() + timedelta(seconds=5)):
            assert stop()
        return solve(problem, stop, on_progress)

    monkeypatch.setattr(allocation, "solve", solve_and_be_called_off)
    assert runs.execute_next()
    assert status(world, plan_id) == "cancelled"
    assert world.level()["reserved"] == 0


def test_a_plan_called_off_while_it_is_applied_stops_there(app, world, queued, wait, monkeypatch):
    monkeypatch.setattr(kind, "ORDERS_AT_ONCE", 1)
    world.has({"W1": {"S1": 5}})
    for n in range(3):
        wait(f"o{n}", {"S1": 1})
    plan_id, apply_lines = queued(apply=True), runs.apply_lines
    shop = type(world)(app.test_client(), world.headers)

    def apply_some_and_be_called_off(*lines):
        apply_lines(*lines)
        alone(lambda: shop.post(f"plans/{plan_id}/cancel"))

    monkeypatch.setattr(runs, "apply_lines", apply_some_and_be_called_off)
    runs.execute_next()
    assert status(world, plan_id) == "cancelled"
    assert [outcome for *_, outcome in outcomes(world, plan_id)] == [
        "applied",
        "proposed",
        "proposed",
    ]
    assert world.level()["reserved"] == 1


def test_of_workers_at_once_one_solves_and_one_applies(app, world, queued, wait):
    world.has({"W1": {"S1": 5}})
    wait("o1", {"S1": 2})
    plan_id = queued(apply=True)
    workers = [in_app(app, lambda: runs.execute(plan_id)) for _ in range(4)]
    # Whoever comes upon the plan when it is ready may apply it.
    assert at_once(workers).count(True) in (1, 2)
    assert status(world, plan_id) == "applied"
    assert world.level()["reserved"] == 2


def test_a_plan_waits_while_another_of_its_kind_is_solved(world, queued):
    first, second = queued(), queued()
    assert leases.claim(first, "queued")
    assert not runs.execute_next()
    assert status(world, second) == "queued"
    leases.finish(first, "failed")
    assert runs.execute_next()
    assert status(world, second) == "ready"


def after_the_lease():
    return time_machine.travel(clock.now() + leases.LEASE + timedelta(seconds=1))


def test_a_dead_worker_s_plan_is_taken_up_again(world, queued, wait):
    world.has({"W1": {"S1": 5}})
    wait("o1", {"S1": 2})
    plan_id = queued(apply=True)
    assert leases.claim(plan_id, "queued")
    assert not runs.execute_next()
    with after_the_lease():
        assert runs.execute_next()
    assert status(world, plan_id) == "applied"
    assert world.level()["reserved"] == 2


@pytest.mark.parametrize("applied", [0, 2])
def test_a_plan_whose_worker_died_while_applying_is_applied_to_its_end(
    world, queued, wait, monkeypatch, applied
):
    monkeypatch.setattr(kind, "ORDERS_AT_ONCE", 1)
    world.has({"W1": {"S1": 5}})
    for n in range(3):
        wait(f"o{n}", {"S1": 1})
    plan_id = queued(apply=True)
    assert leases.claim(plan_id, "queued")
    runs.solve(plan_id)
    assert leases.claim(plan_id, "ready")
    for lines in kind.pieces(plan_id)[:applied]:
        runs.apply_lines(plan_id, kind.KIND, lines)
    assert world.level()["reserved"] == applied
    with after_the_lease():
        assert runs.execute_next()
    assert status(world, plan_id) == "applied"
    assert outcomes(world, plan_id) == [("W1", 1, "applied")] * 3
    assert world.level()["reserved"] == 3


def test_a_worker_that_comes_back_from_the_dead_rewrites_nothing(world, queued, wait, monkeypatch):
    world.has({"W1": {"S1": 5}})
    wait("o1", {"S1": 2})
    plan_id, solve = queued(apply=True), allocation.solve

    def solve_slowly(*problem):
        monkeypatch.setattr(allocation, "solve", solve)
        with transaction() as session:
            session.get(runs.Plan, plan_id).lease_until = clock.now() - timedelta(seconds=1)
        assert runs.execute_next()
        return solve(*problem)

    monkeypatch.setattr(allocation, "solve", solve_slowly)
    runs.execute_next()
    assert status(world, plan_id) == "applied"
    assert outcomes(world, plan_id) == [("W1", 2, "applied")]
    assert world.level()["reserved"] == 2


def test_a_planner_that_breaks_ends_its_plan_and_not_the_worker(world, queued, wait, monkeypatch):
    world.has({"W1": {"S1": 5}})
    wait("o1", {"S1": 2})

    def break_down(*_):
        raise RuntimeError("out of memory")

    monkeypatch.setattr(allocation, "solve", break_down)
    plan_id = queued(apply=True)
    assert runs.execute_next()
    failed = world.get(f"plans/{plan_id}")
    assert failed["status"] == "failed"
    assert failed["problem"]["type"] == "/problems/internal-error"
    assert "memory" not in str(failed)


def test_a_plan_nobody_asked_for_is_not_found(world):
    for path in ("cancel", "apply"):
        unknown = "plans/00000000-0000-7000-8000-000000000000"
        assert world.post(f"{unknown}/{path}").status_code == 404


def test_a_command_whose_plan_a_worker_took_waits_for_its_end(app, world, wait):
    world.has({"W1": {"S1": 5}})
    wait("o1", {"S1": 1})
    asked = UUID(world.post("plans", {"kind": "allocation", "apply": True}).get_json()["id"])
    assert leases.claim(asked, "queued")
    other = threading.Timer(0.5, lambda: finish_elsewhere(app, asked))
    other.start()
    assert runs.execute_or_wait(asked).status == "cancelled"
    other.join()


def finish_elsewhere(app, plan_id):
    with app.app_context(), transaction():
        runs.cancel(plan_id)
