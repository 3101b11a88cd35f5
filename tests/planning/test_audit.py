"""The audit finds an applied line that never reached its order."""

from sqlalchemy import update

from fulfillment.planning.models import PlanLine
from fulfillment.platform import audit
from fulfillment.platform.db import transaction


def findings():
    told = audit.run(number=8).invariants
    [verdict] = [one for one in told if one.sentence.startswith("Every line of a plan")]
    return verdict.findings


def test_a_line_that_was_applied_and_promised_is_in_order(world, plan, wait):
    world.has({"W1": {"S1": 5}})
    wait("o1", {"S1": 2})
    plan(apply=True)
    assert findings() == []


def test_a_line_that_says_it_was_applied_and_promised_nothing_is_found(world, plan, wait):
    world.has({"W1": {"S1": 5}})
    order = wait("o1", {"S1": 2})
    made = plan()
    with transaction() as session:
        session.execute(update(PlanLine).values(outcome="applied"))
    [finding] = findings()
    assert finding["detail"] == "applied 2, promised 0"
    assert finding["subject"].endswith(" S1 at W1")
    with transaction() as session:
        session.execute(update(PlanLine).values(outcome="proposed"))
    assert (made["status"], order["status"]) == ("ready", "waiting")


def test_a_plan_stays_in_order_when_a_later_wave_moves_what_it_allocated(world, plan, wait):
    world.has({"NEAR": {"S1": 0}, "FAR": {"S1": 5}}, km={"NEAR": 50, "FAR": 3000}, weight_g=5000)
    order = wait("o1", {"S1": 2})
    plan(apply=True)
    for facility in ("NEAR", "FAR", "NEAR"):
        world.has({facility: {"S1": 5}})
        made = plan(apply=True)
        assert made["summary"]["moves"]["moved"] == (facility == "NEAR")
        assert findings() == []
        emptied = {"kind": "count", "sku": "S1", "facility": "NEAR", "quantity": 0}
        world.move(emptied)
        plan(apply=True)
        assert findings() == []
    assert world.get(f"orders/{order['id']}")["shipments"]


def test_a_move_that_says_it_was_applied_and_promised_nothing_is_found(world, plan):
    world.has({"NEAR": {"S1": 0}, "FAR": {"S1": 5}}, km={"NEAR": 50, "FAR": 3000}, weight_g=5000)
    world.order("o1", {"S1": 2})
    world.has({"NEAR": {"S1": 5}})
    plan()
    with transaction() as session:
        session.execute(update(PlanLine).values(outcome="applied"))
    [finding] = findings()
    assert finding["subject"].endswith(" S1 at NEAR")
    with transaction() as session:
        session.execute(update(PlanLine).values(outcome="proposed"))
