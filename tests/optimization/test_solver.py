import highspy
import pulp
import pytest

from fulfillment.optimization import solver


def knapsack(items: int = 3) -> tuple[pulp.LpProblem, list]:
    model = pulp.LpProblem("knapsack", pulp.LpMinimize)
    takes = [model.add_variable(f"take_{i}", cat="Binary") for i in range(items)]
    model += pulp.lpSum(-(i % 7 + 2.5) * take for i, take in enumerate(takes))
    model += pulp.lpSum((i % 5 + 1.7) * take for i, take in enumerate(takes)) <= items, "room"
    return model, takes


def test_an_integer_model_is_solved_to_its_optimum_and_bound():
    model, takes = knapsack()
    outcome = solver.solve(model, seconds=5)
    assert outcome.optimal
    assert outcome.has_solution
    assert solver.values(takes) == [0, 1, 0]
    assert outcome.bound == pytest.approx(-3.5)


def test_a_constant_in_the_objective_is_part_of_the_bound():
    model = pulp.LpProblem("constant", pulp.LpMinimize)
    x = model.add_variable("x", lowBound=0.5, cat="Integer")
    model += 2 * x + 10
    assert solver.solve(model, seconds=5).bound == pytest.approx(12)


def test_an_infeasible_model_has_no_solution():
    model, takes = knapsack()
    model += takes[0] + takes[1] >= 3
    outcome = solver.solve(model, seconds=5)
    assert outcome.status == "Infeasible"
    assert not outcome.has_solution


def test_a_run_out_of_time_is_not_called_optimal():
    model, _ = knapsack(items=2000)
    outcome = solver.solve(model, seconds=0.001)
    assert not outcome.optimal


def test_what_a_stopped_run_leaves_behind_is_no_solution_unless_it_is_feasible(monkeypatch):
    model, _ = knapsack()
    told = highspy.Highs.getInfo

    def infeasible(highs):
        info = told(highs)
        info.primal_solution_status = int(highspy.SolutionStatus.kSolutionStatusInfeasible)
        return info

    monkeypatch.setattr(highspy.Highs, "getInfo", infeasible)
    assert not solver.solve(model, seconds=5).has_solution


def test_a_solver_that_breaks_down_is_an_outcome_not_an_exception():
    model, _ = knapsack()
    outcome = solver.solve(model, seconds=5, options={"callbackTuple": ("not a callback", 1, 2)})
    assert outcome.status.startswith("Failed")
    assert not outcome.has_solution


def test_the_dual_of_a_limit_is_what_one_more_unit_of_it_saves():
    model = pulp.LpProblem("limit", pulp.LpMinimize)
    x = model.add_variable("x", 0, 10)
    model += -3 * x
    model += x <= 4, "limit"
    solver.solve(model, seconds=5)
    assert solver.duals(model, ["limit"]) == [pytest.approx(-3)]
