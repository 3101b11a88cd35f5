"""The cases 1 to 15 and 18 of sourcing that every build must pass, asked over HTTP.

Cases 12, 16, 17 and 19 are about the wave: see tests/planning.
"""

import pytest

from tests.world import CUSTOMER, lines_of, shares


def best(answer):
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()["options"][0]


def reasons(plan):
    return {c["facility"]: c["reason"] for c in plan["candidates"]}


@pytest.mark.parametrize(
    ("stock", "shipments"),
    [([3, 3, 3], 2), ([2, 2, 2], 3), ([2, 3], 2), ([0, 5], 1), ([5, 5], 1)],
)
def test_case_1_and_2_as_few_shipments_as_the_stock_allows(world, stock, shipments):
    world.has({f"W{n}": {"S1": units} for n, units in enumerate(stock)})
    plan = best(world.source({"S1": 5}))
    assert len(plan["shipments"]) == shipments
    assert sum(lines["S1"] for lines in shares(plan).values()) == 5
    assert plan["complete"]


def test_case_2_too_little_is_refused_with_what_is_promisable(world):
    world.has({"W1": {"S1": 1}, "W2": {"S1": 1}})
    refused = world.source({"S1": 5})
    assert refused.status_code == 409
    assert refused.get_json()["shortages"] == [{"sku": "S1", "asked": 5, "promisable": 2}]


def test_case_3_the_fewest_boxes_where_greedy_coverage_takes_three(world):
    holds = {"P": "ABCD", "Q": "ABE", "R": "CDF"}
    world.has({code: dict.fromkeys(skus, 1) for code, skus in holds.items()})
    plan = best(world.source(dict.fromkeys("ABCDEF", 1)))
    assert {code: "".join(sorted(lines)) for code, lines in shares(plan).items()} == {
        "Q": "ABE",
        "R": "CDF",
    }


def test_case_4_two_shipments_however_the_favourite_is_stocked(world):
    world.has({"L1": {"S1": 6}, "L2": {"S1": 5}, "L3": {"S1": 4}}, km={"L3": 5})
    plan = best(world.source({"S1": 10}))
    assert len(plan["shipments"]) == 2
    assert sum(lines["S1"] for lines in shares(plan).values()) == 10


@pytest.mark.parametrize(
    ("weight_g", "split"),
    [(1_000, {"P2": {"S1": 5}}), (30_000, {"P1": {"S1": 2}, "P2": {"S1": 3}})],
)
def test_case_5_a_second_box_only_where_it_saves_more_than_it_costs(world, weight_g, split):
    world.has({"P1": {"S1": 2}, "P2": {"S1": 5}}, km={"P1": 10, "P2": 3000}, weight_g=weight_g)
    assert shares(best(world.source({"S1": 5}))) == split


@pytest.mark.parametrize("limit", [1, 2])
def test_case_6_no_option_has_more_shipments_than_allowed(world, limit):
    world.has({"W1": {"S1": 2}, "W2": {"S1": 3}, "W3": {"S1": 5}}, km={"W3": 4000})
    options = world.source({"S1": 5}, max_shipments=limit, options=10).get_json()["options"]
    assert max(len(option["shipments"]) for option in options) <= limit
    assert {frozenset(shares(option)) for option in options} >= {frozenset({"W3"})}
    refused = world.source({"S1": 8}, max_shipments=1)
    assert (refused.status_code, refused.get_json()["type"]) == (409, "/problems/no-plan")


def test_case_7_what_cannot_be_complete_is_partial_or_refused_as_asked(world):
    world.has({"W1": {"S1": 2, "S2": 9}, "W2": {"S1": 1}})
    plan = best(world.source({"S1": 5, "S2": 2}, ship_complete=False))
    assert not plan["complete"]
    assert plan["unfilled"] == [{"sku": "S1", "quantity": 2}]
    refused = world.source({"S1": 5, "S2": 2}, ship_complete=True)
    assert refused.get_json()["shortages"] == [{"sku": "S1", "asked": 5, "promisable": 3}]


def test_case_7_nothing_at_all_is_the_best_partial_plan_of_an_empty_network(world):
    world.has({"W1": {"S1": 0}})
    plan = best(world.source({"S1": 1}, ship_complete=False))
    assert (plan["shipments"], plan["complete"], plan["deliver_by"]) == ([], False, None)


def test_case_8_a_facility_that_nobody_can_locate_is_out_with_its_reason(world):
    world.has({"LOST": {"S1": 9}, "W1": {"S1": 9}}, km={"LOST": None})
    plan = best(world.source({"S1": 1}))
    assert shares(plan) == {"W1": {"S1": 1}}
    assert reasons(plan["explanation"]) == {"LOST": "no-coordinates", "W1": None}
    assert world.source({"S1": 10}).status_code == 409


NOWHERE = [
    (None, "destination"),
    ({}, "destination"),
    ({"postal_code": "00000"}, "destination.postal_code"),
    ({"lat": 30.0}, "destination.lng"),
    ({"lat": 91, "lng": 0}, "destination.lat"),
    ({"lat": "north", "lng": 0}, "destination.lat"),
]


def test_case_9_no_destination_no_plan(world):
    world.has({"W1": {"S1": 9}})
    lines = lines_of({"S1": 1})
    for path, more in (("sourcing", {}), ("reservations", {"cart_ref": "c"})):
        for destination, field in NOWHERE:
            answer = world.post(path, {"destination": destination, "lines": lines, **more})
            assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [field])
        assert world.post(path, {"lines": lines, **more}).status_code == 422


def test_case_10_a_sku_is_written_as_it_is_or_unknown(world):
    world.has({"W1": {"Shirt": 9}})
    assert world.source({"Shirt": 1}).status_code == 200
    answer = world.source({"Shirt": 1, "SHIRT": 1})
    assert answer.status_code == 422
    assert answer.get_json()["errors"] == {"lines.1.sku": ["Unknown SKU."]}


def test_case_11_a_facility_at_its_capacity_is_out_and_the_next_one_ships(world):
    world.has(
        {"NEAR": {"S1": 9}, "NEXT": {"S1": 9}},
        km={"NEAR": 10, "NEXT": 500},
        NEAR={"daily_order_capacity": 1},
    )
    assert shares(world.reserve("first", {"S1": 1}).get_json()) == {"NEAR": {"S1": 1}}
    plan = best(world.source({"S1": 1}))
    assert shares(plan) == {"NEXT": {"S1": 1}}
    assert reasons(plan["explanation"])["NEAR"] == "capacity"


def test_case_11_a_cart_does_not_crowd_itself_out(world):
    world.has({"NEAR": {"S1": 9}}, NEAR={"daily_order_capacity": 1})
    first = world.reserve("cart", {"S1": 1})
    again = world.reserve("cart", {"S1": 2})
    assert (again.status_code, again.get_json()["id"]) == (201, first.get_json()["id"])
    assert world.reserve("another", {"S1": 1}).status_code == 409


def test_case_11_stock_that_is_there_and_cannot_ship_is_not_told_as_short(world):
    stock = {"FULL": {"S1": 9}, "LOST": {"S1": 9}, "CLOSED": {"S2": 9}, "OPEN": {"S2": 1}}
    out = {"FULL": {"daily_order_capacity": 0}, "CLOSED": {"active": False}}
    world.has(stock, km={"LOST": None}, **out)
    refused = world.source({"S1": 1}).get_json()
    assert refused["type"] == "/problems/no-plan"
    told = reasons(refused)
    assert (told["FULL"], told["LOST"]) == ("capacity", "no-coordinates")
    refused = world.source({"S2": 2}).get_json()
    assert refused["shortages"] == [{"sku": "S2", "asked": 2, "promisable": 1}]


def test_case_13_the_tie_rule_decides_the_same_way_each_time(world):
    world.has({code: {"S1": 9} for code in ("W3", "W1", "W2")})
    plans = [best(world.source({"S1": 1})) for _ in range(3)]
    assert [list(shares(plan)) for plan in plans] == [["W1"]] * 3


@pytest.mark.engine("sqlite")
def test_case_14_sixty_lines_over_forty_facilities_tell_how_far_from_the_best_they_may_be(world):
    skus = [f"S{n:02}" for n in range(60)]
    world.has(
        {
            f"W{f:02}": {sku: 2 for n, sku in enumerate(skus) if (n * 7 + f * 3) % 5 < 2}
            for f in range(40)
        },
        km={f"W{f:02}": 50 + 37 * f for f in range(40)},
    )
    plan = best(world.source(dict.fromkeys(skus, 1), options=1))
    assert plan["complete"]
    assert plan["explanation"]["lower_bound"] <= plan["explanation"]["objective"]


def test_case_15_large_figures_are_answered(world):
    world.has({"W1": {"S1": 10**9}})
    assert shares(best(world.source({"S1": 10**6}))) == {"W1": {"S1": 10**6}}
    assert shares(best(world.source({"S1": 10**9}))) == {"W1": {"S1": 10**9}}
    for wrong in (10**9 + 1, 10**30, 0, -1, 1.5, "2", None, True):
        assert world.source({"S1": wrong}).status_code == 422


def test_case_15_a_cost_of_nothing_is_a_cost_and_less_is_refused_by_name(world):
    world.has({"W1": {"S1": 9}})
    world.client.put("/v1/carriers/FREE", json={"name": "Free"}, headers=world.headers)
    rate = {"service": "ground", "max_weight_g": 10_000, "price": "0", "transit_days": 2}
    assert world.post("carriers/FREE/rates", {"rates": [rate]}).status_code == 200
    plan = best(world.source({"S1": 1}))
    assert (plan["cost"]["total"], plan["shipments"][0]["carrier"]) == ("0.00", "FREE")
    wrong = world.post("carriers/FREE/rates", {"rates": [{**rate, "price": "-1"}]})
    assert wrong.status_code == 422
    assert "price" in str(wrong.get_json()["errors"])


def test_case_18_what_a_facility_rejects_comes_from_elsewhere_and_the_rest_stays(world):
    stock = {"W1": {"S1": 5}, "W2": {"S2": 5}, "W3": {"S1": 5}}
    world.has(stock, km={"W1": 10, "W2": 20, "W3": 900})
    order = world.order("o1", {"S1": 2, "S2": 1}).get_json()
    before = {s["facility"]: s["id"] for s in order["shipments"]}
    assert before.keys() == {"W1", "W2"}
    rejected = world.post(f"shipments/{before['W1']}/reject", {"reason": "damaged"})
    assert rejected.status_code == 200
    after = world.get(f"orders/{order['id']}")
    live = {s["facility"]: s for s in after["shipments"] if s["status"] == "planned"}
    assert shares({"shipments": live.values()}) == {"W2": {"S2": 1}, "W3": {"S1": 2}}
    assert live["W2"]["id"] == before["W2"]
    assert world.level("S1", "W1")["promisable"] == 5


def test_a_question_has_no_effect(world):
    world.has({"W1": {"S1": 5}})
    before = world.get("stock")
    world.source({"S1": 5})
    world.post("availability", {"skus": ["S1"], "destination": CUSTOMER})
    assert world.get("stock") == before


def test_availability_names_the_unknown_sku_by_its_place(world):
    world.has({"W1": {"S1": 1}})
    answer = world.post("availability", {"skus": ["S1", "NOPE"]})
    assert list(answer.get_json()["errors"]) == ["skus.1"]
