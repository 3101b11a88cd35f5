"""The wave over real orders: jointly, within capacity, and by each order's own limits."""

from tests.world import CUSTOMER, KM_PER_DEGREE, shares

FAR_NORTH = {**CUSTOMER, "lat": CUSTOMER["lat"] + 2000 / KM_PER_DEGREE}


def orders_by_ref(world):
    return {order["order_ref"]: order for order in world.get("orders")["items"]}


def test_case_12_one_scarce_unit_goes_to_the_order_that_has_no_alternative(world, plan, wait):
    stock = {"NEAR": {"S1": 1, "S2": 0}, "FAR": {"S1": 0, "S2": 1}}
    world.has(stock, km={"NEAR": 50, "FAR": 400}, weight_g=20_000)
    world.has({"FAR": {"S1": 1}})
    wait("either", {"S1": 1})
    wait("both", {"S1": 1, "S2": 1}, max_shipments=1)
    done = plan(apply=True)
    orders = orders_by_ref(world)
    assert {ref: shares(order) for ref, order in orders.items()} == {
        "either": {"NEAR": {"S1": 1}},
        "both": {"FAR": {"S1": 1, "S2": 1}},
    }
    assert done["summary"]["orders_served"] == 2


def test_case_12_arrival_order_serves_the_wrong_one_dearly(world, plan, wait):
    world.has({"EAST": {"S1": 1}, "WEST": {"S1": 1}}, km={"EAST": 900, "WEST": 1000}, weight_g=50_000)
    wait("first, almost indifferent", {"S1": 1})
    wait("second, beyond the east", {"S1": 1}, destination=CUSTOMER)
    for ref in orders_by_ref(world).values():
        assert ref["awaiting"]
    third = wait("near the west", {"S1": 1}, destination=FAR_NORTH)
    summary = plan()["summary"]
    assert summary["objective"] <= summary["greedy"]["objective"]
    assert summary["unfilled_units"] == 1
    assert world.get(f"orders/{third['id']}")["awaiting"]


def test_joint_allocation_beats_first_come_first_served(world, plan, wait):
    # The middle is nearest to both; only the first has another facility almost as near.
    world.has({"A": {"S1": 1}, "B": {"S1": 1}}, km={"A": 100, "B": -100}, weight_g=50_000)
    south = {**CUSTOMER, "lat": CUSTOMER["lat"] + 10 / KM_PER_DEGREE}
    wait("first", {"S1": 1}, destination=south)
    wait("second", {"S1": 1}, destination=FAR_NORTH)
    done = plan(apply=True)
    assert {ref: list(shares(o)) for ref, o in orders_by_ref(world).items()} == {
        "first": ["B"],
        "second": ["A"],
    }
    assert done["summary"]["objective"] < done["summary"]["greedy"]["objective"]
    assert done["summary"]["lower_bound"] <= done["summary"]["objective"]


def test_a_wave_keeps_to_what_a_facility_can_ship_in_a_day(world, plan, wait):
    world.has(
        {"W1": {"S1": 9}, "W2": {"S1": 9}},
        km={"W1": 10, "W2": 500},
        W1={"daily_order_capacity": 2},
    )
    world.reserve("cart", {"S1": 1})
    for n in range(3):
        wait(f"o{n}", {"S1": 1})
    plan(apply=True)
    used = [facility for o in orders_by_ref(world).values() for facility in shares(o)]
    assert sorted(used) == ["W1", "W2", "W2"]


def test_higher_priorities_get_the_scarce_unit(world, plan, wait):
    world.has({"W1": {"S1": 1}})
    wait("patient", {"S1": 1})
    wait("urgent", {"S1": 1}, priority=9)
    plan(apply=True)
    assert {ref: o["status"] for ref, o in orders_by_ref(world).items()} == {
        "patient": "waiting",
        "urgent": "allocated",
    }


def test_what_cannot_be_filled_is_told_line_by_line(world, plan, wait):
    world.has({"W1": {"S1": 2}})
    order = wait("o1", {"S1": 5})
    ready = plan()
    lines = world.get(f"plans/{ready['id']}/lines")["items"]
    told = [(line["facility"], line["quantity"], line["outcome"]) for line in lines]
    assert told == [("W1", 2, "proposed"), (None, 3, "unfilled")]
    world.post(f"plans/{ready['id']}/apply")
    order = world.get(f"orders/{order['id']}")
    assert (order["status"], order["awaiting"]) == ("partially_allocated", True)
    world.has({"W1": {"S1": 3}})
    plan(apply=True)
    assert world.get(f"orders/{order['id']}")["status"] == "allocated"


def test_a_wave_without_orders_is_an_empty_plan(world, plan):
    done = plan(apply=True)
    assert (done["status"], done["summary"]["orders"]) == ("applied", 0)


def test_case_16_a_wave_without_time_still_gives_a_plan_and_says_which(world, plan, wait):
    world.has({f"W{n}": {"S1": 5, "S2": 5} for n in range(4)})
    for n in range(8):
        wait(f"o{n}", {"S1": 2, "S2": 1})
    done = plan(parameters={"seconds": 1e-6}, apply=True)
    assert done["status"] == "applied"
    assert done["summary"]["fallback"]
    assert done["summary"]["orders_served"] == 8


def test_case_19_the_same_data_give_the_same_plan(world, plan, wait):
    world.has({f"W{n}": {"S1": n + 1, "S2": 4 - n} for n in range(4)}, weight_g=5000)
    for n in range(6):
        wait(f"o{n}", {"S1": 1, "S2": 1 + n % 2})
    first, second = plan(), plan()
    assert first["inputs_hash"] == second["inputs_hash"]
    lines = [world.get(f"plans/{p['id']}/lines")["items"] for p in (first, second)]
    assert lines[0] == lines[1] != []
