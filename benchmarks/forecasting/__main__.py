"""Measure forecasts on real demand, and hold them to their targets.

python -m benchmarks.forecasting [--data ../shared/data] [--origins 26] [--series 100000] [--slow]
"""

import argparse
import resource
import time
from pathlib import Path

import numpy as np

from benchmarks.forecasting import data, published, rivals
from benchmarks.forecasting.rolling import Answer, Record, alone, automatic, rolled
from fulfillment.optimization.forecasting import CANDIDATES, Options, Pattern, forecast, models

OURS, ON_AVERAGE = "automatic", "automatic, on average"
LISTED = (models.ZERO, models.SES, models.TSB, models.NAIVE, models.SBA, models.CROSTON)
SERVICE = (0.9, 0.95, 0.98)
PATTERNS = tuple(Pattern)[1:]
WORSE = 1.02  # the automatic choice, of the best single model

Verdicts = list[tuple[bool, str]]


def methods(season: int, slow: bool) -> dict[str, Answer]:
    """All that competes: ours, what it chooses from, the listed ones, other distributions."""
    listed = (*LISTED, models.seasonal_naive(season), models.AVERAGE)
    listed += (models.ADIDA, models.IMAPA) if slow else ()
    answers = {OURS: automatic(Options()), ON_AVERAGE: automatic(Options(on_average=True))}
    answers |= {model.name: alone(model) for model in (*CANDIDATES, *listed)}
    answers["SES 0.1, z-score"] = rivals.normal(models.SES)
    answers["blocks of the past"] = rivals.blocks(12)
    return answers | ({"bootstrap": rivals.bootstrap()} if slow else {})


def measured(
    history: np.ndarray, lead: int, origins: range, season: int, slow: bool
) -> dict[str, Record]:
    """Run all methods and print their table."""
    print(f"{'lead time ' + str(lead):26s}   loss   bias   RMSE  cover 90/95/98 %   ", end="")
    print("".join(f"{pattern.name.lower():>20s}" for pattern in PATTERNS), "  WAPE, scaled loss")
    records = {}
    for name, answer in methods(season, slow).items():
        record = records[name] = rolled(answer, history, lead, origins)
        cover = " ".join(f"{record.service(level):5.1f}" for level in SERVICE)
        kinds = [record.of(pattern) for pattern in PATTERNS]
        cells = "".join(f"{kind.wape:11.3f} {kind.scaled_loss:8.4f}" for kind in kinds)
        figures = f"{record.loss:7.4f} {record.bias:6.2f} {record.rmse:6.2f}"
        print(f"{name:24s} {figures}  {cover}  {cells}", flush=True)
    return records


def car_parts(folder: Path) -> Verdicts:
    """The last 12 months of car parts."""
    every = data.car_parts(folder)
    if every is None:
        print(f"car parts skipped: no carparts_monthly.csv.gz in {folder}")
        return []
    verdicts = published.reproduced(every)
    history = every[~np.isnan(every).any(axis=1)]
    print(f"\nCar parts: {len(history):,} parts with all {history.shape[1]} months, last 12")
    for lead in (1, 3):
        records = measured(history, lead, range(39, 52 - lead), 12, slow=True)
        ours = records[OURS].loss
        names = [model.name for model in (*LISTED, models.seasonal_naive(12))]
        best = min(names, key=lambda name: records[name].loss)
        told = f"car parts, lead time {lead}: pinball loss {ours:.4f}, listed best {best} "
        verdicts.append((ours <= records[best].loss, told + f"{records[best].loss:.4f}"))
        reached = [records[ON_AVERAGE].service(level) for level in SERVICE]
        met = all(abs(r - 100 * level) <= 2 for r, level in zip(reached, SERVICE, strict=True))
        cover = ", ".join(f"{share:.2f}" for share in reached)
        verdicts.append((met, f"car parts, lead time {lead}: cycle service 90, 95, 98 is {cover}"))
    return verdicts


def online_retail(folder: Path, count: int, slow: bool) -> Verdicts:
    """The last 26 weeks of UCI Online Retail."""
    history = data.online_retail(folder)
    if history is None:
        print(f"UCI demand skipped: no online_retail_daily.csv.gz in {folder}")
        return []
    periods = history.shape[1]
    print(f"\nUCI Online Retail: {len(history):,} SKUs, {periods} weeks, last 26")
    verdicts = []
    for lead in (1, 4):
        step = max(26 // count, 1)
        origins = range(periods - 26, periods - lead + 1, step)
        records = measured(history, lead, origins, 52, slow)
        for pattern in PATTERNS:
            verdicts += judged({n: r.of(pattern) for n, r in records.items()}, pattern, lead)
    return verdicts


def judged(records: dict[str, Record], pattern: Pattern, lead: int) -> Verdicts:
    """Ours against seasonal naive and SES, and against the best of what it chose from."""
    about = f"UCI {pattern.name.lower()}, lead time {lead}"
    verdicts: Verdicts = []
    for name in (models.SES.name, models.seasonal_naive(52).name):
        other = records[name].beside(records[OURS])
        ours = records[OURS].beside(records[name])
        met = ours.wape < other.wape and ours.scaled_loss < other.scaled_loss
        figures = f"WAPE {ours.wape:.3f} to {other.wape:.3f}, "
        figures += f"loss {ours.scaled_loss:.4f} to {other.scaled_loss:.4f}"
        verdicts.append((met, f"{about}: beats {name}: {figures}"))
    best = min((model.name for model in CANDIDATES), key=lambda name: records[name].scaled_loss)
    ratio = records[OURS].scaled_loss / records[best].scaled_loss
    verdicts.append((ratio <= WORSE, f"{about}: {ratio:.3f} of the best single model, {best}"))
    return verdicts


def speed(series: int) -> Verdicts:
    """Many intermittent series of 104 weeks."""
    history = data.simulated(series, 104, 1)
    leads = np.random.default_rng(2).integers(1, 9, series)
    began, cpu = time.perf_counter(), time.process_time()
    forecast(history, leads)
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = f"{series:,} series x 104 weeks: {cpu:.1f} s of CPU, {wall:.1f} s elapsed, {peak:.0f} MB"
    return [(wall < 60 and peak < 2048, told)]


def main() -> None:
    """Measure, then judge."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.forecasting", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--origins", type=int, default=26, help="of the UCI weeks")
    parser.add_argument("--series", type=int, default=100_000, help="simulated ones")
    parser.add_argument("--slow", action="store_true", help="ADIDA, IMAPA, bootstrap on UCI too")
    options = parser.parse_args()
    verdicts = speed(options.series)
    verdicts += car_parts(options.data) + online_retail(options.data, options.origins, options.slow)
    print("\nTargets")
    for met, told in verdicts:
        print(f"{'met' if met else 'NOT MET':8s} {told}")


if __name__ == "__main__":
    main()
