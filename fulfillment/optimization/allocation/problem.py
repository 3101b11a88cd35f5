"""The question of a wave: open orders, scarce stock, limited facilities; and its answer."""

from dataclasses import dataclass, field

from fulfillment.optimization.bounds import Bounded


@dataclass(frozen=True)
class Facility:
    """A place that ships; a capacity of None is no limit for this wave.

    What facilities of one `group` ship of an order costs one shipment: the dearest of theirs.
    """

    code: str
    capacity_units: int | None = None
    capacity_shipments: int | None = None
    group: str | None = None


@dataclass(frozen=True)
class Item:
    """A SKU and the weight that lanes charge by."""

    sku: str
    weight: float = 1.0


@dataclass(frozen=True)
class Lane:
    """A facility's cost to a zone: per shipment, and per unit of weight; days in transit."""

    zone: str
    facility: str
    shipment_cost: float
    unit_cost: float
    days: int | None = None


@dataclass(frozen=True)
class Stock:
    """Promisable units."""

    facility: str
    sku: str
    quantity: int


@dataclass(frozen=True)
class Line:
    """Units of one SKU that an order asks for."""

    sku: str
    quantity: int


@dataclass(frozen=True)
class Held:
    """Units of a SKU that an order holds at a facility already."""

    facility: str
    sku: str
    quantity: int


@dataclass(frozen=True)
class Order:
    """An open order; `eligible` names the only facilities that may ship it (None: any).

    `unfilled_cost` is per unit. A lane slower than `deliver_within_days` costs
    `late_cost_per_day` for each day and shipment, or is out where that is None. An order that
    holds `current` already is asked for again: any other plan costs `move_cost` more. What it
    holds is part of the wave's stock.
    """

    id: str
    zone: str
    lines: tuple[Line, ...]
    unfilled_cost: float = 0.0
    max_shipments: int | None = None
    ship_complete: bool = False
    deliver_within_days: int | None = None
    late_cost_per_day: float | None = None
    eligible: frozenset[str] | None = None
    current: tuple[Held, ...] = ()
    move_cost: float = 0.0


@dataclass(frozen=True)
class Options:
    """When to stop: seconds of wall clock, or a relative gap. `seed` is the solver's.

    Without `split_lines` an order's SKU ships whole from one facility or not at all.
    """

    seconds: float = 60.0
    gap: float = 0.001
    seed: int = 0
    split_lines: bool = True


@dataclass(frozen=True)
class Problem:
    """A wave: items not listed weigh 1, a facility without a lane to a zone cannot serve it."""

    facilities: tuple[Facility, ...]
    lanes: tuple[Lane, ...]
    stock: tuple[Stock, ...]
    orders: tuple[Order, ...]
    items: tuple[Item, ...] = ()
    options: Options = field(default_factory=Options)


@dataclass(frozen=True)
class Allocation:
    """Units of an order's SKU that a facility ships."""

    order: str
    facility: str
    sku: str
    quantity: int


@dataclass(frozen=True)
class Unfilled:
    """Units of an order's SKU that nobody ships."""

    order: str
    sku: str
    quantity: int


@dataclass(frozen=True)
class StockPrice:
    """What one more unit of a SKU at a facility would save."""

    facility: str
    sku: str
    price: float


@dataclass(frozen=True)
class CapacityPrice:
    """What one more unit, and one more shipment, of a facility's capacity would save."""

    facility: str
    unit_price: float
    shipment_price: float


@dataclass(frozen=True)
class Greedy:
    """What taking the orders as they come would have cost."""

    objective: float
    shipments: int


@dataclass(frozen=True)
class Solution(Bounded):
    """A feasible plan, its proven quality and the prices behind it.

    `status` is "optimal" within the gap asked for, else "feasible". `method` names what found
    the plan; `fallback` says so where only greedy could. `seconds` by phase.
    """

    allocations: tuple[Allocation, ...]
    unfilled: tuple[Unfilled, ...]
    stock_prices: tuple[StockPrice, ...]
    capacity_prices: tuple[CapacityPrice, ...]
    greedy: Greedy
    shipments: int
    method: str
    fallback: str | None
    seconds: dict[str, float]
