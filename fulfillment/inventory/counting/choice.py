"""What to count first: records that are wrong, then shelves that are due, empty or much used.

Arrays are over the stock levels of one facility [L].
"""

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from msgspec import Struct

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Classes = npt.NDArray[np.str_]


class Why(StrEnum):
    """Reasons to count, in the order of how much they weigh."""

    NEGATIVE = "negative"
    AT_RISK = "at_risk"
    SHORT_PICK = "short_pick"
    REQUESTED = "requested"
    EMPTY = "empty"
    DUE = "due"
    BUSY = "busy"


POINTS = {
    Why.NEGATIVE: 100.0,
    Why.AT_RISK: 90.0,
    Why.SHORT_PICK: 80.0,
    Why.REQUESTED: 70.0,
    Why.EMPTY: 40.0,
    Why.DUE: 20.0,  # twice that when it is due for as long again
    Why.BUSY: 15.0,
}
CLASS_POINTS = {"A": 10.0, "B": 5.0, "C": 0.0}
# Here the record is known to be wrong: a backlog of routine counts does not keep these waiting.
URGENT = (Why.NEGATIVE, Why.AT_RISK, Why.SHORT_PICK)

A_SHARE, B_SHARE = 0.80, 0.95
BUSIEST, BUSY_LINES = 95, 20
TIES = 0.99


class Shelves(Struct, frozen=True, eq=False):
    """Stock levels of a facility, and what the ledger tells of them. [L]

    `issued` are the units that left in the time that is looked back on, `unit_value` what one is
    worth. `lines` are the ledger's lines since the last count and `days` the days (inf: longer
    than is looked back on); `counted` says that there was one. `not_found` and `emptied`: since
    then units were missed when picking, or the last one left.
    """

    skus: Sequence[str]
    on_hand: Floats
    at_risk: Floats
    unit_value: Floats
    issued: Floats
    lines: Floats
    days: Floats
    counted: Flags
    not_found: Flags
    emptied: Flags


class Reason(Struct, frozen=True):
    """Why somebody should count, in words, and how much that weighs."""

    kind: Why
    detail: str
    points: float


class Choice(Struct, frozen=True):
    """A SKU to count."""

    sku: str
    abc_class: str
    score: float
    reasons: list[Reason]


class Ranking(Struct, frozen=True, eq=False):
    """The stock levels with a reason to count them, the most urgent first."""

    shelves: Shelves
    intervals: Mapping[str, int]
    classes: Classes
    points: Mapping[Why, Floats]
    score: Floats
    order: Sequence[int]

    def best(self, not_these: Collection[str], most: int, routine: int) -> list[Choice]:
        """Return the `most` urgent, of which `routine` may have no better reason than routine."""
        chosen: list[Choice] = []
        for row in self.order:
            if len(chosen) == most:
                break
            if self.shelves.skus[row] in not_these:
                continue
            urgent = any(self.points[why][row] for why in URGENT)
            if urgent or len(chosen) < routine:
                chosen.append(self.choice(row))
        return chosen

    def class_of(self, sku: str) -> str | None:
        """Return the class of a SKU; None where the facility never had it."""
        row = bisect_left(self.shelves.skus, sku)
        known = row < len(self.shelves.skus) and self.shelves.skus[row] == sku
        return str(self.classes[row]) if known else None

    def choice(self, row: int) -> Choice:
        reasons = [
            Reason(why, self.words(why, row), round(float(points[row]), 2))
            for why, points in self.points.items()
            if points[row]
        ]
        score = round(float(self.score[row]), 4)
        return Choice(self.shelves.skus[row], str(self.classes[row]), score, reasons)

    def words(self, why: Why, row: int) -> str:
        # None of them tells the figure on record: a counter who knows it finds it.
        if why is Why.DUE:
            return self.due_words(row)
        return {
            Why.NEGATIVE: "More left than the record ever had.",
            Why.AT_RISK: f"{self.shelves.at_risk[row]:.0f} units are promised that are not there.",
            Why.SHORT_PICK: "Units were not found when picking, and nobody has counted since.",
            Why.EMPTY: "The last unit left: see that the shelf is empty.",
            Why.BUSY: f"{self.shelves.lines[row]:.0f} ledger lines since the last count.",
        }[why]

    def due_words(self, row: int) -> str:
        name, days = str(self.classes[row]), self.shelves.days[row]
        rule = f"Class {name} is counted every {self.intervals[name]} days"
        if not np.isfinite(days):
            return f"{rule}; it was not for longer than is looked back on."
        told = "last" if self.shelves.counted[row] else "never, and came in"
        return f"{rule}; this was {told} {days:.0f} days ago."


def rank(shelves: Shelves, intervals: Mapping[str, int]) -> Ranking:
    """Rank the stock levels of a facility; `intervals` are the days between counts by class.

    The score is the sum of the points of all reasons and of the class. Of two that are as urgent,
    that with more value on the shelf or moving over it comes first.
    """
    classes = abc_classes(shelves.issued * shelves.unit_value)
    points = points_of(shelves, classes, intervals)
    total = np.sum(list(points.values()), axis=0)
    stake = (np.maximum(shelves.on_hand, 0) + shelves.issued) * shelves.unit_value
    score = total + by_class(classes, CLASS_POINTS) + TIES * shares_below(stake)
    candidates = np.flatnonzero(total)
    order = candidates[np.argsort(-score[candidates], kind="stable")]
    return Ranking(shelves, intervals, classes, points, score, order.tolist())


def points_of(
    shelves: Shelves, classes: Classes, intervals: Mapping[str, int]
) -> dict[Why, Floats]:
    """Return the points of each reason; 0 where it does not hold. [L] each"""
    # A record that was counted and not moved since is as right as a count can make it.
    moved = shelves.lines > 0
    return {
        Why.NEGATIVE: POINTS[Why.NEGATIVE] * (moved & (shelves.on_hand < 0)),
        Why.AT_RISK: POINTS[Why.AT_RISK] * (moved & (shelves.at_risk > 0)),
        Why.SHORT_PICK: POINTS[Why.SHORT_PICK] * shelves.not_found,
        Why.EMPTY: POINTS[Why.EMPTY] * (shelves.emptied & (shelves.on_hand == 0)),
        Why.DUE: due_points(shelves, by_class(classes, intervals)),
        Why.BUSY: POINTS[Why.BUSY] * is_busy(shelves.lines),
    }


def due_points(shelves: Shelves, interval: Floats) -> Floats:
    """Return the points for the time since the last count, which double within an interval."""
    overdue = np.minimum(shelves.days / interval - 1, 1)
    # An empty shelf that nothing went over needs no look.
    used = (shelves.on_hand != 0) | (shelves.lines > 0)
    points: Floats = np.where((overdue >= 0) & used, POINTS[Why.DUE] * (1 + overdue), 0.0)
    return points


def is_busy(lines: Floats) -> Flags:
    """Tell which shelves have far more ledger lines since their last count than the others."""
    used = lines[lines > 0]
    busy: Flags = lines >= max(BUSY_LINES, np.percentile(used, BUSIEST) if used.size else 0)
    return busy


def abc_classes(usage: Floats) -> Classes:
    """Return A for the dearest that make up 80 % of the usage value, B up to 95 %, else C. [L]"""
    order = np.argsort(-usage, kind="stable")
    before = np.cumsum(usage[order]) - usage[order]
    total = usage.sum()
    classes = np.full(usage.size, "C")
    classes[order[before < B_SHARE * total]] = "B"
    classes[order[before < A_SHARE * total]] = "A"
    classes[usage <= 0] = "C"
    return classes


def by_class(classes: Classes, values: Mapping[str, float]) -> Floats:
    found: Floats = np.select([classes == name for name in "ABC"], [values[name] for name in "ABC"])
    return found.astype(np.float64)


def shares_below(values: Floats) -> Floats:
    """Return which share of the others each value exceeds. [L]"""
    shares: Floats = np.searchsorted(np.sort(values), values) / max(1, values.size)
    return shares
