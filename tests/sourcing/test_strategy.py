"""The rules of a strategy."""

from decimal import Decimal

import pytest

from fulfillment.network.models import Facility
from fulfillment.sourcing.eligibility import eligible
from fulfillment.sourcing.strategies.strategy import Rule, Strategy, group_of


@pytest.mark.parametrize(
    ("asked", "own", "value", "most"),
    [
        (None, None, "10", 1),
        (None, None, "50", None),
        (None, None, None, None),
        (3, None, "60", 3),
        (3, 2, "60", 2),
        (1, 2, "60", 1),
        (3, 2, "10", 1),
    ],
)
def test_the_lowest_of_all_limits_holds(asked, own, value, most):
    strategy = Strategy(max_shipments=own, min_value_to_split=Decimal(50))
    assert strategy.most_shipments(asked, Decimal(value) if value else None) == most


def test_a_group_is_named_after_its_first_member():
    assert group_of(Strategy(groups=(("A", "B"), ("D", "C")))) == {
        "A": "A",
        "B": "A",
        "D": "D",
        "C": "D",
    }


def test_a_planner_learns_who_may_ship_all_lines_of_an_order():
    places = [Facility(code=code, tags=tags) for code, tags in (("A", []), ("B", ["cold"]))]
    strategy = Strategy(eligibility=(Rule(item_tags=("cold",), facility_tags=("cold",)),))
    assert eligible(strategy, None, "US", [[], ["toys"]], places) is None
    assert eligible(strategy, None, "US", [[], ["cold"]], places) == {"B"}
    web = Strategy(eligibility=(Rule(channels=("web",), facilities=("A",)),))
    assert eligible(web, "web", "US", [[]], places) == {"A"}
    assert eligible(web, "shop", "US", [[]], places) is None
