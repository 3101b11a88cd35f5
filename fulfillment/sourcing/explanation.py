"""Why a plan is what it is: every facility's figures, and what the next best would cost."""

from collections.abc import Sequence
from typing import Any

from fulfillment.optimization.sourcing import Solution
from fulfillment.sourcing.candidates import Candidate


def explain(
    found: Sequence[Candidate], usable: Sequence[Candidate], solution: Solution, rank: int
) -> dict[str, Any]:
    """Explain the plan at `rank`: candidates with cost terms and reasons, and the runner-up."""
    option = solution.options[rank]
    chosen = {usable[i].facility for i in option.shipped.sum(axis=1).nonzero()[0]}
    later = solution.options[rank + 1 : rank + 2]
    return {
        "objective": round(option.cost, 4),
        "lower_bound": round(solution.lower_bound, 4),
        "exact": solution.exact,
        "runner_up_costs": round(later[0].cost - option.cost, 4) if later else None,
        "candidates": [described(c, c.facility in chosen) for c in found],
    }


def described(candidate: Candidate, is_chosen: bool) -> dict[str, Any]:
    status = "out" if candidate.out else "chosen" if is_chosen else "not_chosen"
    figures: dict[str, Any] = {"promisable": dict(candidate.promisable)}
    if lane := candidate.lane:
        figures |= {
            "distance_km": round(lane.distance_km, 1),
            "shipment_cost": round(lane.shipment_cost, 4),
            "cost_per_kg": round(lane.cost_per_g * 1000, 4),
            "deliver_by": lane.deliver_by.isoformat(),
        }
    return {"facility": candidate.facility, "status": status, "reason": candidate.out} | figures
