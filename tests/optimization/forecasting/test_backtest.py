"""What a model would have said in the past."""

import numpy as np
import pytest

from fulfillment.optimization.forecasting import models
from fulfillment.optimization.forecasting.backtest import last_origins, roll
from tests.optimization.forecasting.series import intermittent, with_gaps


def test_the_last_origin_is_the_last_whose_lead_time_is_over():
    assert last_origins(100, lead=4, reach=10, most=3).tolist() == [87, 92, 96]


def test_a_past_that_is_too_short_has_no_origin():
    assert last_origins(6, lead=5, reach=10, most=3).size == 0


@pytest.mark.parametrize("model", [*models.CANDIDATES, models.SBA, models.seasonal_naive(12)])
def test_a_backtest_is_a_loop_over_origins_that_sees_only_the_past(model):
    lead, history = 3, with_gaps(intermittent(30, 50, seed=1), 0.1, seed=2)
    origins = last_origins(50, lead, 20, 6)
    found = roll(model.path(history, lead), history, lead, origins)
    for column, origin in enumerate(origins.tolist()):
        path = model.path(history[:, :origin], lead)
        np.testing.assert_allclose(found.mean[:, column], lead * path[:, -1])


def test_a_model_that_is_fitted_anew_knows_its_last_origins_only():
    history = intermittent(5, 60, seed=3)
    path = models.ADIDA.path(history, 1)
    assert np.isnan(path[:, :40]).all()
    np.testing.assert_allclose(path[:, 55], models.ADIDA.path(history[:, :55], 1)[:, -1])
