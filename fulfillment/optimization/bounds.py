"""How good a solution is: what it costs, and what any costs at least."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bounded:
    """A solution by its worth: "optimal" within the gap asked for, else "feasible"."""

    status: str
    objective: float
    lower_bound: float

    @property
    def gap(self) -> float:
        """How far the objective may be from the best, as a share of it."""
        return relative_gap(self.objective, self.lower_bound)


def relative_gap(objective: float, lower_bound: float) -> float:
    """(objective - lower bound) / |objective|; 0 for an objective of 0 that the bound meets."""
    difference = max(objective - lower_bound, 0.0)
    return difference / abs(objective) if objective else difference
