"""A forecast run: read the history, forecast every series, keep the forecasts and how they did."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import delete, insert

from fulfillment.catalog import items as catalog
from fulfillment.optimization import forecasting
from fulfillment.optimization.forecasting import Forecasts, Options, Pattern
from fulfillment.optimization.forecasting.choice import Score
from fulfillment.optimization.forecasting.models import NAIVE, Model, seasonal_naive
from fulfillment.planning.demand.history import DAY, LATEST
from fulfillment.planning.forecasts import statistical
from fulfillment.planning.forecasts.history import Counts, Weeks, weeks_until
from fulfillment.planning.forecasts.models import Forecast, ForecastRun
from fulfillment.platform import clock, context
from fulfillment.platform.chunks import chunked
from fulfillment.platform.db import retried, transaction
from fulfillment.sourcing import service

MOST_WEEKS = 104
YEAR = 52
# A season must be seen once before it is judged.
WEEKS_FOR_A_SEASON = 80
ROWS_AT_ONCE = 5_000

Tell = Callable[[float], None]
Row = dict[str, Any]


@dataclass(frozen=True)
class Found:
    """What a run found: itself, and a row for each series."""

    run: ForecastRun
    rows: Sequence[Row]


def run(on_progress: Tell | None = None) -> ForecastRun | None:
    """Forecast all demand and put that in the place of the forecasts before; None: no history."""
    started = time.perf_counter()
    weeks = weeks_until(last_day(clock.now()), MOST_WEEKS)
    if weeks is None:
        return None
    read = time.perf_counter()
    forecasts = forecast(weeks, on_progress)
    solved = time.perf_counter()
    seconds = {"read": round(read - started, 3), "solve": round(solved - read, 3)}
    done = ForecastRun(
        as_of=weeks.last,
        weeks=weeks.units.shape[1],
        series=len(weeks.facilities),
        accuracy=list(accuracy_of(forecasts)),
        seconds=seconds,
        actor=context.actor.get().name,
        finished_at=clock.now(),
    )
    keep(done, list(rows_of(weeks, forecasts)))
    return done


def last_day(now: datetime) -> date:
    """Return the last day that is over everywhere."""
    return (now - LATEST).date() - DAY


def nightly() -> str:
    """Forecast, as the timetable does; say what came of it."""
    done = run()
    return f"forecasts of {done.series} series" if done else "no demand yet"


def forecast(weeks: Weeks, on_progress: Tell | None = None) -> Forecasts:
    """Forecast each series; new SKUs borrow from their class, facilities add up to the SKU."""
    leads = np.full(len(weeks.facilities), lead_weeks(), dtype=np.int64)
    options = Options(models=competitors(weeks.units.shape[1]))
    own = forecasting.forecast(weeks.units, leads, options=options, on_progress=on_progress)
    own = forecasting.borrow(own, weeks.units, classes_of(weeks))
    totals = forecasting.aggregate(weeks.units, weeks.sku)
    of_skus = forecasting.forecast(totals, leads[: len(weeks.skus)], options=options)
    return forecasting.reconcile(own, weeks.sku, of_skus.mean)


def lead_weeks() -> int:
    return -(-service.settings().forecast_lead_days // 7)


def competitors(weeks: int) -> tuple[Model, ...]:
    """Return the models to choose from; the naive ones are measured, too, and may win."""
    naive = (NAIVE, seasonal_naive(YEAR)) if weeks >= WEEKS_FOR_A_SEASON else (NAIVE,)
    return (*forecasting.CANDIDATES, *naive, *statistical.models())


def classes_of(weeks: Weeks) -> Counts:
    """Return the class of each series: SKUs of the same tags. [S]"""
    known = catalog.find(weeks.skus)
    tags = [";".join(sorted(known[sku].tags)) for sku in weeks.skus]
    _, classes = np.unique(np.array(tags), return_inverse=True)
    found: Counts = classes[weeks.sku]
    return found


def rows_of(weeks: Weeks, forecasts: Forecasts) -> Iterator[Row]:
    """Yield what is kept of each series that has a forecast."""
    for series, facility in enumerate(weeks.facilities):
        mean = float(forecasts.mean[series])
        if np.isnan(mean):
            continue
        mase, known = float(forecasts.mase[series]), int(weeks.known[series])
        asked = forecasts.quantiles[series].round(2).tolist()
        yield {
            "sku": weeks.skus[weeks.sku[series]],
            "facility": facility,
            "as_of": weeks.last,
            "pattern": Pattern(forecasts.patterns.pattern[series]).name.lower(),
            "model": forecasts.model(series),
            "per_day": round(mean / 7, 6),
            "lead_weeks": int(forecasts.leads[series]),
            "deviation": round(float(np.nan_to_num(forecasts.deviation[series])), 6),
            "quantiles": [list(pair) for pair in zip(forecasts.levels, asked, strict=True)],
            "mase": None if np.isnan(mase) else round(mase, 4),
            "weeks_known": known,
            "borrowed": known < forecasting.borrowing.ENOUGH,
        }


def accuracy_of(forecasts: Forecasts) -> Iterator[Row]:
    """Yield, for each kind of demand, what competed and which won."""
    patterns = forecasts.patterns.pattern
    for number, choice in enumerate(forecasts.choices):
        rows = np.flatnonzero(forecasts.kind == number)
        if rows.size:
            yield {
                "pattern": Pattern(patterns[rows[0]]).name.lower(),
                "lead_weeks": int(np.median(forecasts.leads[rows])),
                "series": int(rows.size),
                "model": choice.model.name,
                "scores": {n: told(s, forecasts.levels) for n, s in choice.scores.items()},
            }


def told(score: Score, levels: Sequence[float]) -> Mapping[str, Any]:
    figures = {name: getattr(score, name) for name in ("loss", "wape", "bias", "rmse", "mase")}
    reached = zip(levels, score.coverage, strict=True)
    rounded = {n: round(v, 4) if np.isfinite(v) else None for n, v in figures.items()}
    return rounded | {"coverage": {f"{level:g}": round(share, 4) for level, share in reached}}


@retried
def keep(done: ForecastRun, rows: Sequence[Row]) -> None:
    with transaction() as session:
        session.add(done)
        session.flush()
        session.execute(delete(Forecast))
        for some in chunked([row | {"run_id": done.id} for row in rows], ROWS_AT_ONCE):
            session.execute(insert(Forecast), some)
