"""Models made of other models."""

import numpy as np

from fulfillment.optimization.forecasting import models
from tests.optimization.forecasting.series import intermittent, with_gaps

LEAD = 2


def test_the_mean_of_models_leaves_out_who_says_nothing():
    history = intermittent(5, 30, seed=1)
    silent = models.Model(
        "silent", lambda known, lead: np.full((len(known), known.shape[1] + 1), np.nan)
    )
    found = models.combined((models.SES, silent, models.ZERO)).path(history, LEAD)
    np.testing.assert_allclose(found[:, 1:], models.SES.path(history, LEAD)[:, 1:] / 2)


def test_a_pooled_forecast_keeps_the_sum_and_brings_all_nearer_to_the_mean():
    history = with_gaps(intermittent(40, 30, seed=2), 0.1, seed=3)
    own = models.SES.path(history, LEAD)
    found = models.pooled(models.SES, 0.25, history).path(history, LEAD)
    rows = ~np.isnan(own).any(axis=0)
    np.testing.assert_allclose(found[:, rows].mean(axis=0), own[:, rows].mean(axis=0))
    np.testing.assert_allclose(found[:, rows].std(axis=0), 0.75 * own[:, rows].std(axis=0))


def test_a_pooled_forecast_of_one_series_does_not_depend_on_who_is_asked_with_it():
    kind = intermittent(40, 30, seed=4)
    model = models.pooled(models.recent(8), 0.3, kind)
    np.testing.assert_array_equal(
        model.path(kind, LEAD)[7], model.path(np.ascontiguousarray(kind[7:8]), LEAD)[0]
    )


def test_a_pooled_forecast_knows_the_past_only():
    kind = intermittent(40, 30, seed=5)
    path = models.pooled(models.recent(8), 0.3, kind).path(kind, LEAD)
    before = models.pooled(models.recent(8), 0.3, kind[:, :20]).path(kind[:, :20], LEAD)
    np.testing.assert_allclose(path[:, :21], before)
