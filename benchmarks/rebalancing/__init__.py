"""The rebalancing solver against general solvers, against a greedy rule and against nothing."""
