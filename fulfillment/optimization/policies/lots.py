"""Lots for demand that is known but changes from period to period."""

from collections.abc import Sequence
from dataclasses import dataclass

from fulfillment.optimization.documents import Fault

NOISE = 1e-12  # relative; two plans that differ by less cost the same


@dataclass(frozen=True)
class LotPlan:
    """What to order at the beginning of each period, and what all of it costs."""

    order_quantities: tuple[float, ...]
    cost: float


def wagner_whitin(
    num_periods: int, holding_cost: float, fixed_cost: float, demand: Sequence[float]
) -> LotPlan:
    """The cheapest orders that never run out (Wagner and Whitin 1958, Management Science 5).

    `holding_cost` is for each unit carried from a period into the next, `fixed_cost` for each
    order of more than nothing. Some best plan orders only when nothing is left, and then the
    demand of whole periods: `best[t]` is what the periods from t on cost, and `until[t]` the next
    order after one in t. Of plans that cost the same, the one whose first order is smallest.
    """
    if len(demand) != num_periods:
        raise Fault("demand", f"must have {num_periods} periods, as num_periods says")
    best, until = [0.0] * (num_periods + 1), [num_periods] * (num_periods + 1)
    for t in reversed(range(num_periods)):
        best[t], until[t] = _first_order(t, holding_cost, fixed_cost, demand, best)
    return LotPlan(_quantities(demand, until), best[0])


def _first_order(
    t: int, holding_cost: float, fixed_cost: float, demand: Sequence[float], best: Sequence[float]
) -> tuple[float, int]:
    """What ordering in period t costs with all after it, and when the next order is due."""
    cheapest, due, wanted, held = float("inf"), t + 1, 0.0, 0.0
    for u in range(t, len(demand)):
        wanted += demand[u]
        held += holding_cost * (u - t) * demand[u]
        cost = (fixed_cost if wanted else 0.0) + held + best[u + 1]
        if u == t or cost < cheapest * (1 - NOISE):
            cheapest, due = cost, u + 1
    return cheapest, due


def _quantities(demand: Sequence[float], until: Sequence[int]) -> tuple[float, ...]:
    quantities: list[float] = [0] * len(demand)
    t = 0
    while t < len(demand):
        quantities[t] = sum(demand[t : until[t]])
        t = until[t]
    return tuple(quantities)
