"""Solve a PuLP minimisation with HiGHS, alike on PuLP 3.3 and PuLP 4."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulp

FEASIBLE = 2  # HiGHS: kSolutionStatusFeasible


@dataclass(frozen=True)
class Outcome:
    """What one run of the solver proved.

    `optimal` is false when a limit stopped the run; `bound` is a proven lower bound on the
    objective, or minus infinity.
    """

    status: str
    has_solution: bool
    optimal: bool
    bound: float


def solve(
    model: pulp.LpProblem,
    *,
    seconds: float,
    gap: float = 0.0,
    seed: int = 0,
    relaxed: bool = False,
    options: dict[str, str | float | bool] | None = None,
) -> Outcome:
    """Minimise `model` within `seconds` of wall clock and a relative `gap`.

    One thread and a fixed seed: the same model gives the same answer, time limits aside.
    `relaxed` lets integer variables be fractions; `options` are HiGHS options by name. Never
    raises for a failing solver: the outcome then has the status "Failed" and no solution.
    """
    highs = pulp.HiGHS(
        mip=not relaxed,
        msg=False,
        timeLimit=max(seconds, 0.01),
        gapRel=gap,
        threads=1,
        random_seed=seed,
        **(options or {}),
    )
    try:
        result = model.solve(highs)
        return _outcome(model, result, is_mip=bool(model.isMIP()) and not relaxed)
    except Exception as failure:  # whatever a solver throws, the caller has a plan without it
        return Outcome(f"Failed: {failure}", has_solution=False, optimal=False, bound=-math.inf)


def _outcome(model: pulp.LpProblem, result: Any, is_mip: bool) -> Outcome:
    if hasattr(result, "has_solution"):  # PuLP 4
        status, found = result.status.name, bool(result.has_solution)
        optimal = status == "Optimal"
    else:
        # PuLP 3 calls a run that the time limit stopped "Optimal"; only sol_status tells.
        status, found = pulp.LpStatus[model.status], model.sol_status in (1, 2)
        optimal = model.sol_status == 1
        status = "TimeLimit" if found and not optimal else status
    # What a stopped run hands over need not be feasible, whatever PuLP says: an interior iterate
    # of a linear programme, or the rounded one of a model of integers.
    primal = model.solverModel.getInfo().primal_solution_status
    found = found and (optimal or is_mip) and primal == FEASIBLE
    return Outcome(status, found, optimal, _bound(model, optimal, is_mip))


def _bound(model: pulp.LpProblem, optimal: bool, is_mip: bool) -> float:
    if not is_mip:
        return float(pulp.value(model.objective)) if optimal else -math.inf
    bound = float(model.solverModel.getInfo().mip_dual_bound)
    # PuLP 3 keeps the objective's constant from the solver, PuLP 4 hands it over.
    constant = 0.0 if pulp.__version__.split(".")[0] != "3" else model.objective.constant
    return bound + constant if math.isfinite(bound) else -math.inf


def weighted_sum(terms: Sequence[tuple[pulp.LpVariable, float]]) -> pulp.LpAffineExpression:
    """The sum of variables times coefficients, far quicker than adding them up one by one."""
    build = getattr(pulp.LpAffineExpression, "from_list", pulp.LpAffineExpression)  # PuLP 4 and 3
    return build(list(terms))


def values(variables: list[pulp.LpVariable]) -> list[float]:
    """The variables' values in the last solution, in order."""
    return [float(variable.varValue or 0.0) for variable in variables]


def duals(model: pulp.LpProblem, names: list[str]) -> list[float]:
    """The dual of each named constraint of a solved linear programme, in order.

    A dual is the change of the minimum per unit of the right-hand side: never positive for
    a "less or equal" row.
    """
    return [float(model.get_constraint_by_name(name).pi or 0.0) for name in names]
