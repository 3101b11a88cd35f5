"""Run each solver on a wave in a process of its own, and check its plan."""

import json
import math
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.allocation import model, peers
from fulfillment.optimization import allocation

OURS = "ours"

# The linear algebra beneath numpy counts, too: its waiting threads are CPU seconds.
ONE_THREAD = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Run:
    """What one solver made of one wave; `note` says why there is nothing."""

    solver: str
    objective: float = math.inf
    bound: float = -math.inf
    cpu: float = math.nan
    wall: float = math.nan
    peak: float = math.nan
    note: str = ""

    @property
    def gap(self) -> float:
        """To the solver's own bound."""
        found = math.isfinite(self.objective) and math.isfinite(self.bound)
        return max(self.objective - self.bound, 0) / self.objective if found else math.inf


def ours(problem: allocation.Problem, seconds: float, gap: float) -> Run:
    """Measure the wave."""
    with tempfile.TemporaryDirectory() as folder:
        path, answer = Path(folder, "problem"), Path(folder, "plan")
        path.write_bytes(pickle.dumps(problem))
        told = _child("ours", path, answer, seconds, gap)
        if isinstance(told, str):
            return Run(OURS, note=told)
        return _checked(OURS, problem, pickle.loads(answer.read_bytes()), told)


def theirs(
    names: Iterable[str], problem: allocation.Problem, seconds: float, gap: float
) -> Iterable[Run]:
    """Measure the peers on the whole wave as one model."""
    with tempfile.TemporaryDirectory() as folder:
        path, answer = Path(folder, "model.npz"), Path(folder, "values.npy")
        whole = model.build(problem)
        whole.save(path)
        for name in names:
            why = peers.missing(name)
            told = why or _child("peers", name, path, answer, seconds, gap)
            if isinstance(told, str):
                yield Run(name, note=told)
            elif answer.exists():
                plan = model.plan(problem, whole, np.load(answer))
                yield _checked(name, problem, plan, told)
                answer.unlink()
            else:
                took = {key: told[key] for key in ("cpu", "wall", "peak")}
                yield Run(name, **took, note="no plan in its time")


def _child(module: str, *arguments: object) -> dict[str, float] | str:
    command = [sys.executable, "-m", f"benchmarks.allocation.{module}", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=ONE_THREAD)
    if done.returncode:
        return f"failed: {(done.stderr.strip().splitlines() or ['no word'])[-1]}"
    return json.loads(done.stdout.splitlines()[-1])


def _checked(
    name: str,
    problem: allocation.Problem,
    plan: Iterable[allocation.Allocation],
    told: dict[str, float],
) -> Run:
    evaluation = allocation.evaluate(problem, plan)
    broken = len(evaluation.violations)
    note = f"breaks {broken} limits: {evaluation.violations[0]}" if broken else ""
    return Run(name, evaluation.objective, **told, note=note)
