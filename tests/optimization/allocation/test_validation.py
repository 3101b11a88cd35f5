import math
from dataclasses import replace

import pytest

from fulfillment.optimization import allocation
from tests.optimization.waves import order, wave

GOOD = wave(["A", "B"], {("A", "X"): 1}, [order("o1", X=1), order("o2", X=1)])
FACILITY, LANE, STOCK, ORDER = GOOD.facilities[0], GOOD.lanes[0], GOOD.stock[0], GOOD.orders[0]


def test_a_sound_problem_passes():
    allocation.validate(GOOD)
    assert allocation.solve(GOOD).status == "optimal"


@pytest.mark.parametrize(
    ("path", "field", "entry"),
    [
        ("facilities[0].capacity_units", "facilities", replace(FACILITY, capacity_units=-1)),
        ("lanes[0].unit_cost", "lanes", replace(LANE, unit_cost=-0.1)),
        ("lanes[0].shipment_cost", "lanes", replace(LANE, shipment_cost=math.nan)),
        ("lanes[0].unit_cost", "lanes", replace(LANE, unit_cost=math.inf)),
        ("stock[0].quantity", "stock", replace(STOCK, quantity=-1)),
        ("items[0].weight", "items", allocation.Item("X", -2.0)),
        ("orders[0].unfilled_cost", "orders", replace(ORDER, unfilled_cost=-1.0)),
        ("orders[0].lines", "orders", replace(ORDER, lines=())),
        (
            "orders[0].lines[0].quantity",
            "orders",
            replace(ORDER, lines=(allocation.Line("X", 0),)),
        ),
    ],
)
def test_a_wrong_number_is_refused_by_its_path(path, field, entry):
    with pytest.raises(allocation.InvalidProblem) as refusal:
        allocation.validate(replace(GOOD, **{field: (entry, *getattr(GOOD, field)[1:])}))
    assert refusal.value.path == path
    assert path in str(refusal.value)


@pytest.mark.parametrize(
    ("path", "field", "entry"),
    [
        ("lanes[0].facility", "lanes", replace(LANE, facility="C")),
        ("stock[0].facility", "stock", replace(STOCK, facility="C")),
        ("orders[0].eligible", "orders", replace(ORDER, eligible=frozenset({"C"}))),
    ],
)
def test_an_unknown_facility_is_refused_by_its_path(path, field, entry):
    with pytest.raises(allocation.UnknownReference, match="'C'") as refusal:
        allocation.validate(replace(GOOD, **{field: (entry, *getattr(GOOD, field)[1:])}))
    assert refusal.value.path == path


@pytest.mark.parametrize("field", ["facilities", "lanes", "stock", "orders"])
def test_a_repeated_entry_is_refused_by_its_place(field):
    entries = getattr(GOOD, field)
    with pytest.raises(allocation.Duplicate) as refusal:
        allocation.validate(replace(GOOD, **{field: (*entries, entries[0])}))
    assert refusal.value.path == f"{field}[{len(entries)}]"
