"""The best plan and the best bound of a wave so far."""

from dataclasses import dataclass, field

from fulfillment.optimization.allocation import report
from fulfillment.optimization.allocation.demand import Amounts, Pattern, Wave
from fulfillment.optimization.allocation.evaluate import Evaluation, evaluate
from fulfillment.optimization.allocation.oracle import Oracle
from fulfillment.optimization.allocation.patterns import Patterns
from fulfillment.optimization.allocation.problem import Problem
from fulfillment.optimization.allocation.shake import Pool
from fulfillment.optimization.bounds import relative_gap

# Sums in another order differ by as much.
ROUNDING = 1e-9


@dataclass(eq=False)
class Search:
    """Plans by the method that found them, the proven bound and the prices behind it.

    `met` are patterns of the ascent to these prices, `pool` those that plans are chosen from.
    Costs are never negative: so the bound starts at 0.
    """

    problem: Problem
    wave: Wave
    oracle: Oracle
    prices: Amounts
    met: Patterns
    pool: Pool
    lower_bound: float = 0.0
    sweeps: int = 0
    plans: dict[str, tuple[list[Pattern], Evaluation]] = field(default_factory=dict)

    def offer(self, method: str, patterns: list[Pattern] | None) -> None:
        """Keep a method's best plan, unless the evaluator finds that it breaks a limit."""
        if patterns is None:
            return
        plan = report.allocations(self.problem, self.wave, patterns)
        evaluation, known = evaluate(self.problem, plan), self.plans.get(method)
        better = known is None or evaluation.objective < known[1].objective
        if better and not evaluation.violations:
            self.plans[method] = patterns, evaluation

    def prove(self, lower_bound: float, prices: Amounts | None = None) -> None:
        """Take over a better bound, and the prices that prove it."""
        if lower_bound > self.lower_bound:
            self.lower_bound = lower_bound
            self.prices = self.prices if prices is None else prices

    @property
    def best(self) -> str:
        """The method with the cheapest plan; at a tie the first."""
        return min(self.plans, key=lambda method: self.plans[method][1].objective)

    @property
    def objective(self) -> float:
        """The cost of the cheapest plan."""
        return self.plans[self.best][1].objective

    @property
    def done(self) -> bool:
        """Whether the best plan is proven within the gap asked for."""
        return self.is_proven(self.objective)

    def is_proven(self, cost: float) -> bool:
        """Whether the bound proves a plan of this cost within the gap asked for."""
        return relative_gap(cost, self.lower_bound) <= max(self.problem.options.gap, ROUNDING)
