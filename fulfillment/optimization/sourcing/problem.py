"""The question of one order and its answer."""

import math

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Quantities = NDArray[np.int64]
Amounts = NDArray[np.float64]


class Problem(Struct, frozen=True, eq=False):
    """One order of L lines before F facilities, which come sorted by code.

    A unit of line l from facility f costs `unit_cost[f, l]` (weight, handling and price
    included); every facility used costs its `shipment_cost[f]` once. With `ship_complete`
    all units ship or none do; otherwise a unit not shipped costs `unfilled_cost[l]`. Without
    `split_lines` a line ships whole from one facility or not at all. `options` asks for that
    many plans, each from another set of facilities. Quantities in units, costs in one
    currency, distances in kilometres (infinite where unknown: they only break ties).

    Facilities with the same number in `group` share the shipment cost of the dearest of them
    that is used; each still counts as a shipment. With `stages` rules come before weights: of
    the plans that miss the fewest units, those of the least first stage, of these those of the
    least second one, and so on. A stage is a whole number per facility, summed over those used,
    or None for the plan's cost, compared to the cent; if no stage is None it comes last.
    """

    quantity: Quantities  # [L], at least 1
    stock: Quantities  # [F, L], promisable
    shipment_cost: Amounts  # [F]
    unit_cost: Amounts  # [F, L]
    unfilled_cost: Amounts  # [L]
    distance_km: Amounts  # [F]
    max_shipments: int | None = None
    ship_complete: bool = False
    split_lines: bool = True
    options: int = 1
    group: Quantities | None = None  # [F]
    stages: tuple[Quantities | None, ...] = ()  # each [F]


class Option(Struct, frozen=True, eq=False):
    """One plan: units by facility and line, its cost, and the summed distance of its shipments.

    `facilities` are those that ship something, ascending. `rank` are the figures of its stages,
    after the units it misses; empty without stages.
    """

    shipped: Quantities  # [F, L]
    cost: float
    facilities: tuple[int, ...]
    distance_km: float
    rank: tuple[float, ...] = ()

    @property
    def shipments(self) -> int:
        """How many facilities ship."""
        return len(self.facilities)


class Solution(Struct, frozen=True, eq=False):
    """The best plans, best first; none where the order must ship complete and cannot.

    `lower_bound` holds for the best plan; `exact` says that every option is proven.
    """

    options: tuple[Option, ...]
    lower_bound: float
    exact: bool

    @property
    def gap(self) -> float:
        """(cost - lower bound) / |cost| of the best plan; 0 when there is no plan."""
        cost = self.options[0].cost if self.options else 0.0
        return max(cost - self.lower_bound, 0.0) / abs(cost) if cost else 0.0


def validate(problem: Problem) -> None:
    """Raise a ValueError that names the first field with a wrong shape or value."""
    facilities, lines = problem.shipment_cost.size, problem.quantity.size
    if not lines:
        raise ValueError("quantity must have at least one line")
    _check_array("quantity", problem.quantity, (lines,), least=1)
    _check_array("stock", problem.stock, (facilities, lines))
    _check_array("shipment_cost", problem.shipment_cost, (facilities,))
    _check_array("unit_cost", problem.unit_cost, (facilities, lines))
    _check_array("unfilled_cost", problem.unfilled_cost, (lines,))
    _check_array("distance_km", problem.distance_km, (facilities,), most=math.inf)
    if problem.group is not None:
        _check_array("group", problem.group, (facilities,))
    for stage in problem.stages:
        if stage is not None:
            _check_array("stages", stage, (facilities,))
    if problem.max_shipments is not None and problem.max_shipments < 0:
        raise ValueError("max_shipments must not be negative")
    if problem.options < 1:
        raise ValueError("options must be at least 1")


def _check_array(
    name: str,
    array: Quantities | Amounts,
    shape: tuple[int, ...],
    least: int = 0,
    most: float = 1.7e308,
) -> None:
    if array.shape != shape:
        raise ValueError(f"{name} has the shape {array.shape}, not {shape}")
    # Written so that NaN fails it too.
    if array.size and not (array.min() >= least and array.max() <= most):
        raise ValueError(f"{name} must be finite and at least {least}")
