"""Source one order exactly: which facilities ship which of its lines, at the least cost."""

from fulfillment.optimization.sourcing.kernel import solve
from fulfillment.optimization.sourcing.problem import Option, Problem, Solution

__all__ = ["Option", "Problem", "Solution", "solve"]
