import pytest

from fulfillment.sourcing.tables import expanded

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
