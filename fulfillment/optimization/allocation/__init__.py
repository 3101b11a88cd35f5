"""Allocate all open orders jointly: scarce stock and capacity go where they save most."""

from fulfillment.optimization.allocation.evaluate import Evaluation, evaluate
from fulfillment.optimization.allocation.problem import (
    Allocation,
    CapacityPrice,
    Facility,
    Greedy,
    Held,
    Item,
    Lane,
    Line,
    Options,
    Order,
    Problem,
    Solution,
    Stock,
    StockPrice,
    Unfilled,
)
from fulfillment.optimization.allocation.validation import validate
from fulfillment.optimization.allocation.wave import solve
from fulfillment.optimization.validity import Duplicate, InvalidProblem, UnknownReference

__all__ = [
    "Allocation",
    "CapacityPrice",
    "Duplicate",
    "Evaluation",
    "Facility",
    "Greedy",
    "Held",
    "InvalidProblem",
    "Item",
    "Lane",
    "Line",
    "Options",
    "Order",
    "Problem",
    "Solution",
    "Stock",
    "StockPrice",
    "Unfilled",
    "UnknownReference",
    "evaluate",
    "solve",
    "validate",
]
