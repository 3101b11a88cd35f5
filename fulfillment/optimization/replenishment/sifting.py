"""Large problems: the linear relaxation by its marginal steps, and a plan of whole packs near it.

Nearly all steps are taken whole or not at all whatever the last cent; a small linear programme of
those in between gives better prices, and these tell which steps are in between (sifting: Bixby
and others, "Very large-scale linear programming", 1992).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from fulfillment.optimization.replenishment.greedy import fill, mended, refilled
from fulfillment.optimization.replenishment.model import Numbers, Places, Steps, only
from fulfillment.optimization.replenishment.pricing import (
    TINY,
    Flags,
    Response,
    clear_local,
    first_prices,
    reduced,
    respond,
    saved_at_most,
)
from fulfillment.optimization.replenishment.problem import Options
from fulfillment.optimization.replenishment.whole import build, taken
from fulfillment.optimization.solver import duals, solve, values

SIZES = (4_000, 8_000, 8_000)  # steps in the small programmes
WIDEST = 0.9  # share by which a price may change at once
MARKET = 2**40  # units of a limit that may be bought or sold; none of a plan is
DEAR = 100
ROUNDING = 1e-9
CLOSE = 1e-5  # relative; the prices are as good as they get


@dataclass(frozen=True, eq=False)
class Sifted:
    """A plan, the most that any plan saves, and the prices that prove it."""

    taken: Places
    most: float
    prices: Numbers


def sift(steps: Steps, left: Callable[[], float], seed: int) -> Sifted:
    """Improve prices until they prove the relaxation, or no time is `left`; a plan near it."""
    prices = first_prices(steps)
    response = respond(steps, prices)
    most, share = saved_at_most(steps, prices, response), response.taken
    for size in SIZES:
        core, reach = _nearest(steps, prices, size)
        solved = _solve_core(steps, core & response.free, response, prices, reach, left(), seed)
        if solved is None:
            break
        share, better = solved
        clear_local(steps, better)
        reply = respond(steps, better)
        bound = saved_at_most(steps, better, reply)
        if bound < most:
            most, prices, response = bound, better, reply
        is_proven = most - _saves(steps, share) <= CLOSE * abs(most)
        if left() <= 0 or (is_proven and _keeps_limits(steps, share)):
            break
    return Sifted(_whole(steps, share, prices), most, prices)


def _keeps_limits(steps: Steps, share: Numbers) -> bool:
    return bool((steps.use(share) <= steps.capacity * (1 + CLOSE) + CLOSE).all())


def _saves(steps: Steps, taken: Numbers | Places) -> float:
    return float(steps.value @ taken)


def _nearest(steps: Steps, prices: Numbers, most: int) -> tuple[Flags, float]:
    """The steps that the least change of prices would turn, and that change, as a share."""
    paid = (steps.uses * prices[steps.rows]).sum(axis=1)
    away = np.abs(reduced(steps, prices)) / np.maximum(paid, TINY)
    if most >= steps.size:
        return np.ones(steps.size, dtype=np.bool_), WIDEST
    reach = float(np.partition(away, most)[most])
    return away <= reach, min(reach, WIDEST)


def _solve_core(
    steps: Steps,
    core: Flags,
    response: Response,
    before: Numbers,
    reach: float,
    seconds: float,
    seed: int,
) -> tuple[Numbers, Numbers] | None:
    """The relaxation where only the core may change: what is taken, and the prices.

    No price changes by more than the share `reach`, so that no step outside the core would turn
    (Marsten, Hogan and Blankenship, "The boxstep method for large-scale optimization", 1975).
    """
    inside = np.flatnonzero(core)
    if not inside.size or seconds <= 0:
        return None
    fixed = np.where(core, 0.0, response.taken)
    # Fractions need no least order first: a dearer step comes first by itself.
    small = only(steps, inside, steps.capacity - steps.use(fixed))
    small = replace(small, packs=np.ones(inside.size, dtype=np.int64))
    model = build(_boxed(small, before, reach), 0.0, relaxed=True)
    if not solve(model.problem, seconds=seconds, seed=seed, relaxed=True).optimal:
        return None
    share = fixed.copy()
    share[inside] = values(model.take[: inside.size])
    prices = before.copy()
    names = [f"row{row}" for row in model.rows]
    prices[model.rows] = np.maximum(-np.array(duals(model.problem, names)), 0.0)
    return share, prices


def _boxed(steps: Steps, prices: Numbers, reach: float) -> Steps:
    """The steps, and a market: each limit's units are bought a bit dearer, and sold cheaper.

    A limit without a price, or with none of the steps, is only bought, at the dearest price.
    """
    rows = np.unique(steps.rows[steps.uses > 0])
    bought = np.maximum(prices[rows] * (1 + reach), DEAR * (prices[rows] <= 0) * prices.max())
    sold = prices[rows] * (1 - reach)
    count, none = rows.size, np.full((2 * rows.size, 2), prices.size - 1)
    amounts = np.zeros((2 * count, 3))
    amounts[:, 0] = np.repeat([-1.0, 1.0], count)
    return replace(
        steps,
        lines=np.append(steps.lines, np.full(2 * count, -1)),
        count=np.append(steps.count, np.full(2 * count, MARKET)),
        packs=np.append(steps.packs, np.ones(2 * count, dtype=np.int64)),
        value=np.concatenate([steps.value, -bought, sold]),
        cost=np.append(steps.cost, np.zeros(2 * count)),
        rows=np.vstack([steps.rows, np.column_stack([np.tile(rows, 2), none])]),
        uses=np.vstack([steps.uses, amounts]),
        orders=np.append(steps.orders, np.full(2 * count, -1)),
        first=np.append(steps.first, np.ones(2 * count, dtype=np.bool_)),
        wished=np.append(steps.wished, np.zeros(2 * count, dtype=np.bool_)),
    )


def _whole(steps: Steps, share: Numbers, prices: Numbers) -> Places:
    """A plan of whole packs near fractions of steps: rounded down, then filled by priority."""
    paid = (steps.uses * prices[steps.rows]).sum(axis=1)
    priority = steps.value / np.maximum(paid, TINY)
    down = np.floor(share + ROUNDING).astype(np.int64)
    down[(steps.behind >= 0) & (down[steps.behind] == 0)] = 0
    taken = fill(steps, np.zeros(steps.size, dtype=np.int64), priority, down)
    taken = mended(steps, taken, priority)
    return mended(steps, refilled(steps, taken, priority), priority)


def polished(
    steps: Steps,
    plan: Places,
    prices: Numbers,
    size: int,
    lost: float,
    seconds: float,
    options: Options,
) -> Places:
    """The plan with so many of the steps that least would turn, and all their lines, at their best.

    All else stays as it is.
    """
    lines = np.unique(steps.lines[_nearest(steps, prices, size)[0]])
    placed = np.append(steps.spent(plan) > 0, True) | np.append(steps.minimum <= 0, True)
    inside = np.flatnonzero(np.isin(steps.lines, lines) & placed[steps.orders])
    fixed = plan.copy()
    fixed[inside] = 0
    small = only(steps, inside, np.maximum(steps.capacity - steps.use(fixed), 0.0))
    small = replace(
        small,
        orders=steps.orders[inside],
        minimum=np.maximum(steps.minimum - steps.spent(fixed), 0.0) * placed[:-1],
    )
    rest = lost - float(steps.value @ fixed)
    model = build(small, rest, placed=placed[:-1].astype(np.float64))
    outcome = solve(model.problem, seconds=seconds, gap=options.gap / 4, seed=options.seed)
    if not outcome.has_solution:
        return plan
    better = fixed.copy()
    better[inside] = taken(model)
    return better if _saves(steps, better) > _saves(steps, plan) else plan
