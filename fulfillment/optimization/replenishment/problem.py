"""Stock positions, their policies and their sources, and the limits they share; and the answer."""

from dataclasses import dataclass, field
from typing import Literal

from fulfillment.optimization.bounds import Bounded

Kind = Literal["s_S", "R_Q", "base_stock", "min_max", "none"]


@dataclass(frozen=True)
class Facility:
    """A place that holds stock: room for a volume, docks for so many units a day (None: any)."""

    code: str
    storage_volume: float | None = None
    receiving_units: int | None = None


@dataclass(frozen=True)
class Supplier:
    """Who sells: `minimum_value` is the least an order of one facility is worth.

    `lead_time` is in days. Nothing is ordered from a supplier that takes no orders today.
    """

    code: str
    orders_today: bool = True
    minimum_value: float = 0.0
    lead_time: int = 0


@dataclass(frozen=True)
class Terms:
    """A supplier's price of a unit, the units of a pack, and the fewest units of a line."""

    supplier: str
    sku: str
    unit_cost: float
    pack_size: int = 1
    minimum_units: int = 0


@dataclass(frozen=True)
class Item:
    """A SKU: the volume of a unit, and the units that move together between facilities."""

    sku: str
    volume: float = 1.0
    pack_size: int = 1


@dataclass(frozen=True)
class Policy:
    """When to order and how much: levels, or the service from which demand gives them.

    At a position of `reorder_point` or below, s_S and min_max order up to `order_up_to`, and R_Q
    lots of `quantity`. base_stock orders up to `order_up_to` whatever is missing. With a service
    the reorder point is worked out; the `quantity` of s_S is then the distance from s to S.
    """

    kind: Kind
    reorder_point: int | None = None
    order_up_to: int | None = None
    quantity: int | None = None
    cycle_service: float | None = None
    fill_rate: float | None = None


@dataclass(frozen=True)
class Forecast:
    """A distribution of demand in one of three forms.

    Mean and deviation of a normal, (share of cases, units) at quantiles, or (units, chance).
    """

    mean: float | None = None
    sd: float | None = None
    quantiles: tuple[tuple[float, float], ...] | None = None
    pmf: tuple[tuple[int, float], ...] | None = None


@dataclass(frozen=True)
class Position:
    """A SKU at a facility; it comes from a `supplier`, or from another facility, `resupplier`.

    `incoming` is (day, units). `demand` is over lead time and review; where `lead_demand` is given
    too, that is over the lead time and `demand` over the review only. Costs are per unit: of a
    customer who finds none, and of stock above what the policy asks for. `lead_time` goes before
    the supplier's; `horizon_days` before the problem's. Topping up ends at `top_up_to` (None: where
    the policy would order up to).
    """

    facility: str
    sku: str
    on_hand: int
    policy: Policy
    reserved: int = 0
    backordered: int = 0
    incoming: tuple[tuple[int, int], ...] = ()
    supplier: str | None = None
    resupplier: str | None = None
    lead_time: int | None = None
    horizon_days: int | None = None
    demand: Forecast | None = None
    lead_demand: Forecast | None = None
    shortage_cost: float = 1.0
    holding_cost: float = 0.0
    top_up_to: int | None = None


@dataclass(frozen=True)
class Options:
    """What all orders may cost, how far ahead goods count as incoming, and when to stop."""

    budget: float | None = None
    horizon_days: int = 30
    seconds: float = 30.0
    gap: float = 0.001
    seed: int = 0


@dataclass(frozen=True)
class Problem:
    """What to replenish: items not listed have a volume of 1 and move singly."""

    facilities: tuple[Facility, ...]
    suppliers: tuple[Supplier, ...]
    terms: tuple[Terms, ...]
    positions: tuple[Position, ...]
    items: tuple[Item, ...] = ()
    options: Options = field(default_factory=Options)


@dataclass(frozen=True)
class OrderLine:
    """Units to buy, and why: the position, its levels, and what the policy asks for in packs."""

    sku: str
    quantity: int
    packs: int
    cost: float
    position: int
    reorder_point: int
    order_up_to: int
    wanted: int


@dataclass(frozen=True)
class Order:
    """What one facility buys of one supplier today."""

    supplier: str
    facility: str
    cost: float
    lines: tuple[OrderLine, ...]


@dataclass(frozen=True)
class Transfer:
    """Units that one facility sends another, and why."""

    origin: str
    destination: str
    sku: str
    quantity: int
    packs: int
    position: int
    reorder_point: int
    order_up_to: int
    wanted: int


@dataclass(frozen=True)
class Short:
    """What a policy asks for and does not get; `reason` is the limit that it meets."""

    facility: str
    sku: str
    wanted: int
    given: int
    reason: str


@dataclass(frozen=True)
class Prices:
    """What one more unit of each limit would save; limits that are not named, nothing.

    Keys: facility (storage, per volume), facility and day (receiving, per unit), facility and SKU
    (stock of a resupplier, per unit).
    """

    budget: float
    storage: dict[str, float]
    receiving: dict[tuple[str, int], float]
    stock: dict[tuple[str, str], float]


@dataclass(frozen=True)
class Solution(Bounded):
    """A plan that keeps every limit, its proven quality and the prices behind it.

    `objective` is the expected cost of customers who find none, and of stock beyond the policies.
    `status` is "optimal" within the gap asked for, else "feasible". `do_nothing` and `greedy` are
    what those would cost. `seconds` by phase.
    """

    orders: tuple[Order, ...]
    transfers: tuple[Transfer, ...]
    shorts: tuple[Short, ...]
    prices: Prices
    do_nothing: float
    greedy: float
    method: str
    seconds: dict[str, float]
