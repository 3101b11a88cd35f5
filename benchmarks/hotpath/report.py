"""The table: both sides of each ratio, the target, the verdict, and where the CPU went."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from benchmarks.hotpath.rounds import Round, middle

HEAD = (
    "measure",
    "ours",
    "other side",
    "ratio",
    "target",
    "verdict",
    "web µs",
    "db µs",
    "load µs",
    "p50 ms",
    "p99 ms",
    "not 2xx",
)
FIGURES = ("web_us", "database_us", "load_us", "p50_ms", "p99_ms")


@dataclass(frozen=True)
class Row:
    """One line: a figure held to its target; without one it only tells."""

    measure: str
    ours: str
    other: str
    figure: float | None = None
    sense: Literal[">=", "<="] = ">="
    target: float | None = None
    rounds: Sequence[Round] = ()

    @property
    def verdict(self) -> str:
        if self.figure is None or self.target is None:
            return "-"
        met = self.figure >= self.target if self.sense == ">=" else self.figure <= self.target
        return "met" if met else "NOT MET"

    @property
    def cells(self) -> list[str]:
        shown = "-" if self.figure is None else f"{self.figure:.3g}"
        held_to = "-" if self.target is None else f"{self.sense} {self.target:g}"
        judged = [shown, held_to, self.verdict]
        return [self.measure, self.ours, self.other, *judged, *self.details]

    @property
    def details(self) -> list[str]:
        if not self.rounds:
            return [""] * (len(FIGURES) + 1)
        *costs, p50, p99 = (middle(self.rounds, figure) for figure in FIGURES)
        refused = sum(sum(one.refused.values()) for one in self.rounds)
        shown = [f"{one:,.0f}" for one in costs]
        return [*shown, f"{p50:,.1f}", f"{p99:,.1f}", f"{refused:,}"]


def skipped(measure: str, reason: str) -> Row:
    """Return the line of what was not measured, and why."""
    return Row(measure, "skipped", reason)


def per_second(rounds: Sequence[Round]) -> str:
    """Show the median rate."""
    return f"{middle(rounds, 'rate'):,.1f}/s"


def table(rows: Sequence[Row]) -> str:
    """Return a table that Markdown and people both read."""
    lines = [list(HEAD), *(row.cells for row in rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(HEAD))]
    shown = [
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in lines
    ]
    shown.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(shown)
