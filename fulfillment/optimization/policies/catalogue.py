"""Every formula by name: what it is given, and what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from fulfillment.optimization.policies import planning
from fulfillment.optimization.policies.economic import (
    eoq,
    eoq_all_units_discount,
    eoq_backorders,
    eoq_incremental_discount,
    epq,
)
from fulfillment.optimization.policies.families import tabulated
from fulfillment.optimization.policies.joint import joint_replenishment_silver
from fulfillment.optimization.policies.lots import wagner_whitin
from fulfillment.optimization.policies.newsvendor import (
    newsvendor_discrete,
    newsvendor_negative_binomial,
    newsvendor_normal,
    newsvendor_normal_profit,
    newsvendor_poisson,
)
from fulfillment.optimization.policies.order_quantity import (
    rq_cost,
    rq_eil,
    rq_eoqb,
    rq_eoqss,
    rq_exact_poisson,
)
from fulfillment.optimization.policies.order_up_to import (
    ss_exact_discrete,
    ss_exact_poisson,
    ss_power_approximation,
)
from fulfillment.optimization.policies.rules import (
    AMOUNT,
    CHANCES,
    CHANCES_OF_UNITS,
    COUNT,
    POSITIVE,
    REAL,
    SHARE,
    UNITS,
    Rule,
    several,
)
from fulfillment.optimization.policies.safety import (
    safety_for_cycle_service,
    safety_for_fill_rate,
    safety_for_z,
    service_of_reorder_point,
    standard_normal_loss,
)
from fulfillment.optimization.policies.service import Outlook

Rules = dict[str, Rule]  # by the name of an input
Names = dict[str, str]  # of an output: in a file, and the way to it in the result


@dataclass(frozen=True)
class Formula:
    """A function, the rules of its inputs, and the names of its outputs."""

    function: Callable[..., object]
    inputs: Rules
    outputs: Names


# Inputs that a file calls as the textbooks do.
ARGUMENTS = {
    "mu": "mean",
    "L": "lead_time",
    "sL": "lead_time_sd",
    "T": "review_period",
    "Q": "quantity",
    "r": "reorder_point",
    "ROP": "reorder_point",
    "CSL": "cycle_service",
    "fr": "fill_rate",
}


def _for_service(
    build: Callable[[Outlook, planning.Target, int], planning.Policy],
    measure: Literal["cycle_service", "fill_rate"],
) -> Callable[..., planning.Policy]:
    """A policy for a service target, from the chances of a period's demand."""

    def formula(
        demand_pmf: Mapping[int, float], lead_time: int, quantity: int = 1, **level: float
    ) -> planning.Policy:
        period = tabulated(demand_pmf)
        outlook = Outlook(period.over(lead_time), period)
        return build(outlook, planning.Target(measure, level[measure]), quantity)

    return formula


def _base_stock(outlook: Outlook, target: planning.Target, quantity: int) -> planning.Policy:
    return planning.base_stock(outlook, target)


MISMATCH: Rules = {"holding_cost": POSITIVE, "stockout_cost": POSITIVE}
STEADY: Rules = {"fixed_cost": AMOUNT, "holding_cost": POSITIVE, "demand_rate": POSITIVE}
ORDERS: Rules = MISMATCH | {"fixed_cost": AMOUNT}
DISCOUNT: Rules = {
    "fixed_cost": POSITIVE,
    "holding_cost_rate": POSITIVE,
    "demand_rate": POSITIVE,
    "breakpoints": several(AMOUNT),
    "unit_costs": several(POSITIVE),
}
NORMAL: Rules = {"demand_mean": AMOUNT, "demand_sd": AMOUNT}
SPREAD: Rules = {"demand_mean": POSITIVE, "demand_sd": POSITIVE}
WATCHED: Rules = MISMATCH | {
    "fixed_cost": POSITIVE,
    "demand_mean": POSITIVE,
    "demand_sd": AMOUNT,
    "lead_time": AMOUNT,
}
CHOPRA: Rules = {"mu": AMOUNT, "sd": AMOUNT, "L": AMOUNT}
LUMPY: Rules = {"demand_pmf": CHANCES_OF_UNITS, "lead_time": COUNT}
LOT: Names = {"Q": "quantity", "cost": "cost"}
DISCOUNTED: Names = {"Q": "quantity", "region": "region", "cost": "cost"}
BASE_STOCK: Names = {"S": "order_up_to", "cost": "cost"}
RQ: Names = {"r": "reorder_point", "Q": "quantity"}
SS: Names = {"s": "reorder_point", "S": "order_up_to"}
COST: Names = {"cost": "cost"}
SAFETY: Names = {"z": "z", "ss": "safety_stock"}
POINT: Names = {"ss": "safety_stock", "ROP": "level"}
SPREAD_AND_SAFETY: Names = {"sigma_L": "sigma", "ss": "safety_stock"}
SERVED: Names = {
    "csl": "expected.cycle_service",
    "fill_rate": "expected.fill_rate",
    "on_hand": "expected.on_hand",
}

FORMULAS: Mapping[str, Formula] = {
    "eoq": Formula(eoq, STEADY, LOT),
    "eoq_backorders": Formula(
        eoq_backorders,
        STEADY | {"stockout_cost": POSITIVE},
        {"Q": "quantity", "stockout_fraction": "stockout_fraction", "cost": "cost"},
    ),
    "epq": Formula(epq, STEADY | {"production_rate": POSITIVE}, LOT),
    "eoq_all_units_discount": Formula(eoq_all_units_discount, DISCOUNT, DISCOUNTED),
    "eoq_incremental_discount": Formula(eoq_incremental_discount, DISCOUNT, DISCOUNTED),
    "wagner_whitin": Formula(
        wagner_whitin,
        {
            "num_periods": UNITS,
            "holding_cost": AMOUNT,
            "fixed_cost": AMOUNT,
            "demand": several(AMOUNT),
        },
        {"order_quantities": "order_quantities", "cost": "cost"},
    ),
    "joint_replenishment_silver": Formula(
        joint_replenishment_silver,
        {
            "shared_fixed_cost": POSITIVE,
            "individual_fixed_costs": several(AMOUNT),
            "holding_costs": several(POSITIVE),
            "demand_rates": several(POSITIVE),
        },
        {"Q": "quantities", "T": "cycle", "m": "multiples", "cost": "cost"},
    ),
    "newsvendor_normal": Formula(newsvendor_normal, MISMATCH | NORMAL, BASE_STOCK),
    "newsvendor_normal_profit": Formula(
        newsvendor_normal_profit,
        {"revenue": POSITIVE, "purchase_cost": POSITIVE, "salvage_value": REAL} | NORMAL,
        {"S": "order_up_to", "profit": "profit"},
    ),
    "newsvendor_poisson": Formula(
        newsvendor_poisson, MISMATCH | {"demand_mean": AMOUNT}, BASE_STOCK
    ),
    "newsvendor_negative_binomial": Formula(
        newsvendor_negative_binomial, MISMATCH | SPREAD, BASE_STOCK
    ),
    "newsvendor_discrete": Formula(
        newsvendor_discrete, MISMATCH | {"demand_pmf": CHANCES}, BASE_STOCK
    ),
    "ss_exact_poisson": Formula(ss_exact_poisson, ORDERS | {"demand_mean": POSITIVE}, SS | COST),
    "ss_exact_discrete": Formula(
        ss_exact_discrete, ORDERS | {"demand_pmf": CHANCES_OF_UNITS}, SS | COST
    ),
    "ss_power_approximation": Formula(
        ss_power_approximation,
        MISMATCH | SPREAD | {"fixed_cost": POSITIVE},
        SS,
    ),
    "rq_eil": Formula(rq_eil, WATCHED | SPREAD | {"lead_time": POSITIVE}, RQ | COST),
    "rq_eoqb": Formula(rq_eoqb, WATCHED, RQ),
    "rq_eoqss": Formula(rq_eoqss, WATCHED, RQ),
    "rq_cost": Formula(rq_cost, WATCHED | {"fixed_cost": AMOUNT, "r": REAL, "Q": POSITIVE}, COST),
    "rq_exact_poisson": Formula(
        rq_exact_poisson, ORDERS | {"demand_mean": POSITIVE, "lead_time": AMOUNT}, RQ | COST
    ),
    "service_of_reorder_point": Formula(
        service_of_reorder_point,
        CHOPRA | {"ROP": REAL, "Q": POSITIVE},
        {
            "ss": "safety_stock",
            "sigma_L": "sigma",
            "csl": "cycle_service",
            "esc": "short",
            "fill_rate": "fill_rate",
        },
    ),
    "reorder_point_for_z": Formula(safety_for_z, CHOPRA | {"z": REAL}, POINT),
    "reorder_point_for_csl": Formula(
        safety_for_cycle_service, CHOPRA | {"CSL": SHARE}, SAFETY | POINT
    ),
    "safety_stock_for_csl_uncertain_lead_time": Formula(
        safety_for_cycle_service, CHOPRA | {"sL": AMOUNT, "CSL": SHARE}, SPREAD_AND_SAFETY
    ),
    "safety_stock_for_fill_rate": Formula(
        safety_for_fill_rate, CHOPRA | {"Q": POSITIVE, "fr": SHARE}, SAFETY
    ),
    "safety_stock_for_fill_rate_uncertain_lead_time": Formula(
        safety_for_fill_rate,
        CHOPRA | {"sL": AMOUNT, "Q": POSITIVE, "fr": SHARE},
        SAFETY | SPREAD_AND_SAFETY,
    ),
    "order_up_to_for_csl": Formula(
        safety_for_cycle_service,
        CHOPRA | {"T": AMOUNT, "CSL": SHARE},
        {"sigma_TL": "sigma", "ss": "safety_stock", "OUL": "level"},
    ),
    "standard_normal_loss": Formula(
        standard_normal_loss, {"z": REAL}, {"cdf": "cdf", "loss": "loss"}
    ),
    "rq_for_csl": Formula(
        _for_service(planning.reorder_quantity, "cycle_service"),
        LUMPY | {"Q": UNITS, "CSL": SHARE},
        RQ | SERVED,
    ),
    "rq_for_fill_rate": Formula(
        _for_service(planning.reorder_quantity, "fill_rate"),
        LUMPY | {"Q": UNITS, "fr": SHARE},
        RQ | SERVED,
    ),
    "ss_for_csl": Formula(
        _for_service(planning.reorder_up_to, "cycle_service"),
        LUMPY | {"Q": UNITS, "CSL": SHARE},
        SS | SERVED,
    ),
    "ss_for_fill_rate": Formula(
        _for_service(planning.reorder_up_to, "fill_rate"),
        LUMPY | {"Q": UNITS, "fr": SHARE},
        SS | SERVED,
    ),
    "base_stock_for_csl": Formula(
        _for_service(_base_stock, "cycle_service"),
        LUMPY | {"CSL": SHARE},
        {"S": "order_up_to"} | SERVED,
    ),
    "base_stock_for_fill_rate": Formula(
        _for_service(_base_stock, "fill_rate"),
        LUMPY | {"fr": SHARE},
        {"S": "order_up_to"} | SERVED,
    ),
}
