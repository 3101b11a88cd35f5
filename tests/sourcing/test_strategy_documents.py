"""What a strategy's document may say; every mistake is told by its path."""

from decimal import Decimal

import pytest

from fulfillment.platform.errors import Invalid
from fulfillment.sourcing.strategies.documents import document_of, strategy_of
from fulfillment.sourcing.strategies.strategy import Prices, Rule, Strategy, Weights

WHOLE = {
    "weights": {
        "shipping": 1.5,
        "handling": 0.0,
        "distance_per_km": 0.01,
        "split": 2.0,
        "late_cost_per_day": 4.0,
    },
    "stages": ["shipments", "late", "distance", "cost"],
    "max_shipments": 2,
    "min_value_to_split": "50.00",
    "eligibility": [
        {
            "channels": ["web"],
            "countries": ["US"],
            "item_tags": ["cold"],
            "facilities": ["W1"],
            "facility_tags": ["freezer"],
        }
    ],
    "groups": [["W1", "W2"]],
    "late": "penalty",
    "prices": {"source": "blend", "weight": 0.5, "ttl_minutes": 30, "horizon_days": 14},
}


def test_an_empty_document_is_the_built_in_strategy():
    assert strategy_of({}) == Strategy()


def test_a_whole_document_is_read_and_written_as_it_is():
    strategy = strategy_of(WHOLE)
    assert document_of(strategy) == WHOLE
    assert strategy == Strategy(
        weights=Weights(1.5, 0.0, 0.01, 2.0, 4.0),
        stages=("shipments", "late", "distance", "cost"),
        max_shipments=2,
        min_value_to_split=Decimal(50),
        eligibility=(Rule(("web",), ("US",), ("cold",), ("W1",), ("freezer",)),),
        groups=(("W1", "W2"),),
        late="penalty",
        prices=Prices("blend", 0.5, 30, 14),
    )


def test_a_document_of_any_strategy_is_that_strategy():
    strategy = Strategy(weights=Weights(split=1.0), groups=(("A", "B"), ("C", "D")))
    assert strategy_of(document_of(strategy)) == strategy


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"weight": {}}, "weight"),
        ({"weights": {"split": -1}}, "weights.split"),
        ({"weights": {"split": "2"}}, "weights.split"),
        ({"weights": {"speed": 1}}, "weights.speed"),
        ({"weights": None}, "weights"),
        ({"stages": ["price"]}, "stages.0"),
        ({"stages": ["cost", "cost"]}, "stages"),
        ({"max_shipments": 0}, "max_shipments"),
        ({"min_value_to_split": 50.5}, "min_value_to_split"),
        ({"eligibility": [{"channels": ["web"]}]}, "eligibility.0.facilities"),
        ({"eligibility": [{"channels": [], "facilities": ["W1"]}]}, "eligibility.0.channels"),
        (
            {"eligibility": [{"countries": ["usa"], "facilities": ["W1"]}]},
            "eligibility.0.countries.0",
        ),
        ({"eligibility": [{"where": "x", "facilities": ["W1"]}]}, "eligibility.0.where"),
        ({"groups": [["W1"]]}, "groups.0"),
        ({"groups": [["W1", "W1"]]}, "groups.0"),
        ({"groups": [["W1", "W2"], ["W2", "W3"]]}, "groups.1.0"),
        ({"late": "never"}, "late"),
        ({"prices": {"source": "guess"}}, "prices.source"),
        ({"prices": {"ttl_minutes": 0}}, "prices.ttl_minutes"),
        ({"prices": {"horizon_days": 1.5}}, "prices.horizon_days"),
    ],
)
def test_a_mistake_is_told_by_its_path(document, path):
    with pytest.raises(Invalid) as refused:
        strategy_of(document)
    assert path in refused.value.errors
