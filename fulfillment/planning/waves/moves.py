"""What a wave moves: orders that are to be held elsewhere than now, where that pays."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from fulfillment.optimization import allocation as wave
from fulfillment.orders.waves import Share
from fulfillment.planning.waves.costs import Book, Units, book_of, units_by_order

Limits = Counter[tuple[str, ...]]
"""Units by (facility, SKU), and shipments and units by facility."""


@dataclass(frozen=True)
class Move:
    """An order, the units by facility and SKU that it holds and is to hold, and what that saves."""

    order: wave.Order
    before: Units
    after: Units
    saves: float

    @property
    def pays(self) -> bool:
        return self.saves >= self.order.move_cost

    def shares(self) -> Iterator[Share]:
        """Yield all units of the order: where they are to be, and where they are held."""
        for line in self.order.lines:
            for (left, reached), units in sorted(carried(self.before, self.after, line.sku)):
                yield Share(UUID(self.order.id), reached, line.sku, units, held_at=left)


def carried(before: Units, after: Units, sku: str) -> Iterator[tuple[tuple[str, str], int]]:
    """Yield the units of a SKU by where they are held and are to be; what can stay stays."""
    had = Counter({at: n for (at, name), n in before.items() if name == sku})
    gets = Counter({at: n for (at, name), n in after.items() if name == sku})
    for at, units in (had & gets).items():
        yield (at, at), units
    leaving, coming = had - gets, gets - had
    for left in sorted(leaving):
        for reached in sorted(coming):
            if units := min(leaving[left], coming[reached]):
                leaving[left] -= units
                coming[reached] -= units
                yield (left, reached), units


def moves_of(problem: wave.Problem, solution: wave.Solution) -> list[Move]:
    """Return the orders that are to move; one that would lose units keeps what it has."""
    plan, book = units_by_order(solution), book_of(problem)
    standing = [(order, held_by(order)) for order in problem.orders if order.current]
    return [
        move(book, order, held, plan[order.id])
        for order, held in standing
        if held != plan[order.id] and served(plan[order.id]) == served(held)
    ]


def move(book: Book, order: wave.Order, before: Units, after: Units) -> Move:
    saves = book.cost(order, before) - book.cost(order, after)
    return Move(order, before, after, saves)


def held_by(order: wave.Order) -> Units:
    """Return the units by facility and SKU that an order holds."""
    held: Units = Counter()
    for part in order.current:
        held[part.facility, part.sku] += part.quantity
    return held


def served(units: Units) -> Counter[str]:
    by_sku = Counter[str]()
    for (_, sku), n in units.items():
        by_sku[sku] += n
    return by_sku


def settle(problem: wave.Problem, solution: wave.Solution) -> wave.Solution:
    """Take back the moves that save less than they must and make room for nobody.

    A solver that stops within a gap leaves some: each that is taken back makes the plan cheaper.
    """
    plan, left = units_by_order(solution), what_is_left(problem, solution)
    idle = sorted(moves_of(problem, solution), key=lambda m: (m.saves, m.order.id))
    idle = [one for one in idle if not one.pays]
    # Taking one back may make room for taking back another.
    while back := next((one for one in idle if has_room(left, one)), None):
        idle.remove(back)
        left.update(use_of(back.after))
        left.subtract(use_of(back.before))
        plan[back.order.id] = back.before
    return solution_with(problem, solution, plan)


def what_is_left(problem: wave.Problem, solution: wave.Solution) -> Limits:
    """Return what the plan leaves of every limit."""
    left: Limits = Counter()
    for place in problem.facilities:
        left["shipments", place.code] = limit(place.capacity_shipments)
        left["units", place.code] = limit(place.capacity_units)
    for stock in problem.stock:
        left[stock.facility, stock.sku, "stock"] = stock.quantity
    for units in units_by_order(solution).values():
        left.subtract(use_of(units))
    return left


def limit(capacity: int | None) -> int:
    return 2**62 if capacity is None else capacity


def use_of(units: Units) -> Limits:
    """Return what an order's units take of every limit."""
    use: Limits = Counter()
    for (facility, sku), n in units.items():
        use[facility, sku, "stock"] += n
        use["units", facility] += n
    for facility in {facility for facility, _ in units}:
        use["shipments", facility] += 1
    return use


def has_room(left: Limits, one: Move) -> bool:
    back = use_of(one.before)
    back.subtract(use_of(one.after))
    return all(left[key] >= n for key, n in back.items())


def solution_with(
    problem: wave.Problem, solution: wave.Solution, plan: Mapping[str, Units]
) -> wave.Solution:
    """Return the solution with another plan, which serves the same units."""
    allocations = tuple(
        wave.Allocation(order.id, facility, sku, n)
        for order in problem.orders
        for (facility, sku), n in plan.get(order.id, Counter()).items()
    )
    if set(allocations) == set(solution.allocations):
        return solution
    found = wave.evaluate(problem, allocations)
    return replace(
        solution,
        objective=found.objective,
        lower_bound=min(solution.lower_bound, found.objective),
        allocations=allocations,
        shipments=found.shipments,
    )
