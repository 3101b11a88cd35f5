import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.sourcing.tables import columns_of, expanded, rows_of

FIGURES = {"distance_km": [12.5, None], "shipment_cost": [4.0, None], "cost_per_kg": [0.5, None]}
ROWS = [
    {
        "facility": "A",
        "status": "chosen",
        "reason": None,
        "promisable": {"S1": 3, "S2": 0},
        "distance_km": 12.5,
        "shipment_cost": 4.0,
        "cost_per_kg": 0.5,
    },
    {"facility": "B", "status": "out", "reason": "no-lane", "promisable": {"S1": 0, "S2": 7}},
]
NOW = {
    "facility": ["A", "B"],
    "ships": ["A"],
    "out": {"B": "no-lane"},
    "promisable": {"S1": [3, 0], "S2": [0, 7]},
    **FIGURES,
}
AS_FORMER_RELEASES_KEPT_THEM = {
    "facility": ["A", "B"],
    "status": ["chosen", "out"],
    "reason": [None, "no-lane"],
    "promisable": [{"S1": 3, "S2": 0}, {"S1": 0, "S2": 7}],
    **FIGURES,
}


@pytest.mark.parametrize("table", [NOW, AS_FORMER_RELEASES_KEPT_THEM])
def test_columns_are_told_as_rows_however_they_were_kept(table):
    assert expanded({"exact": True, "candidates": table}) == {"exact": True, "candidates": ROWS}


def test_facilities_without_units_of_any_sku_are_told_as_well():
    table = {"facility": ["A"], "ships": [], "out": {}, "promisable": {}, "distance_km": [1.0]}
    [row] = expanded({"candidates": table})["candidates"]
    assert (row["status"], row["promisable"]) == ("not_chosen", {})


@st.composite
def candidates(draw):
    skus = draw(st.sets(st.text(min_size=1)))
    names = draw(st.lists(st.text(min_size=1), unique=True))
    ships = [name for name in names if draw(st.booleans())]
    priced = draw(st.booleans())
    rows = [candidate(draw, name, skus, ships, priced) for name in names]
    return rows, ships


def candidate(draw, name, skus, ships, priced):
    reason = None if name in ships else draw(st.none() | st.sampled_from(["no-lane", "capacity"]))
    amounts = st.floats(allow_nan=False, allow_infinity=False)
    figures = {figure: draw(amounts) for figure in FIGURES} if reason != "no-lane" else {}
    return {
        "facility": name,
        "status": "chosen" if name in ships else "out" if reason else "not_chosen",
        "reason": reason,
        "promisable": {sku: draw(st.integers(0)) for sku in skus},
        **figures,
        **({"prices": {sku: draw(amounts) for sku in skus}} if priced else {}),
    }


@given(candidates())
def test_candidates_come_back_from_columns_as_they_were(told):
    rows, ships = told
    assert list(rows_of(columns_of(rows, ships))) == rows


def test_when_a_candidate_would_arrive_is_not_kept_in_columns():
    row = ROWS[0] | {"deliver_by": "2026-11-24", "transit": "brochure"}
    assert columns_of([row], ["A"]) == columns_of([ROWS[0]], ["A"])
