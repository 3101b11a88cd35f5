"""Stock policies: how much to order and when, for a promised service or at the least cost.

For planning: an `Outlook` (the demand of a lead time, and of a review period) and a `Target` give a
`Policy` by `reorder_quantity`, `reorder_up_to` or `base_stock`; `cheapest` needs costs instead, and
`min_max` tells what two figures given by hand will do. Demand is a `Demand`: `poisson`,
`negative_binomial`, `rounded_normal`, `observed` or `tabulated`, added up over a lead time by
`over` or `over_lead_time`. The textbooks' formulas stand in the other files, and by name in
catalogue.py.
"""

from fulfillment.optimization.policies.demand import Demand
from fulfillment.optimization.policies.families import (
    certain,
    negative_binomial,
    observed,
    poisson,
    rounded_normal,
    tabulated,
)
from fulfillment.optimization.policies.planning import (
    Costs,
    Policy,
    Target,
    base_stock,
    cheapest,
    economic_lot,
    min_max,
    reorder_quantity,
    reorder_up_to,
)
from fulfillment.optimization.policies.service import Expected, Outlook

__all__ = [
    "Costs",
    "Demand",
    "Expected",
    "Outlook",
    "Policy",
    "Target",
    "base_stock",
    "certain",
    "cheapest",
    "economic_lot",
    "min_max",
    "negative_binomial",
    "observed",
    "poisson",
    "reorder_quantity",
    "reorder_up_to",
    "rounded_normal",
    "tabulated",
]
