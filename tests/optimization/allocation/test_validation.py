import math
from dataclasses import replace

import numpy as np
import pytest

from fulfillment.optimization import allocation
from fulfillment.optimization.allocation import validation
from tests.optimization.waves import order, wave

GOOD = wave(["A", "B"], {("A", "X"): 1}, [order("o1", X=1), order("o2", X=1)])
FACILITY, LANE, STOCK, ORDER = GOOD.facilities[0], GOOD.lanes[0], GOOD.stock[0], GOOD.orders[0]


def changed(field, entry):
    """GOOD with another first entry."""
    return replace(GOOD, **{field: (entry, *getattr(GOOD, field)[1:])})


def test_a_sound_problem_passes():
    allocation.validate(GOOD)
    assert allocation.solve(GOOD).status == "optimal"


@pytest.mark.parametrize(
    ("path", "field", "entry"),
    [
        ("facilities[0].code", "facilities", replace(FACILITY, code="")),
        ("facilities[0].capacity_units", "facilities", replace(FACILITY, capacity_units=-1)),
        ("facilities[0].capacity_units", "facilities", replace(FACILITY, capacity_units=0.5)),
        ("facilities[0].group", "facilities", replace(FACILITY, group="")),
        ("lanes[0].unit_cost", "lanes", replace(LANE, unit_cost=-0.1)),
        ("lanes[0].shipment_cost", "lanes", replace(LANE, shipment_cost=math.nan)),
        ("lanes[0].unit_cost", "lanes", replace(LANE, unit_cost=math.inf)),
        ("lanes[0].unit_cost", "lanes", replace(LANE, unit_cost=2**53 + 2)),
        ("lanes[0].unit_cost", "lanes", replace(LANE, unit_cost=True)),
        ("lanes[0].unit_cost", "lanes", replace(LANE, unit_cost="1")),
        ("lanes[0].days", "lanes", replace(LANE, days=1.5)),
        ("stock[0].quantity", "stock", replace(STOCK, quantity=-1)),
        ("stock[0].quantity", "stock", replace(STOCK, quantity=2**53 + 1)),
        ("stock[0].quantity", "stock", replace(STOCK, quantity=None)),
        ("items[0].weight", "items", allocation.Item("X", -2.0)),
        ("orders[0].unfilled_cost", "orders", replace(ORDER, unfilled_cost=-1.0)),
        ("orders[0].ship_complete", "orders", replace(ORDER, ship_complete=1)),
        ("orders[0].move_cost", "orders", replace(ORDER, move_cost=-1.0)),
        ("orders[0].late_cost_per_day", "orders", replace(ORDER, late_cost_per_day=math.nan)),
        ("orders[0].lines", "orders", replace(ORDER, lines=())),
        (
            "orders[0].lines[0].quantity",
            "orders",
            replace(ORDER, lines=(allocation.Line("X", 0),)),
        ),
        (
            "orders[0].current[0].quantity",
            "orders",
            replace(ORDER, current=(allocation.Held("A", "X", 0),)),
        ),
    ],
)
def test_a_wrong_value_is_refused_by_its_path(path, field, entry):
    with pytest.raises(allocation.InvalidProblem) as refusal:
        allocation.validate(changed(field, entry))
    assert refusal.value.path == path
    assert str(refusal.value).startswith(f"{path} must ")


@pytest.mark.parametrize(
    ("field", "value"), [("seconds", math.inf), ("gap", -1), ("seed", 2**31), ("split_lines", 1)]
)
def test_a_wrong_option_is_refused_by_its_path(field, value):
    options = replace(GOOD.options, **{field: value})
    with pytest.raises(allocation.InvalidProblem) as refusal:
        allocation.validate(replace(GOOD, options=options))
    assert refusal.value.path == f"options.{field}"


def test_numbers_of_numpy_are_numbers():
    counted = replace(STOCK, quantity=np.int64(3))
    allocation.validate(changed("stock", counted))
    allocation.validate(changed("lanes", replace(LANE, unit_cost=np.float32(3))))


@pytest.mark.parametrize(
    ("path", "field", "entry"),
    [
        ("lanes[0].facility", "lanes", replace(LANE, facility="C")),
        ("stock[0].facility", "stock", replace(STOCK, facility="C")),
        ("orders[0].eligible", "orders", replace(ORDER, eligible=frozenset({"C"}))),
        (
            "orders[0].current[0].facility",
            "orders",
            replace(ORDER, current=(allocation.Held("C", "X", 1),)),
        ),
    ],
)
def test_an_unknown_facility_is_refused_by_its_path(path, field, entry):
    with pytest.raises(allocation.UnknownReference, match="'C'") as refusal:
        allocation.validate(changed(field, entry))
    assert refusal.value.path == path


@pytest.mark.parametrize("field", ["facilities", "lanes", "stock", "orders"])
def test_a_repeated_entry_is_refused_by_its_place(field):
    entries = getattr(GOOD, field)
    with pytest.raises(allocation.Duplicate) as refusal:
        allocation.validate(replace(GOOD, **{field: (*entries, entries[0])}))
    assert refusal.value.path == f"{field}[{len(entries)}]"


@pytest.mark.parametrize(
    ("held", "path"),
    [
        ([("A", "X", 2)], "orders[0].current[0].quantity"),
        ([("A", "Y", 1)], "orders[0].current[0].quantity"),
        ([("A", "X", 1), ("B", "X", 1)], "orders[0].current[1].quantity"),
        ([("A", "X", 1), ("A", "X", 1)], "orders[0].current[1]"),
    ],
)
def test_an_order_holds_no_more_than_it_asks_for(held, path):
    current = tuple(allocation.Held(*units) for units in held)
    with pytest.raises(allocation.InvalidProblem) as refusal:
        allocation.validate(changed("orders", replace(ORDER, current=current)))
    assert refusal.value.path == path


def test_all_that_is_wrong_is_told_and_references_only_between_sound_values():
    wrong = changed("lanes", replace(LANE, unit_cost=-1, shipment_cost=-1, facility="C"))
    paths = [error.path for error in validation.errors(wrong)]
    assert paths == ["lanes[0].shipment_cost", "lanes[0].unit_cost"]
