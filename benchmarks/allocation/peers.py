"""One solver on one model, in a process of its own: python -m benchmarks.allocation.peers NAME ...

OR-Tools and highspy each bring a HiGHS of their own and cannot live in one process; nothing here
imports either before it is its turn.
"""

import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np

PATIENCE = 2  # times its limit that a peer may take before it is killed


def load(path: str) -> SimpleNamespace:
    """The arrays of a model."""
    with np.load(path) as arrays:
        return SimpleNamespace(**arrays)


def highs(path: str, seconds: float, gap: float):
    """HiGHS by its own API, one thread."""
    model_module = import_module("benchmarks.allocation.model")
    solver = model_module.highs(load(path))
    for option, value in (("threads", 1), ("time_limit", seconds), ("mip_rel_gap", gap)):
        solver.setOptionValue(option, value)
    solver.run()
    info = solver.getInfo()
    found = np.isfinite(info.objective_function_value)
    values = np.array(solver.getSolution().col_value) if found else None
    return values, info.mip_dual_bound


def cbc(path: str, seconds: float, gap: float):
    """The CBC that PuLP brings, on an MPS file."""
    model = load(path)
    with tempfile.TemporaryDirectory() as folder:
        file, answer = Path(folder, "wave.mps"), Path(folder, "answer.txt")
        import_module("benchmarks.allocation.model").highs(model).writeModel(str(file))
        said = run_cbc(file, answer, seconds, gap)
        if not answer.exists() or "Objective value:" not in said:
            return None, -np.inf
        values = np.zeros(model.cost.size)
        for line in answer.read_text().splitlines()[1:]:
            number, _, value, _ = line.replace("**", "").split()
            values[int(number)] = float(value)
    # Without one of its own, the bound of a proven optimum is its value.
    proven = "Result - Optimal solution found" in said
    bound = re.search(r"Lower bound:\s+(\S+)", said) or (
        re.search(r"Objective value:\s+(\S+)", said) if proven else None
    )
    return values, float(bound.group(1)) if bound else -np.inf


def run_cbc(file: Path, answer: Path, seconds: float, gap: float) -> str:
    """What CBC says; nothing if it had to be killed, for it looks at the clock but rarely."""
    limits = ["-seconds", str(seconds), "-timeMode", "elapsed", "-ratio", str(gap)]
    command = [cbc_path(), str(file), *limits, "-branch", "-solution", str(answer)]
    patience = PATIENCE * seconds
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=patience)
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout


def cbc_path() -> str | None:
    """Where a CBC binary is, if there is one."""
    pulp = import_module("pulp")
    command = pulp.COIN_CMD(msg=False)
    bundled = getattr(pulp, "PULP_CBC_CMD", pulp.COIN_CMD)(msg=False)
    return next((c.path for c in (command, bundled) if c.available()), None)


def scip(path: str, seconds: float, gap: float):
    """SCIP, from OR-Tools."""
    return or_tools("scip", path, seconds, f"limits/gap = {gap}\n")


def cp_sat(path: str, seconds: float, gap: float):
    """CP-SAT, from OR-Tools, one worker."""
    return or_tools("sat", path, seconds, f"num_workers: 1, relative_gap_limit: {gap}")


def or_tools(name: str, path: str, seconds: float, parameters: str):
    """One of OR-Tools' solvers through its model builder."""
    builder = import_module("ortools.linear_solver.python.model_builder")
    arrays, model = load(path), builder.Model()
    helper = model.helper
    # CP-SAT wants all its variables whole; with whole boxes the others are so anyway.
    whole = arrays.integer | (name == "sat")
    for upper, cost, integer in zip(arrays.upper, arrays.cost, whole, strict=True):
        column = helper.add_var()
        helper.set_var_lower_bound(column, 0.0)
        helper.set_var_upper_bound(column, upper)
        helper.set_var_objective_coefficient(column, cost)
        helper.set_var_integrality(column, bool(integer))
    bounds = zip(arrays.row_lower, arrays.row_upper, strict=True)
    for row, (lower, upper) in enumerate(bounds):
        mine = slice(arrays.start[row], arrays.start[row + 1])
        helper.add_linear_constraint()
        helper.set_constraint_lower_bound(row, lower)
        helper.set_constraint_upper_bound(row, upper)
        for column, value in zip(arrays.index[mine].tolist(), arrays.value[mine], strict=True):
            helper.add_term_to_constraint(row, column, value)
    solver = builder.Solver(name)
    solver.set_time_limit_in_seconds(seconds)
    solver.set_solver_specific_parameters(parameters)
    status = solver.solve(model)
    if status not in (builder.SolveStatus.OPTIMAL, builder.SolveStatus.FEASIBLE):
        return None, -np.inf
    found = solver.values(model.get_variables())
    return np.asarray(found, dtype=float), solver.best_objective_bound


def missing(name: str) -> str | None:
    """Why a peer cannot be measured here, or None."""
    if name in ("SCIP", "CP-SAT") and find_spec("ortools") is None:
        return 'OR-Tools is not installed: pip install ".[bench]"'
    return "no CBC binary found" if name == "CBC" and cbc_path() is None else None


PEERS = {"HiGHS": highs, "CBC": cbc, "SCIP": scip, "CP-SAT": cp_sat}


def measured() -> tuple[float, float]:
    """CPU seconds and peak megabytes of this process and its children."""
    own, others = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    cpu = own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime
    return cpu, max(own.ru_maxrss, others.ru_maxrss) / 1024


def main() -> None:
    """Solve and write the values; print what it took."""
    name, path, answer, seconds, gap = sys.argv[1:]
    cpu, _ = measured()
    began = time.monotonic()
    values, bound = PEERS[name](path, float(seconds), float(gap))
    wall = time.monotonic() - began
    after, peak = measured()
    if values is not None:
        np.save(answer, values)
    print(json.dumps({"bound": float(bound), "cpu": after - cpu, "wall": wall, "peak": peak}))


if __name__ == "__main__":
    main()
