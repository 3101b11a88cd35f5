"""Our own solver on one wave, in a process of its own."""

import json
import pickle
import sys
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.allocation.peers import measured
from fulfillment.optimization import allocation


def main() -> None:
    """Solve by the public function and write the plan; print what it took."""
    path, answer, seconds, gap = sys.argv[1:]
    problem = pickle.loads(Path(path).read_bytes())
    options = allocation.Options(seconds=float(seconds), gap=float(gap))
    cpu, _ = measured()
    began = time.monotonic()
    solution = allocation.solve(replace(problem, options=options))
    wall = time.monotonic() - began
    after, peak = measured()
    Path(answer).write_bytes(pickle.dumps(solution.allocations))
    found = {"bound": solution.lower_bound, "cpu": after - cpu, "wall": wall, "peak": peak}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
