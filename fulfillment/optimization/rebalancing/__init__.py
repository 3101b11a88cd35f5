"""Move stock between facilities where that saves more lost sales than it costs."""

from fulfillment.optimization.rebalancing.evaluate import Evaluation, evaluate
from fulfillment.optimization.rebalancing.plan import solve
from fulfillment.optimization.rebalancing.problem import (
    DockPrice,
    Facility,
    Item,
    Lane,
    LanePrice,
    Options,
    Position,
    Problem,
    Solution,
    Transfer,
)
from fulfillment.optimization.rebalancing.validation import validate
from fulfillment.optimization.validity import Duplicate, InvalidProblem, UnknownReference

__all__ = [
    "DockPrice",
    "Duplicate",
    "Evaluation",
    "Facility",
    "InvalidProblem",
    "Item",
    "Lane",
    "LanePrice",
    "Options",
    "Position",
    "Problem",
    "Solution",
    "Transfer",
    "UnknownReference",
    "evaluate",
    "solve",
    "validate",
]
