"""Rules as weights, for waves."""

import itertools
from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from fulfillment.network.lanes import Lane
from fulfillment.sourcing.composite import (
    SPANS,
    STEPS,
    handling_per_unit,
    lane_costs,
    late_per_day,
    span,
    stage_weights,
)
from fulfillment.sourcing.strategies.strategy import STAGES, Strategy, Weights

LANE = Lane(
    facility="W1",
    distance_km=200.0,
    carrier=None,
    service="ground",
    zone=None,
    shipment_cost=6.5,
    cost_per_g=0.001,
    handling_per_unit=0.5,
    ship_by=datetime(2026, 3, 2, tzinfo=UTC),
    deliver_by=date(2026, 3, 5),
)


def test_without_stages_only_money_weighs(app):
    found, settings = lane_costs(Strategy(), LANE), app.config["SETTINGS"]
    assert (found.shipment, found.per_g) == (6.5, 0.001)
    assert late_per_day(Strategy()) == settings.late_cost_per_day
    assert handling_per_unit(Strategy()) == settings.handling_per_unit
    assert span(Strategy()) == 1.0


@pytest.mark.usefixtures("app")
def test_a_lane_costs_what_the_weights_say():
    weights = Weights(2.0, distance_per_km=0.01, split=1.5, late_cost_per_day=7.0)
    found = lane_costs(Strategy(weights=weights), LANE)
    assert (found.shipping, found.distance, found.split) == (13.0, 2.0, 1.5)
    assert found.shipment == pytest.approx(13 + 2 + 1.5)
    assert (found.per_g, late_per_day(Strategy(weights=weights))) == (0.002, 7.0)


def test_handling_costs_what_its_weight_says(app):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], handling_per_unit=0.5)
    assert handling_per_unit(Strategy(weights=Weights(handling=3.0))) == 1.5


@pytest.mark.parametrize(
    "stages", [s for n in range(1, 5) for s in itertools.permutations(STAGES, n)]
)
def test_a_step_at_a_stage_outweighs_the_usual_span_of_those_after_it(stages):
    weights = stage_weights(stages)
    assert weights["cost"] == pytest.approx(1.0)
    order = stages if "cost" in stages else (*stages, "cost")
    for place, stage in enumerate(order):
        after = sum(weights[name] * SPANS[name] for name in order[place + 1 :])
        assert weights[stage] * STEPS[stage] >= after * (1 - 1e-12)
    assert all(weights[name] == 0 for name in STAGES if name not in order)


@pytest.mark.parametrize("stages", list(itertools.permutations(STAGES)))
def test_what_is_multiplied_by_the_span_outweighs_every_stage(stages):
    weights = stage_weights(stages)
    usual = sum(weights[name] * SPANS[name] for name in STAGES)
    assert SPANS["cost"] * span(Strategy(stages=stages)) == pytest.approx(usual)
