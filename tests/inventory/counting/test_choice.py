"""Which shelves to count first, by arrays alone."""

import numpy as np
import pytest

from fulfillment.inventory.counting.choice import Shelves, Why, abc_classes, rank

INTERVALS = {"A": 30, "B": 90, "C": 365}
USUAL = {"on_hand": 5, "unit_value": 1, "lines": 1, "days": 1, "counted": True}


def shelves(**rows):
    """Return stock levels of these SKUs; what is not told of them is usual and no reason."""
    kinds = [name for name in Shelves.__struct_fields__ if name != "skus"]
    columns = {
        name: np.array([(USUAL | row).get(name, 0) for row in rows.values()], dtype=float)
        for name in kinds
    }
    flags = {name: columns[name] > 0 for name in ("counted", "not_found", "emptied")}
    return Shelves(skus=list(rows), **{**columns, **flags})


def best(chosen, *, but=(), most=50, routine=50):
    return rank(chosen, INTERVALS).best(but, most, routine)


def why(**row):
    found = best(shelves(S1=row))
    return {reason.kind: reason.points for reason in found[0].reasons} if found else {}


def test_classes_are_shares_of_the_usage_value():
    # Of 100: the first two are 80 before the third begins, the third reaches 95, the fourth is C.
    assert abc_classes(np.array([30.0, 15.0, 50.0, 5.0])).tolist() == ["A", "B", "A", "C"]


def test_the_one_that_crosses_a_limit_is_of_the_class_below_it():
    assert abc_classes(np.array([79.0, 20.0, 1.0])).tolist() == ["A", "A", "C"]


def test_without_any_usage_everything_is_of_class_c():
    assert abc_classes(np.zeros(3)).tolist() == ["C", "C", "C"]
    assert abc_classes(np.array([7.0, 0.0])).tolist() == ["A", "C"]


def test_a_shelf_that_gives_no_reason_is_not_counted():
    assert why() == {}


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"on_hand": -1}, Why.NEGATIVE),
        ({"at_risk": 2}, Why.AT_RISK),
        ({"not_found": True}, Why.SHORT_PICK),
        ({"on_hand": 0, "emptied": True}, Why.EMPTY),
        ({"days": 365}, Why.DUE),
        ({"lines": 20}, Why.BUSY),
    ],
)
def test_each_reason_stands_alone(row, kind):
    assert why(**row).keys() == {kind}


@pytest.mark.parametrize("row", [{"on_hand": -1}, {"at_risk": 2}])
def test_a_record_that_was_counted_and_not_moved_since_is_left_alone(row):
    assert why(**row, lines=0) == {}


def test_an_emptied_shelf_that_was_filled_again_needs_no_confirmation():
    assert why(on_hand=3, emptied=True) == {}


def test_each_class_is_due_after_its_own_time():
    dear = {"issued": 80, "days": 29}
    rows = {"S1": {**dear}, "S2": {"issued": 15, "days": 89}, "S3": {"issued": 5, "days": 364}}
    assert best(shelves(**rows)) == []
    for row in rows.values():
        row["days"] += 1
    assert [(c.sku, c.abc_class) for c in best(shelves(**rows))] == [
        ("S1", "A"),
        ("S2", "B"),
        ("S3", "C"),
    ]


def test_what_is_due_for_longer_weighs_more_up_to_double():
    assert why(days=365)[Why.DUE] == 20
    assert why(days=365 * 1.5)[Why.DUE] == 30
    assert why(days=np.inf)[Why.DUE] == 40


def test_an_empty_shelf_that_nothing_went_over_is_never_due():
    assert why(on_hand=0, lines=0, days=np.inf) == {}
    assert why(on_hand=0, lines=1, days=np.inf).keys() == {Why.DUE}


def test_busy_are_the_few_that_are_used_far_more_than_the_others():
    rows = {f"S{n}": {"lines": n} for n in range(1, 101)}
    assert {c.sku for c in best(shelves(**rows))} == {"S96", "S97", "S98", "S99", "S100"}


def test_wrong_records_come_before_empty_ones_and_those_before_routine():
    rows = {
        "busy": {"lines": 99},
        "due": {"days": 365},
        "empty": {"on_hand": 0, "emptied": True},
        "missed": {"not_found": True},
        "promised": {"at_risk": 1},
        "negative": {"on_hand": -1},
    }
    assert [c.sku for c in best(shelves(**rows))] == list(rows)[::-1]


def test_two_reasons_weigh_more_than_one():
    rows = {"S1": {"not_found": True}, "S2": {"not_found": True, "lines": 20}}
    [first, second] = best(shelves(**rows))
    assert (first.sku, first.score - second.score) == ("S2", 15)


def test_of_two_that_are_as_urgent_the_dearer_shelf_comes_first():
    rows = {"S1": {"days": 365}, "S2": {"days": 365, "unit_value": 9}, "S3": {"days": 365}}
    assert [c.sku for c in best(shelves(**rows))] == ["S2", "S1", "S3"]


def test_no_more_are_chosen_than_can_be_done_and_none_that_is_open():
    rows = {f"S{n}": {"days": 365 + n} for n in range(5)}
    assert [c.sku for c in best(shelves(**rows), most=2)] == ["S4", "S3"]
    assert [c.sku for c in best(shelves(**rows), but={"S4", "S2"}, most=2)] == ["S3", "S1"]


def test_a_backlog_keeps_routine_waiting_and_wrong_records_not():
    rows = {"S1": {"days": 365}, "S2": {"at_risk": 1}, "S3": {"lines": 50}}
    assert [c.sku for c in best(shelves(**rows), routine=0)] == ["S2"]
    assert [c.sku for c in best(shelves(**rows), routine=2)] == ["S2", "S1"]
    assert best(shelves(**rows), routine=-7, most=0) == []


def test_no_reason_tells_what_is_on_record():
    row = {"on_hand": 4711, "at_risk": 1, "not_found": True, "days": np.inf, "lines": 21}
    [choice] = best(shelves(S1=row))
    assert len(choice.reasons) == 4
    assert not any("4711" in reason.detail for reason in choice.reasons)


def test_a_reason_says_when_the_shelf_was_counted_last():
    def told(**row):
        return best(shelves(S1=row))[0].reasons[0].detail

    assert told(days=400).endswith("every 365 days; this was last 400 days ago.")
    assert told(days=400, counted=False).endswith("this was never, and came in 400 days ago.")
    assert told(days=np.inf).endswith("it was not for longer than is looked back on.")


def test_a_facility_without_stock_has_nothing_to_count():
    assert best(shelves()) == []


def test_a_sku_is_found_by_its_name_in_the_ranking():
    ranking = rank(shelves(S1={"issued": 9}, S3={}), INTERVALS)
    assert [ranking.class_of(sku) for sku in ("S0", "S1", "S2", "S3", "S4")] == [
        None,
        "A",
        None,
        "C",
        None,
    ]
