"""SKUs that are ordered together and share the cost of an order."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from fulfillment.optimization.documents import Fault


@dataclass(frozen=True)
class JointPlan:
    """An order every `cycle` units of time; SKU i is part of every `multiples[i]`-th."""

    quantities: tuple[float, ...]
    cycle: float
    multiples: tuple[int, ...]
    cost: float


def joint_replenishment_silver(
    shared_fixed_cost: float,
    individual_fixed_costs: Sequence[float],
    holding_costs: Sequence[float],
    demand_rates: Sequence[float],
) -> JointPlan:
    """Multiples, cycle and lots by Silver's rule (Silver, Pyke and Peterson 1998, section 11.2.1).

    An order costs `shared_fixed_cost` and that of each SKU in it. The SKU that would be ordered
    most often by its own cost is part of every order; the others follow it, to the nearest
    multiple. It is a rule, not the optimum; cost is per unit of time, without the goods.
    """
    _check(individual_fixed_costs, holding_costs, demand_rates)
    held = [h * d for h, d in zip(holding_costs, demand_rates, strict=True)]
    own = [k / x for k, x in zip(individual_fixed_costs, held, strict=True)]
    base = min(range(len(own)), key=lambda i: own[i])
    shared = (shared_fixed_cost + individual_fixed_costs[base]) / held[base]
    multiples = tuple(
        1 if i == base else _nearest(math.sqrt(ratio / shared)) for i, ratio in enumerate(own)
    )
    fixed = shared_fixed_cost + sum(
        k / m for k, m in zip(individual_fixed_costs, multiples, strict=True)
    )
    rate = sum(x * m for x, m in zip(held, multiples, strict=True))
    cycle = math.sqrt(2 * fixed / rate)
    quantities = tuple(d * m * cycle for d, m in zip(demand_rates, multiples, strict=True))
    return JointPlan(quantities, cycle, multiples, math.sqrt(2 * fixed * rate))


def _nearest(multiple: float) -> int:
    return max(math.floor(multiple + 0.5), 1)


def _check(
    individual_fixed_costs: Sequence[float],
    holding_costs: Sequence[float],
    demand_rates: Sequence[float],
) -> None:
    for name, values in (("holding_costs", holding_costs), ("demand_rates", demand_rates)):
        if len(values) != len(individual_fixed_costs):
            raise Fault(name, "must be as many as the individual_fixed_costs")
