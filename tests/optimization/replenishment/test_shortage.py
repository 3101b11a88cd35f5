import numpy as np
import pytest

from fulfillment.optimization import replenishment as r
from fulfillment.optimization.policies import poisson
from fulfillment.optimization.policies.normal import loss
from fulfillment.optimization.replenishment.shortage import curve, distribution
from tests.optimization.replenishment.shelves import shelf

FORECASTS = [
    r.Forecast(mean=20.0, sd=6.0),
    r.Forecast(mean=20.0, sd=0.0),
    r.Forecast(quantiles=((0.1, 2.0), (0.5, 9.0), (0.9, 30.0), (0.95, 30.0))),
    r.Forecast(quantiles=((0.5, 4.0),)),
    r.Forecast(pmf=((7, 0.25), (0, 0.5), (3, 0.25))),
    None,
]


@pytest.mark.parametrize("forecast", FORECASTS)
def test_each_unit_more_saves_less_than_the_one_before(forecast):
    shape = curve(shelf(demand=forecast), 10, 30)
    saved = -np.diff([shape.at(stock) for stock in range(-5, 60)])
    assert (np.diff(saved) <= 1e-9).all()
    assert saved[0] == pytest.approx(1.0, abs=1e-3)
    assert saved[-1] == pytest.approx(0.0, abs=1e-9)


def test_a_table_of_chances_is_exact():
    shape = curve(shelf(demand=FORECASTS[4]), 10, 30)
    demand = distribution(FORECASTS[4])
    assert [shape.at(x) for x in range(-2, 9)] == pytest.approx(demand.short(np.arange(-2, 9)))


def test_a_normal_is_exact_at_its_points():
    shape = curve(shelf(demand=FORECASTS[0]), 10, 30)
    assert shape.at(26.0) == pytest.approx(6 * loss(1.0), abs=1e-4)


def test_quantiles_are_straight_lines_between_shares():
    shape = curve(shelf(demand=r.Forecast(quantiles=((0.0, 0.0), (1.0, 10.0)))), 10, 30)
    assert shape.at(0.0) == pytest.approx(5.0)


def test_demand_of_lead_time_and_review_adds_up():
    lead, review = poisson(4.0), poisson(2.0)
    forecasts = [
        r.Forecast(pmf=tuple((i, p) for i, p in enumerate(d.chances.tolist(), d.start)))
        for d in (lead, review)
    ]
    shape = curve(shelf(lead_demand=forecasts[0], demand=forecasts[1]), 10, 30)
    points = np.array(shape.points, dtype=np.int64)
    assert shape.shorts == pytest.approx(poisson(6.0).short(points), abs=1e-9)


def test_without_demand_units_below_the_reorder_point_are_dear_and_those_above_cheap():
    shape = curve(shelf(), 10, 30)
    below, above = shape.at(5) - shape.at(6), shape.at(20) - shape.at(21)
    assert below > 10 * above > 0


def test_quantiles_as_chances_keep_their_shares():
    demand = distribution(FORECASTS[2])
    assert 1 - demand.above(9) == pytest.approx(0.5)
    assert 1 - demand.above(29) < 0.95 < 1 - demand.above(30)
