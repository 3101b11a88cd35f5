"""Why a wave decided an order as it did: every candidate's cost, the runner-up, and what binds."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fulfillment.optimization import allocation as wave
from fulfillment.optimization import sourcing as kernel
from fulfillment.planning.waves.costs import Book, Charges, Units, facilities_of

CAPACITY = "capacity"
# Each from another set of facilities: one of them is another plan than the one chosen.
OPTIONS = 3
CENT = 0.005


@dataclass(frozen=True)
class Prices:
    """What one more unit of stock, shipment or unit of capacity was worth in the wave."""

    stock: Mapping[tuple[str, str], float]
    shipments: Mapping[str, float]
    units: Mapping[str, float]

    def of(self, units: Units) -> float:
        """Return what these units by facility and SKU are worth elsewhere."""
        stock = sum(self.per_unit(at, sku) * n for (at, sku), n in units.items())
        return stock + sum(self.shipments.get(at, 0.0) for at in facilities_of(units))

    def per_unit(self, facility: str, sku: str) -> float:
        return self.stock.get((facility, sku), 0.0) + self.units.get(facility, 0.0)


FREE = Prices({}, {}, {})


@dataclass(frozen=True)
class Case:
    """One order before the stock, limits and prices of its wave; `out` are reasons by facility."""

    book: Book
    charges: Charges
    order: wave.Order
    stock: Mapping[tuple[str, str], int]
    left: Mapping[tuple[str, str], int]
    prices: Prices
    out: Mapping[str, str]
    chosen: Units

    def terms(self, units: Units) -> dict[str, float]:
        """Return what shipping these units of the order costs, term by term."""
        terms = self.book.terms(self.order, units, self.charges)
        every = asdict(terms) | {"price": self.prices.of(units)}
        every["total"] = sum(every.values())
        return {name: round(amount, 4) for name, amount in every.items()}

    def cost(self, units: Units) -> float:
        """Return what shipping these units of the order costs, if nobody else wanted them."""
        return self.book.cost(self.order, units)

    def alone(self, facility: str) -> Units:
        """Return the units that one facility could ship of the order."""
        asked = {line.sku: line.quantity for line in self.order.lines}
        can = {s: min(n, self.stock.get((facility, s), 0)) for s, n in asked.items()}
        return Counter({(facility, sku): n for sku, n in can.items() if n})


def explain(case: Case) -> dict[str, Any]:
    """Explain the chosen plan of an order.

    `runner_up` is the cheapest other plan at the wave's prices. `cheaper` is what the order would
    have got, had nobody else wanted the same: there, `binding` names what is worth more elsewhere.
    """
    return {
        "shipments": facilities_of(case.chosen),
        "terms": case.terms(case.chosen),
        "runner_up": runner_up(case),
        **cheaper(case),
        "candidates": [candidate(case, place.code) for place in case.book.problem.facilities],
    }


def candidate(case: Case, facility: str) -> dict[str, Any]:
    """Return what one facility would cost if it alone shipped what it can of the order."""
    units, out = case.alone(facility), case.out.get(facility)
    is_chosen = facility in facilities_of(case.chosen)
    priced = {sku: case.prices.per_unit(facility, sku) for _, sku in units}
    return {
        "facility": facility,
        "status": "chosen" if is_chosen else "out" if out else "not_chosen",
        "reason": None if is_chosen else out,
        "promisable": {
            line.sku: case.stock.get((facility, line.sku), 0) for line in case.order.lines
        },
        "prices": {sku: round(price, 4) for sku, price in priced.items() if price},
        "terms": case.terms(units) if units and not out else None,
    }


def runner_up(case: Case) -> dict[str, Any] | None:
    """Return the cheapest plan from other facilities, and what it costs more at the prices."""
    others = options(case, case.prices, ())
    other = next((o for o in others if facilities_of(o) != facilities_of(case.chosen)), None)
    return None if other is None else compared(case, other)


def cheaper(case: Case) -> dict[str, Any]:
    """Return the plan that costs less money, if there is one, and what keeps it away."""
    [best] = options(case, FREE, (CAPACITY,))[:1] or [case.chosen]
    if case.cost(case.chosen) - case.cost(best) < CENT:
        return {"cheaper": None, "binding": []}
    return {"cheaper": compared(case, best), "binding": binding(case, best)}


def compared(case: Case, other: Units) -> dict[str, Any]:
    """Return another plan, and what it costs more than the chosen one, term by term."""
    mine, its = case.terms(case.chosen), case.terms(other)
    more = {name: round(its[name] - mine[name], 4) for name in mine}
    return {"shipments": facilities_of(other), "costs_more": more.pop("total"), "terms": more}


def binding(case: Case, plan: Units) -> list[dict[str, Any]]:
    """Return the limits with a price that a plan would need more of than the chosen one does."""
    worth: list[tuple[str, str, str | None, float]] = [
        ("stock", at, sku, case.prices.stock.get((at, sku), 0.0))
        for at, sku in sorted(plan - case.chosen)
    ]
    anew = sorted(set(facilities_of(plan)) - set(facilities_of(case.chosen)))
    worth += [("shipments", at, None, case.prices.shipments.get(at, 0.0)) for at in anew]
    worth += [("units", at, None, case.prices.units.get(at, 0.0)) for at in anew]
    return [
        {"kind": kind, "facility": at, "sku": sku, "price": round(price, 4)}
        | {"quantity": case.left.get((kind, at), 0) if sku is None else case.stock[at, sku]}
        for kind, at, sku, price in worth
        if price
    ]


def options(case: Case, prices: Prices, though: Collection[str]) -> list[Units]:
    """Return the order's cheapest plans at these prices, from all that is not out.

    Facilities that are out for a reason in `though` count as if they were not.
    """
    there = [
        place.code
        for place in case.book.problem.facilities
        if case.out.get(place.code) in (None, *though) and case.alone(place.code)
    ]
    if not there:
        return []
    solution = kernel.solve(problem_of(case, there, prices))
    return [units_of(case, there, option) for option in solution.options]


def units_of(case: Case, there: list[str], option: kernel.Option) -> Units:
    return Counter(
        {
            (there[f], case.order.lines[i].sku): int(option.shipped[f, i])
            for f, i in np.argwhere(option.shipped).tolist()
        }
    )


def problem_of(case: Case, there: list[str], prices: Prices) -> kernel.Problem:
    """State the order as the kernel's problem: F facilities, L lines, the prices in the costs."""
    skus = [line.sku for line in case.order.lines]
    late, lanes = case.book.late(case.order), case.charges.lanes
    fixed = [lanes[f].shipment + late[f] + prices.shipments.get(f, 0.0) for f in there]
    unit = [
        [lanes[f].per_g * case.book.weight(s) + prices.per_unit(f, s) for s in skus] for f in there
    ]
    return kernel.Problem(
        quantity=np.array([line.quantity for line in case.order.lines], dtype=np.int64),
        stock=np.array([[case.stock.get((f, s), 0) for s in skus] for f in there], dtype=np.int64),
        shipment_cost=np.array(fixed, dtype=np.float64),
        unit_cost=np.array(unit, dtype=np.float64),
        unfilled_cost=np.full(len(skus), case.order.unfilled_cost),
        distance_km=np.zeros(len(there)),
        max_shipments=case.order.max_shipments,
        options=OPTIONS,
        group=groups_of(case, there),
    )


def groups_of(case: Case, there: list[str]) -> NDArray[np.int64] | None:
    """Return the number of each facility's group, a lone one's own; None where there are none."""
    named = {place.code: place.group for place in case.book.problem.facilities}
    names = [(named[at] is None, named[at] or at) for at in there]
    if all(alone for alone, _ in names):
        return None
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return np.array([numbers[name] for name in names], dtype=np.int64)
