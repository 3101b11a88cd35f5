"""What a lifted limit saves is told by bounds where they suffice, and is what solving tells."""

import numpy as np
import pytest

from fulfillment.optimization import sourcing as kernel
from fulfillment.sourcing.trials import Trial
from tests.optimization.carts import random_problem


@pytest.mark.parametrize("seed", range(150))
def test_bounds_say_what_solving_says(seed):
    rng = np.random.default_rng(seed)
    problem = random_problem(rng, ship_complete=True, split_lines=True)
    options = kernel.solve(problem).options
    if not options:
        return
    trial = Trial(None, [], problem, options[0])
    for row in range(len(problem.stock)):
        units = np.maximum(problem.stock[row], problem.quantity * rng.integers(0, 2))
        stock = problem.stock.copy()
        stock[row] = units
        assert trial.saved_by(row, units) == pytest.approx(trial.saved(stock=stock), abs=1e-9)
