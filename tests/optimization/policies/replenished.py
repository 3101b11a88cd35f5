"""A SKU that is replenished day by day, in many replications side by side."""

from dataclasses import dataclass

import numpy as np

WARM_UP = 150  # days that do not count


@dataclass(frozen=True)
class Seen:
    """What every replication saw: one value each."""

    cycle_service: np.ndarray
    fill_rate: np.ndarray
    on_hand: np.ndarray
    orders: np.ndarray


def simulate(policy, demand, lead_times):
    """Follow `policy` through demand[day, replication]; an order of that day takes lead_times.

    By day customers take what is there, and the rest waits. In the evening orders arrive, the
    oldest first; then somebody looks at the position and orders. An order that takes 3 days comes
    in the third evening after it was placed.
    """
    days, runs = demand.shape
    taken = np.unique(lead_times)[::-1]  # the oldest first
    placed = np.zeros((days, runs), dtype=np.int64)
    net = np.full(runs, policy.reorder_point + 1)
    position = net.copy()
    served, wanted, sound, cycles, held = np.zeros((5, runs))
    for day in range(days):
        counts = day >= WARM_UP
        there = np.clip(net, 0, demand[day])
        net, position = net - demand[day], position - demand[day]
        placed[day] = orders(policy, position)
        position += placed[day]
        served, wanted = served + counts * there, wanted + counts * demand[day]
        held += counts * np.maximum(net, 0)
        for since in day - taken[taken <= day]:
            here = np.where(lead_times[since] == day - since, placed[since], 0)
            cycles += counts * (here > 0)
            sound += counts * ((here > 0) & (net >= 0))
            net = net + here
    times = days - WARM_UP
    return Seen(sound / cycles, served / wanted, held / times, cycles / times)


def orders(policy, position):
    """policy.order for many positions at once."""
    distinct, place = np.unique(position, return_inverse=True)
    return np.array([policy.order(int(p)) for p in distinct])[place]


def wandering(rng, days, runs, least, most):
    """Lead times that change by a day at most, so that no order overtakes; all are as likely."""
    steps = rng.choice([-1, 0, 0, 1], size=(days, runs))
    times = np.empty((days, runs), dtype=np.int64)
    times[0] = rng.integers(least, most + 1, runs)
    for day in range(1, days):
        times[day] = np.clip(times[day - 1] + steps[day], least, most)
    return times
