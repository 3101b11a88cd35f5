"""Fill limits with the steps that save most for what they take, and keep minimum values."""

import numpy as np

from fulfillment.optimization.replenishment.model import SLACK, Numbers, Places, Steps

TINY = 1e-12  # of a share of a limit


def greedy(steps: Steps) -> Places:
    """The plan that takes steps by what they save for their share of the limits."""
    nothing = np.zeros(steps.size, dtype=np.int64)
    return mended(steps, fill(steps, nothing, by_share(steps)), by_share(steps))


def by_share(steps: Steps) -> Numbers:
    """What each step saves for its share of all limits that it takes from."""
    shares = steps.uses / np.maximum(steps.capacity[steps.rows], TINY)
    return np.asarray(steps.value / np.maximum(shares.sum(axis=1), TINY))


def fill(steps: Steps, taken: Places, priority: Numbers, upto: Places | None = None) -> Places:
    """The plan with what else fits, by priority, of `upto`: else all that policies ask for."""
    taken = taken.copy()
    room = (np.where(steps.wished, steps.count, 0) if upto is None else upto) - taken
    left = _room(steps, taken).tolist()
    # Of equals, the first: a line's own steps hardly ever come before its earlier ones.
    sequence = np.lexsort((np.arange(steps.size), -priority))
    sequence = sequence[room[sequence] > 0]
    # Long lists, not one for each step: many small ones keep the garbage collector busy.
    rows, uses = steps.rows[sequence].T.tolist(), steps.uses[sequence].T.tolist()
    picked = zip(
        sequence.tolist(),
        steps.lines[sequence].tolist(),
        room[sequence].tolist(),
        steps.behind[sequence].tolist(),
        zip(*rows, strict=True),
        zip(*uses, strict=True),
        strict=True,
    )
    stuck = set[int]()
    for j, line, wanted, first, places, amounts in picked:
        if line in stuck or (first >= 0 and not taken[first]):
            continue
        fits = wanted
        for row, use in zip(places, amounts, strict=True):
            if use * fits > left[row]:
                fits = max(int(left[row] // use), 0)
        if fits < wanted:
            stuck.add(line)
        if fits:
            taken[j] += fits
            for row, use in zip(places, amounts, strict=True):
                left[row] -= use * fits
    return taken


def mended(steps: Steps, taken: Places, priority: Numbers) -> Places:
    """The plan with orders below their minimum topped up, or dropped where that does not pay."""
    taken, spent = taken.copy(), steps.spent(taken)
    below = np.flatnonzero((spent > 0) & (spent < steps.minimum * (1 - SLACK)))
    if not below.size:
        return taken
    members, left = _members(steps), _room(steps, taken)
    dropped = False
    for order in below.tolist():
        own = members[order]
        topped = _topped_up(steps, taken, own, left, float(steps.minimum[order]))
        change = (topped if topped is not None else 0) - taken[own]
        np.subtract.at(left, steps.rows[own], steps.uses[own] * change[:, None])
        taken[own] += change
        dropped |= topped is None
    return refilled(steps, taken, priority) if dropped else taken


def refilled(steps: Steps, taken: Places, priority: Numbers) -> Places:
    """The plan with what else fits, but for orders that are not placed: they would be too small."""
    spent = steps.spent(taken)
    closed = np.append((spent == 0) & (steps.minimum > 0), False)
    upto = np.where(steps.wished & ~closed[steps.orders], steps.count, 0)
    return fill(steps, taken, priority, upto)


def _room(steps: Steps, taken: Places) -> Numbers:
    return steps.capacity * (1 + SLACK) + SLACK - steps.use(taken)


def _members(steps: Steps) -> dict[int, Places]:
    """The steps of each order with a minimum."""
    within = np.flatnonzero(steps.orders >= 0)
    within = within[np.argsort(steps.orders[within], kind="stable")]
    orders, starts = np.unique(steps.orders[within], return_index=True)
    return dict(zip(orders.tolist(), np.split(within, starts[1:]), strict=True))


def _topped_up(
    steps: Steps, taken: Places, members: Places, left: Numbers, minimum: float
) -> Places | None:
    """What an order takes if it grows by the steps that lose least for their money."""
    plan, left = dict(zip(members.tolist(), taken[members].tolist(), strict=True)), left.copy()
    missing = minimum - float(steps.cost[members] @ taken[members])
    ratio = steps.value[members] / np.maximum(steps.cost[members], TINY)
    stuck = set[int]()
    for j in members[np.lexsort((members, -ratio))].tolist():
        if missing <= minimum * SLACK:
            break
        room, first, line = int(steps.count[j]) - plan[j], int(steps.behind[j]), int(steps.lines[j])
        if not room or line in stuck or (first >= 0 and not plan[first]):
            continue
        more = _fitting(steps, j, left, min(room, int(np.ceil(missing / steps.cost[j] - SLACK))))
        if more < room:
            stuck.add(line)
        plan[j] += more
        left[steps.rows[j]] -= steps.uses[j] * more
        missing -= float(steps.cost[j]) * more
    grown = np.array([*plan.values()])
    return grown if missing <= minimum * SLACK and steps.value[members] @ grown > 0 else None


def _fitting(steps: Steps, step: int, left: Numbers, wanted: int) -> int:
    some = steps.uses[step] > 0
    most = left[steps.rows[step]][some] // steps.uses[step][some]
    return max(min([wanted, *map(int, most.tolist())]), 0)
