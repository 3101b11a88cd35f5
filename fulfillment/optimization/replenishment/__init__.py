"""Replenish stock by policy, and share out what is limited by what saves most."""

from fulfillment.optimization.replenishment.problem import (
    Facility,
    Forecast,
    Item,
    Options,
    Order,
    OrderLine,
    Policy,
    Position,
    Prices,
    Problem,
    Short,
    Solution,
    Supplier,
    Terms,
    Transfer,
)
from fulfillment.optimization.replenishment.replenish import solve
from fulfillment.optimization.replenishment.validation import validate
from fulfillment.optimization.validity import InvalidProblem

__all__ = [
    "Facility",
    "Forecast",
    "InvalidProblem",
    "Item",
    "Options",
    "Order",
    "OrderLine",
    "Policy",
    "Position",
    "Prices",
    "Problem",
    "Short",
    "Solution",
    "Supplier",
    "Terms",
    "Transfer",
    "solve",
    "validate",
]
