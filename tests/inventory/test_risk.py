"""Who is left without stock by a count or by force: the youngest promises first."""

import pytest


@pytest.fixture
def promised(world):
    """9 units, of which o1, a cart and o2 were promised 3, 2 and 4, in this order."""
    world.has({"W1": {"S1": 9}})
    world.order("o1", {"S1": 3})
    world.reserve("cart", {"S1": 2})
    world.order("o2", {"S1": 4})


pytestmark = pytest.mark.usefixtures("promised")


def count(world, units):
    row = {"kind": "count", "sku": "S1", "facility": "W1", "quantity": units}
    answer = world.move(row).get_json()["movements"][0]
    return [(promise["owner"], promise["reference"]) for promise in answer["at_risk"]]


def test_the_youngest_promises_are_at_risk_as_far_as_units_are_missing(world):
    assert count(world, 6) == [("order", "o2")]
    assert count(world, 4) == [("order", "o2"), ("hold", "cart")]
    assert count(world, 0) == [("order", "o2"), ("hold", "cart"), ("order", "o1")]


def test_a_second_count_that_finds_them_clears_the_risk(world):
    count(world, 0)
    assert count(world, 9) == []
    assert world.level()["at_risk"] == 0


def test_stock_that_comes_in_clears_the_risk(world):
    count(world, 6)
    world.move({"kind": "receipt", "sku": "S1", "facility": "W1", "quantity": 2})
    assert world.level()["at_risk"] == 1
    world.move({"kind": "receipt", "sku": "S1", "facility": "W1", "quantity": 5})
    assert (world.level()["at_risk"], world.level()["promisable"]) == (0, 4)


def test_nothing_is_promisable_while_promises_are_at_risk(world):
    count(world, 6)
    assert world.level()["promisable"] == 0
    assert world.reserve("late", {"S1": 1}).status_code == 409


def test_a_dry_count_names_them_and_changes_nothing(world):
    row = {"kind": "count", "sku": "S1", "facility": "W1", "quantity": 6}
    answer = world.move(row, dry_run=True)
    assert [p["reference"] for p in answer.get_json()["movements"][0]["at_risk"]] == ["o2"]
    assert (world.level()["on_hand"], world.level()["at_risk"]) == (9, 0)
