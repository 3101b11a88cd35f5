"""The file of cases: what it may say, and how what is wrong with it is told."""

import json

import pytest

from fulfillment.optimization.documents import Refused
from fulfillment.optimization.policies import (
    Outlook,
    Target,
    base_stock,
    reorder_quantity,
    reorder_up_to,
    tabulated,
)
from fulfillment.optimization.policies.cases import agree, answer_document, read, solve
from fulfillment.optimization.policies.catalogue import FORMULAS

EOQ = {"fixed_cost": 8, "holding_cost": 0.225, "demand_rate": 1300}
DISCOUNT = {
    "fixed_cost": 8,
    "holding_cost_rate": 0.3,
    "demand_rate": 1300,
    "breakpoints": [0, 400, 800],
    "unit_costs": [0.75, 0.72, 0.68],
}
LUMPY = {"0": 0.7, "1": 0.1, "5": 0.2}


def answered(*cases):
    return answer_document(read(json.dumps(cases).encode()))


def case(inputs=EOQ, function="eoq", **fields):
    return {"function": function, "inputs": inputs, **fields}


def refusal(*cases):
    with pytest.raises(Refused) as refused:
        answered(*cases)
    return str(refused.value)


def test_answers_stand_in_the_order_of_the_cases_with_their_labels():
    first, second = answered(
        case(id=7, source="a book"), case({"z": 0}, "standard_normal_loss", note=["any"])
    )
    assert list(first) == ["id", "source", "function", "outputs"]
    assert (first["id"], first["source"], first["function"]) == (7, "a book", "eoq")
    assert list(first["outputs"]) == ["Q", "cost"]
    assert second["note"] == ["any"]
    assert second["outputs"]["cdf"] == 0.5


def test_a_case_that_expects_something_tells_whether_it_came():
    right, wrong, some, none = answered(
        case(expected={"Q": 304.04678, "cost": 68.4105255}),
        case(expected={"Q": 304.04678, "cost": 68.42}),
        case(expected={"Q": 304.04678}),
        case(expected=None),
    )
    assert (right["agrees"], wrong["agrees"], some["agrees"]) == (True, False, True)
    assert "agrees" not in none


@pytest.mark.parametrize(
    ("ours", "told", "same"),
    [
        (42.69781892, 42.698, True),
        (42.69781892, 42.697, False),
        (42.69781892, 42.7, False),  # too few digits for a printed figure
        (1234567.4, 1234567, True),
        (1234567.4, 1234569, False),
        (5, 5.0, True),
        (5, 6, False),
        (0.0, 0, True),
        (-1.92982218, -1.9298222, True),
        ((1, 2.5), [1, 2.5], True),
        ((1, 2.5), [1, 2.6], False),
        ((1, 2.5), [1], False),
        (5, "5", False),
        (1, True, False),
        (5, [5, 5], False),
    ],
)
def test_figures_agree_to_six_digits_or_to_those_printed(ours, told, same):
    assert agree(ours, told) is same


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ([], "[1] must be an object, not an array"),
        ({"inputs": EOQ}, "[1].function is missing"),
        ({"function": "eoq"}, "[1].inputs is missing"),
        (case(function="eoqq"), '[1].function is unknown: "eoqq"; perhaps "eoq"?'),
        (case(function=3), "[1].function is unknown: 3"),
        (case(7), "[1].inputs must be an object, not 7"),
        (case(EOQ | {"Q": 1}), "[1].inputs.Q is unknown"),
        (case({"fixed_cost": 8, "holding_cost": 1}), "[1].inputs.demand_rate is missing"),
        (case(expected={"S": 1}), "[1].expected.S is unknown"),
        (case(expected=[1]), "[1].expected must be an object, not an array"),
    ],
)
def test_a_case_of_the_wrong_shape_is_told_by_its_path(wrong, told):
    assert refusal(case(), wrong) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (-1, "must be a number above 0, not -1"),
        (0, "must be a number above 0, not 0"),
        (True, "must be a number above 0, not true"),
        ("8", 'must be a number above 0, not "8"'),
        (None, "must be a number above 0, not null"),
        ([8], "must be a number above 0, not an array"),
        (float("nan"), "must be a number above 0, not NaN"),
        (float("inf"), "must be at most 9007199254740992, not Infinity"),
        (1e17, "must be at most 9007199254740992, not 100000000000000000"),
    ],
)
def test_a_value_that_makes_no_sense_is_told_by_its_path(value, told):
    assert refusal(case(EOQ | {"holding_cost": value})) == f"[0].inputs.holding_cost {told}"


@pytest.mark.parametrize(
    ("function", "inputs", "told"),
    [
        ("eoq_all_units_discount", DISCOUNT | {"breakpoints": [0, -4]}, ".breakpoints[1] must be"),
        ("eoq_all_units_discount", DISCOUNT | {"breakpoints": []}, ".breakpoints must be an array"),
        ("eoq_all_units_discount", DISCOUNT | {"unit_costs": [3]}, ".unit_costs must be as many"),
        ("epq", EOQ | {"production_rate": 1300}, ".production_rate must be above demand_rate"),
        (
            "wagner_whitin",
            {"num_periods": 3, "holding_cost": 1, "fixed_cost": 1, "demand": [1, 2]},
            ".demand must have 3 periods",
        ),
        (
            "wagner_whitin",
            {"num_periods": 2.5, "holding_cost": 1, "fixed_cost": 1, "demand": [1, 2]},
            ".num_periods must be a whole number of at least 1, not 2.5",
        ),
        (
            "reorder_point_for_csl",
            {"mu": 1, "sd": 1, "L": 1, "CSL": 1},
            ".CSL must be a number between 0 and 1, both excluded, not 1",
        ),
        (
            "newsvendor_poisson",
            {"holding_cost": 1, "stockout_cost": 1, "demand_mean": 1e15},
            " have no answer: demand spreads over more than 16777216 units: count in cases",
        ),
    ],
)
def test_what_does_not_go_together_is_told_by_its_path(function, inputs, told):
    assert refusal(case(inputs, function)).startswith(f"[0].inputs{told}")


@pytest.mark.parametrize(
    ("chances", "told"),
    [
        ({}, " must be an object of amounts and chances, not an object"),
        ([0.5, 0.5], " must be an object of amounts and chances, not an array"),
        ({"1": 0.5, "2": 0.4}, " must sum to 1, not 0.9"),
        ({"1": 1.5, "2": -0.5}, '["1"] must be a chance from 0 to 1, not 1.5'),
        ({"one": 1}, '["one"] is no amount of demand'),
        ({"-1": 1}, '["-1"] is no amount of demand'),
        ({"1.5": 1}, '["1.5"] is no amount of demand'),
        ({"NaN": 1}, '["NaN"] is no amount of demand'),
        ({"1": 0.5, "1.0": 0.5}, '["1.0"] stands twice, in other words'),
    ],
)
def test_chances_that_make_no_sense_are_told_by_their_path(chances, told):
    prices = {"holding_cost": 1, "stockout_cost": 4, "fixed_cost": 5}
    message = refusal(case(prices | {"demand_pmf": chances}, "ss_exact_discrete"))
    assert message.split("\n")[0] == f"[0].inputs.demand_pmf{told}"


def test_amounts_of_a_newsvendor_need_not_be_whole():
    inputs = {"holding_cost": 1, "stockout_cost": 4, "demand_pmf": {"0.5": 0.5, "1.5": 0.5}}
    assert solve("newsvendor_discrete", inputs)["S"] == 1.5


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"{}", " must be an array, not an object"),
        (b'[{"function": "eoq", "function": "eoq", "inputs": {}}]', "[0].function stands twice"),
        (b'[{"function": "eoq", "inputs": {"z": 1, "z": 2}}]', "[0].inputs.z stands twice"),
    ],
)
def test_a_document_of_another_kind_is_refused(raw, told):
    with pytest.raises(Refused) as refused:
        read(raw)
    assert told.strip() in str(refused.value)


def test_every_fault_of_the_shape_is_told_before_anything_is_worked_out():
    told = refusal(case(EOQ | {"holding_cost": 0}), case(function="x"), case(EOQ)).split("\n")
    assert [line.split()[0] for line in told] == ["[0].inputs.holding_cost", "[1].function"]


def test_no_cases_have_no_answers():
    assert answered() == []


@pytest.mark.parametrize(
    ("function", "inputs", "policy"),
    [
        ("rq", {"Q": 9}, lambda outlook, target: reorder_quantity(outlook, target, 9)),
        ("ss", {"Q": 9}, lambda outlook, target: reorder_up_to(outlook, target, 9)),
        ("base_stock", {}, base_stock),
    ],
)
@pytest.mark.parametrize(
    ("measure", "name", "key"), [("cycle_service", "csl", "CSL"), ("fill_rate", "fill_rate", "fr")]
)
def test_promises_are_those_of_planning(function, inputs, policy, measure, name, key):
    period = tabulated({0: 0.7, 1: 0.1, 5: 0.2})
    expected = policy(Outlook(period.over(4), period), Target(measure, 0.95))
    told = solve(
        f"{function}_for_{name}", {"demand_pmf": LUMPY, "lead_time": 4, key: 0.95} | inputs
    )
    assert told["csl"] == pytest.approx(expected.expected.cycle_service)
    assert told["fill_rate"] == pytest.approx(expected.expected.fill_rate)
    assert told.get("r", told.get("s", expected.reorder_point)) == expected.reorder_point
    assert told.get("S") == expected.order_up_to


def test_more_uncertainty_about_the_lead_time_needs_more_for_a_fill_rate():
    name, inputs = "safety_stock_for_fill_rate", {"mu": 250, "sd": 15, "L": 2, "Q": 900, "fr": 0.99}
    steady = solve(name, inputs)["ss"]
    assert solve(f"{name}_uncertain_lead_time", inputs | {"sL": 0})["ss"] == steady
    assert solve(f"{name}_uncertain_lead_time", inputs | {"sL": 1})["ss"] > steady


def test_every_formula_refuses_to_be_given_nothing():
    for function, formula in FORMULAS.items():
        told = refusal(case({}, function)).split("\n")
        assert told == [f"[0].inputs.{name} is missing" for name in sorted(formula.inputs)]
