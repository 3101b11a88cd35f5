"""The tables of a run, and what was aimed at: ratios by seed, their mean and standard error."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.planning.replay import Outcome
from benchmarks.planning.world import World
from fulfillment.optimization.forecasting import Pattern

PATTERNS = (Pattern.SMOOTH, Pattern.ERRATIC, Pattern.INTERMITTENT, Pattern.LUMPY)


@dataclass(frozen=True)
class Figures:
    """What a policy comes to; shares of units asked, and of the days on which any were."""

    shelf: float  # units from the nearest site
    served: float  # units from anywhere
    short: float  # days on which the nearest site lacked some
    empty: float  # of all days of all stock levels
    units: float  # stock on average
    value: float  # the same in money
    outbound: float
    transfers: float
    lost: float  # margin
    lines: float


@dataclass(frozen=True)
class Seed:
    """One draw of the world: the rule of thumb at rising multiples, and the product."""

    world: World
    pattern: np.ndarray  # [K, F] of the demand as known at the start
    rules: dict[str, list[Outcome]]  # fixed and quarterly, by rising multiples
    still: dict[float, Outcome]  # the product by service, without rebalancing
    moving: dict[float, Outcome]  # with


def figures(world: World, outcome: Outcome, rows: np.ndarray | None = None) -> Figures:
    """The figures of some stock levels; money for ways is of all of them."""
    rows = np.ones(outcome.asked.shape, dtype=bool) if rows is None else rows
    cost = np.broadcast_to(world.unit_cost[:, None], rows.shape)[rows]
    margin = np.broadcast_to(world.margin[:, None], rows.shape)[rows]
    o = outcome
    asked = max(o.asked[rows].sum(), 1)
    served = o.own[rows] + o.afar[rows]
    return Figures(
        shelf=o.own[rows].sum() / asked,
        served=served.sum() / asked,
        # Half a day at least: a share of nothing has no ratio.
        short=max(o.short_days[rows].sum(), 0.5) / max(o.asked_days[rows].sum(), 1),
        empty=o.empty_days[rows].mean() / o.days,
        units=o.on_hand[rows].sum(),
        value=(o.on_hand[rows] * cost).sum(),
        outbound=o.outbound,
        transfers=o.transfers,
        lost=((o.asked[rows] - served) * margin).sum(),
        lines=o.lines[rows].sum(),
    )


def table(seeds: Sequence[Seed], times: Sequence[float]) -> Iterator[str]:
    """One line a policy: means over seeds."""
    yield (
        f"{'policy':32}{'shelf':>8}{'served':>8}{'short':>8}{'empty':>8}{'units':>9}{'value':>9}"
        f"{'outbound':>10}{'transfer':>9}{'lost':>8}{'lines':>7}"
    )
    for name in seeds[0].rules:
        for number, multiple in enumerate(times):
            label = f"min-max, {name}, x {multiple:g}"
            yield line(label, [figures(s.world, s.rules[name][number]) for s in seeds])
    for service in seeds[0].still:
        yield line(f"product, {service:g}", [figures(s.world, s.still[service]) for s in seeds])
    for service in seeds[0].moving:
        label = f"product, {service:g}, rebalanced"
        yield line(label, [figures(s.world, s.moving[service]) for s in seeds])


def line(name: str, every: Sequence[Figures]) -> str:
    mean = {field: np.mean([getattr(f, field) for f in every]) for field in vars(every[0])}
    return (
        "{name:32}{shelf:8.2%}{served:8.2%}{short:8.2%}{empty:8.2%}{units:9.0f}{value:9.0f}"
        "{outbound:10.0f}{transfers:9.0f}{lost:8.0f}{lines:7.0f}"
    ).format(name=name, **mean)


def verdicts(seeds: Sequence[Seed], service: float) -> Iterator[str]:
    """What was aimed at, for the product at a service, and whether it is met."""
    for name in seeds[0].rules:
        target = name == "fixed"
        days = [short_at_equal_stock(s, name, s.moving[service]) for s in seeds]
        yield told(f"stock-out days at equal stock, to min-max {name}", days, 0.5, target)
        stock = [stock_at_equal_service(s, name, s.moving[service]) for s in seeds]
        yield told(f"stock at equal service, to min-max {name}", stock, 0.8, target)
    pairs = [
        (figures(s.world, s.moving[service]), figures(s.world, s.still[service])) for s in seeds
    ]
    ways = [(m.transfers + m.outbound) / s.outbound for m, s in pairs]
    yield told("transfers and outbound, to no rebalancing", ways, 1.0, True)
    days = [m.short / s.short for m, s in pairs]
    yield told("stock-out days, to no rebalancing", days, 1.0, False)
    value = [m.value / s.value for m, s in pairs]
    yield told("stock, to no rebalancing", value, 1.0, False)


def told(name: str, ratios: Sequence[float], aim: float, target: bool) -> str:
    """A mean ratio, its standard error over seeds, and whether that is what was aimed at."""
    mean = float(np.mean(ratios))
    error = float(np.std(ratios, ddof=1) / len(ratios) ** 0.5) if len(ratios) > 1 else float("nan")
    judged = f"   aim {aim:g}: {'met' if mean < aim else 'NOT met'}" if target else ""
    return f"{name:56}{mean:7.3f} +-{error:5.3f}{judged}"


def by_pattern(seeds: Sequence[Seed], service: float) -> Iterator[str]:
    """Where the product gains and where it loses, by pattern of demand, at its own stock there."""
    yield f"{'pattern':14}{'levels':>8}{'of value':>10}{'short':>9}{'ratio, equal stock':>21}"
    for pattern in PATTERNS:
        chosen = [(s, s.pattern == pattern) for s in seeds if (s.pattern == pattern).any()]
        if not chosen:
            continue
        own = [figures(s.world, s.moving[service], rows) for s, rows in chosen]
        every = [figures(s.world, s.moving[service]).value for s, _ in chosen]
        ratios = [short_at_equal_stock(s, "fixed", s.moving[service], rows) for s, rows in chosen]
        share = np.mean([f.value / total for f, total in zip(own, every, strict=True)])
        yield (
            f"{pattern.name.lower():14}{np.mean([rows.sum() for _, rows in chosen]):8.0f}"
            f"{share:10.1%}{np.mean([f.short for f in own]):9.2%}{np.mean(ratios):21.3f}"
        )


def short_at_equal_stock(
    seed: Seed, rule: str, ours: Outcome, rows: np.ndarray | None = None
) -> float:
    """Our stock-out days over those of the rule whose stock is worth the same."""
    found = figures(seed.world, ours, rows)
    theirs = curve(seed, rule, rows, lambda f: (f.value, f.short))
    return found.short / at(theirs, found.value)


def stock_at_equal_service(seed: Seed, rule: str, ours: Outcome) -> float:
    """The value of our stock over that of the rule that serves as much from the nearest shelf."""
    found = figures(seed.world, ours)
    theirs = curve(seed, rule, None, lambda f: (max(1 - f.shelf, 1e-6), f.value))
    return found.value / at(theirs, max(1 - found.shelf, 1e-6))


def curve(
    seed: Seed,
    rule: str,
    rows: np.ndarray | None,
    point: Callable[[Figures], tuple[float, float]],
) -> np.ndarray:
    """Points of the rule's outcomes, by rising first coordinate. [2, M]"""
    points = [point(figures(seed.world, outcome, rows)) for outcome in seed.rules[rule]]
    return np.array(sorted(points)).T


def at(points: np.ndarray, first: float) -> float:
    """Between the points: straight between their logarithms; beyond them, the last."""
    return float(np.exp(np.interp(np.log(first), *np.log(points))))
