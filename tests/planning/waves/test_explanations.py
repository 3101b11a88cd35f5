"""The explanation of one order, from its lanes, its stock and the wave's prices."""

from collections import Counter

import pytest

from fulfillment.optimization import allocation as wave
from fulfillment.planning.waves.costs import Charges, book_of
from fulfillment.planning.waves.explanations import FREE, Case, Prices, explain
from fulfillment.sourcing.composite import LaneCosts


def case(stock, chosen, *, costs, prices=FREE, left=None, out=None, group=None, **limits):
    """One order of X and Y; `costs` per shipment by facility."""
    lines = (wave.Line("X", 1), wave.Line("Y", 1))
    order = wave.Order("o", "Z", lines, unfilled_cost=50.0, **limits)
    problem = wave.Problem(
        facilities=tuple(wave.Facility(code, group=(group or {}).get(code)) for code in costs),
        lanes=tuple(wave.Lane("Z", code, cost, 1.0, 1) for code, cost in costs.items()),
        stock=(),
        orders=(order,),
        items=(wave.Item("X", 0.5), wave.Item("Y", 2.0)),
    )
    units = Counter(dict.fromkeys(chosen, 1))
    lanes = {code: LaneCosts(cost, 0.0, 0.0, 1.0) for code, cost in costs.items()}
    charges = Charges(lanes)
    return Case(book_of(problem), charges, order, stock, left or {}, prices, out or {}, units)


ALL = {(at, sku): 1 for at in "AB" for sku in "XY"}


def test_a_price_is_what_keeps_the_cheaper_facility_away():
    priced = Prices({("A", "X"): 3.4}, {}, {})
    told = explain(case(ALL, [("B", "X"), ("B", "Y")], costs={"A": 4.0, "B": 6.1}, prices=priced))
    assert told["terms"] == {
        "shipping": 8.6,
        "handling": 0.0,
        "distance": 0.0,
        "split": 0.0,
        "late": 0.0,
        "unfilled": 0.0,
        "price": 0.0,
        "total": 8.6,
    }
    assert told["cheaper"]["terms"]["shipping"] == pytest.approx(-2.1)
    assert told["cheaper"]["costs_more"] == pytest.approx(1.3)
    assert told["binding"] == [
        {"kind": "stock", "facility": "A", "sku": "X", "price": 3.4, "quantity": 1}
    ]


def test_the_cheapest_plan_has_nothing_cheaper_and_nothing_binding():
    told = explain(case(ALL, [("A", "X"), ("A", "Y")], costs={"A": 4.0, "B": 6.1}))
    assert (told["cheaper"], told["binding"]) == (None, [])
    assert told["runner_up"]["shipments"] == ["B"]
    assert told["runner_up"]["costs_more"] == pytest.approx(2.1)


def test_a_full_facility_binds_by_the_price_of_a_shipment():
    told = explain(
        case(
            ALL,
            [("B", "X"), ("B", "Y")],
            costs={"A": 4.0, "B": 6.1},
            prices=Prices({}, {"A": 2.1}, {}),
            left={("shipments", "A"): 0},
            out={"A": "capacity"},
        )
    )
    assert told["binding"] == [
        {"kind": "shipments", "facility": "A", "sku": None, "price": 2.1, "quantity": 0}
    ]
    assert [(c["status"], c["reason"]) for c in told["candidates"]] == [
        ("out", "capacity"),
        ("chosen", None),
    ]


def test_late_days_are_a_term_of_their_own():
    told = explain(
        case(
            ALL,
            [("A", "X"), ("A", "Y")],
            costs={"A": 4.0, "B": 6.1},
            deliver_within_days=0,
            late_cost_per_day=5.0,
        )
    )
    assert (told["terms"]["late"], told["terms"]["shipping"]) == (5.0, 6.5)


def test_what_one_facility_lacks_counts_as_unfilled():
    [a, _] = explain(
        case({("A", "X"): 1, ("B", "X"): 1, ("B", "Y"): 1}, [("B", "X")], costs={"A": 4, "B": 6})
    )["candidates"]
    assert a["terms"]["unfilled"] == 50.0
    assert a["promisable"] == {"X": 1, "Y": 0}


def test_facilities_of_a_group_are_compared_as_one_shipment():
    whole = {(at, sku): 1 for at in "CD" for sku in "XY"}
    stock = {("A", "X"): 1, ("B", "Y"): 1, **whole}
    asked = {"chosen": [("C", "X"), ("C", "Y")], "costs": {"A": 4, "B": 4, "C": 9, "D": 7}}
    assert explain(case(stock, **asked))["cheaper"]["shipments"] == ["D"]
    together = case(stock, **asked, group={"A": "g", "B": "g"})
    assert explain(together)["cheaper"]["shipments"] == ["A", "B"]
