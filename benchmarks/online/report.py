"""The table of a run: means over cycles, paired with exact myopic, and what was aimed at."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.online.replay import Outcome

MYOPIC = "exact myopic"
MUST_CLOSE = 0.65
MAY_LOSE = 0.001


@dataclass(frozen=True, eq=False)
class Figures:
    """One policy over C cycles; money per order, without the units that nobody has."""

    cost: np.ndarray  # [C]
    split: float
    km: float
    microseconds: float


def figures(outcomes: list[Outcome], unavoidable: np.ndarray) -> Figures:
    """`unavoidable` [C]: what the units cost that all stock together lacks, the same for all."""
    orders = np.array([outcome.orders for outcome in outcomes])
    total = orders.sum()
    return Figures(
        cost=(np.array([outcome.cost for outcome in outcomes]) - unavoidable) / orders,
        split=sum(outcome.split_orders for outcome in outcomes) / total,
        km=sum(outcome.distance_km for outcome in outcomes) / total,
        microseconds=sum(outcome.seconds for outcome in outcomes) / total * 1e6,
    )


def table(rows: dict[str, Figures], bound: np.ndarray) -> Iterator[str]:
    """One line a policy. `bound` [C] per order; +- is one standard error over cycles."""
    myopic = rows[MYOPIC].cost
    yield (
        f"{'policy':32}{'cost/order':>11}{'split':>8}{'km/order':>10}{'above bound':>13}"
        f"{'against myopic':>20}{'closes':>15}{'CPU us':>9}"
    )
    for name, row in rows.items():
        above = row.cost.mean() / bound.mean() - 1
        against, closed = _percent(row.cost - myopic, myopic), closes(row.cost, myopic, bound)
        yield (
            f"{name:32}{row.cost.mean():11.4f}{row.split:8.2%}{row.km:10.0f}{above:13.2%}"
            f"{against[0]:+12.2f} +-{against[1]:4.2f}%{closed[0]:8.0f} +-{closed[1]:3.0f}%"
            f"{row.microseconds:9.0f}"
        )
    yield f"{'clairvoyant lower bound':32}{bound.mean():11.4f}"


def verdict(name: str, row: Figures, myopic: np.ndarray, bound: np.ndarray) -> str:
    """Whether the policy reaches what was aimed at."""
    closed = closes(row.cost, myopic, bound)[0]
    worse = row.cost.mean() / myopic.mean() - 1
    first = "met" if closed >= 100 * MUST_CLOSE else "NOT met"
    second = "met" if worse <= MAY_LOSE else "NOT met"
    return (
        f"{name} closes {closed:.0f} % of the gap (aim {MUST_CLOSE:.0%}): {first}; "
        f"never more than {MAY_LOSE:.1%} worse than exact myopic: {second}"
    )


def closes(cost: np.ndarray, myopic: np.ndarray, bound: np.ndarray) -> tuple[float, float]:
    """Share of the gap from exact myopic to the bound, and its standard error, in percent."""
    return _percent(myopic - cost, myopic - bound)


def _percent(part: np.ndarray, whole: np.ndarray) -> tuple[float, float]:
    """A ratio of means and its standard error (delta method), in percent."""
    ratio = part.mean() / whole.mean() if whole.mean() else 0.0
    if part.size < 2 or not whole.mean():
        return 100 * ratio, float("nan")
    residual = (part - ratio * whole).std(ddof=1) / abs(whole.mean())
    return 100 * ratio, float(100 * residual / np.sqrt(part.size))
