"""Time the wave against general solvers: python -m benchmarks.allocation --help."""
