"""Croston's family against known figures and against loops over one series."""

import json

import numpy as np
import pytest

from fulfillment.optimization.forecasting import aggregation, intermittent, naive, smoothing
from tests.optimization.forecasting.series import KNOWN, with_gaps
from tests.optimization.forecasting.series import intermittent as drawn
from tests.shared_data import shared


def forecasts(series):
    history = np.array([series], dtype=float)
    return {
        "croston": intermittent.croston(history)[0, -1],
        "sba": intermittent.sba(history)[0, -1],
        "tsb": intermittent.tsb(history)[0, -1],
        "tsb 0.2 0.05": intermittent.tsb(history, 0.2, 0.05)[0, -1],
        "adida": aggregation.adida(history)[0],
        "imapa": aggregation.imapa(history)[0],
        "ses": smoothing.ses(history, 0.1)[0, -1],
        "average of 6": naive.moving_average(history, 6)[0, -1],
    }


@pytest.mark.parametrize(("series", "known"), KNOWN)
def test_known_forecasts_are_reproduced_to_six_digits(series, known):
    assert forecasts(series) == pytest.approx(known, rel=1e-6)


def test_the_stored_reference_is_reproduced_to_six_digits():
    names = {
        "CrostonClassic(0.1)": "croston",
        "CrostonSBA(0.1)": "sba",
        "TSB(.1,.1)": "tsb",
        "TSB(alpha_d=.2,alpha_p=.05)": "tsb 0.2 0.05",
        "ADIDA": "adida",
        "IMAPA": "imapa",
        "SES(.1)": "ses",
        "MA6": "average of 6",
    }
    for case in json.loads(shared("reference", "intermittent_forecasts.json")).values():
        found = forecasts(case["series"])
        for theirs, ours in names.items():
            assert found[ours] == pytest.approx(case["forecasts"][theirs], rel=1e-6, abs=1e-12)


def test_statsforecast_says_the_same():
    theirs = pytest.importorskip("statsforecast.models")
    history = drawn(30, 60, seed=1)
    models = {
        "croston": theirs.CrostonClassic(),
        "sba": theirs.CrostonSBA(),
        "tsb": theirs.TSB(0.1, 0.1),
        "adida": theirs.ADIDA(),
        "imapa": theirs.IMAPA(),
    }
    for row in history:
        found = forecasts(row)
        for name, model in models.items():
            said = model.forecast(y=row, h=1)["mean"][0]
            assert found[name] == pytest.approx(said, rel=1e-6, abs=1e-12)


def croston_by_loop(row, alpha):
    size = interval = None
    since = 0
    for value in row:
        if np.isnan(value):
            continue
        since += 1
        if value > 0:
            size = value if size is None else size + alpha * (value - size)
            interval = since if interval is None else interval + alpha * (since - interval)
            since = 0
    return 0.0 if size is None else size / interval


def tsb_by_loop(row, of_size, of_chance):
    size = chance = None
    for value in row:
        if np.isnan(value):
            continue
        asked = float(value > 0)
        chance = asked if chance is None else chance + of_chance * (asked - chance)
        if asked:
            size = value if size is None else size + of_size * (value - size)
    return 0.0 if size is None else size * chance


def test_all_series_at_once_are_as_each_alone_also_with_unknown_periods():
    history = with_gaps(drawn(200, 40, seed=2, chance=0.15), 0.2, seed=3)
    croston, tsb = intermittent.croston(history, 0.2), intermittent.tsb(history, 0.3, 0.1)
    for row, last, faded in zip(history, croston[:, -1], tsb[:, -1], strict=True):
        assert last == pytest.approx(croston_by_loop(row, 0.2))
        assert faded == pytest.approx(tsb_by_loop(row, 0.3, 0.1))


def test_a_path_tells_what_was_said_before_each_period():
    history = with_gaps(drawn(20, 30, seed=4), 0.2, seed=5)
    for model in (intermittent.croston, intermittent.sba, intermittent.tsb):
        path = model(history)
        for t in range(1, 31):
            np.testing.assert_allclose(path[:, t], model(history[:, :t])[:, -1])


def test_croston_stays_where_demand_has_ended_and_tsb_fades():
    ended = np.array([[3.0] * 20 + [0.0] * 60])
    assert intermittent.croston(ended)[0, -1] == pytest.approx(3.0)
    assert intermittent.tsb(ended)[0, -1] < 0.01


def test_nothing_known_is_no_forecast_and_no_demand_is_a_forecast_of_none():
    unknown, none = np.full((1, 5), np.nan), np.zeros((1, 5))
    for model in (intermittent.croston, intermittent.sba, intermittent.tsb):
        assert np.isnan(model(unknown)).all()
        assert model(none)[0, 1:].tolist() == [0.0] * 5
    for fit in (aggregation.adida, aggregation.imapa):
        assert np.isnan(fit(unknown)).all()
        assert fit(none).tolist() == [0.0]
