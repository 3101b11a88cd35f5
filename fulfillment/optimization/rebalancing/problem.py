"""Stock in the wrong places, lanes to move it by, what moving and missing cost; and the answer."""

from dataclasses import dataclass, field

from fulfillment.optimization.bounds import Bounded


@dataclass(frozen=True)
class Facility:
    """A place that holds stock; its docks handle so many units out and in (None: no limit)."""

    code: str
    outbound_units: int | None = None
    inbound_units: int | None = None


@dataclass(frozen=True)
class Lane:
    """A way from one facility to another: cost per unit of weight, and once if it is used."""

    origin: str
    destination: str
    unit_cost: float = 0.0
    fixed_cost: float = 0.0
    capacity_units: int | None = None
    days: int | None = None


@dataclass(frozen=True)
class Position:
    """A SKU's stock at a facility, and the expected units of lost sales by the stock it has.

    No transfer takes the stock below `keep`. `lost_sales` is (stock, units lost) at points from a
    stock of 0: linear between them, constant after the last, convex and never rising.
    `shortage_cost` is per unit lost.
    """

    facility: str
    sku: str
    available: int
    keep: int
    shortage_cost: float
    lost_sales: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Item:
    """A SKU, the units that only move together, and the weight of one unit."""

    sku: str
    pack_size: int = 1
    weight: float = 1.0


@dataclass(frozen=True)
class Options:
    """When to stop: seconds of wall clock, or a relative gap. `seed` is the solver's.

    `max_lanes` is the most lanes that a plan may use (None: no limit).
    """

    seconds: float = 30.0
    gap: float = 0.001
    seed: int = 0
    max_lanes: int | None = None


@dataclass(frozen=True)
class Problem:
    """What is where and could move: items not listed have packs of 1 and weigh 1."""

    facilities: tuple[Facility, ...]
    lanes: tuple[Lane, ...]
    positions: tuple[Position, ...]
    items: tuple[Item, ...] = ()
    options: Options = field(default_factory=Options)


@dataclass(frozen=True)
class Transfer:
    """Units of a SKU on a lane: the lost sales they save, and what they cost.

    `saves` is net of what the sender loses; `costs` is weight times distance, and the lane's fixed
    cost shared out by units. Over all transfers, saves - costs is what the plan gains.
    """

    origin: str
    destination: str
    sku: str
    quantity: int
    saves: float
    costs: float


@dataclass(frozen=True)
class LanePrice:
    """What room for one more unit on a lane would save."""

    origin: str
    destination: str
    price: float


@dataclass(frozen=True)
class DockPrice:
    """What handling one more unit out of, and into, a facility would save."""

    facility: str
    outbound: float
    inbound: float


@dataclass(frozen=True)
class Solution(Bounded):
    """A feasible plan, its proven quality and the prices behind it.

    `status` is "optimal" within the gap asked for, else "feasible". `do_nothing` and `greedy` are
    what those would cost. `seconds` by phase.
    """

    transfers: tuple[Transfer, ...]
    do_nothing: float
    greedy: float
    lane_prices: tuple[LanePrice, ...]
    dock_prices: tuple[DockPrice, ...]
    method: str
    seconds: dict[str, float]
