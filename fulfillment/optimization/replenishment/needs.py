"""What every policy asks for: positions, the needs of resupplied facilities, whole packs."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from fulfillment.optimization.replenishment.levels import Levels, levels
from fulfillment.optimization.replenishment.problem import Item, Position, Problem, Supplier, Terms
from fulfillment.optimization.replenishment.shortage import Curve, curve

Place = tuple[str, str]  # facility, SKU

RESUPPLY_DAYS = 1  # of a transfer, where the position has no lead time
ROUNDING = 1e-9  # relative


@dataclass(frozen=True)
class Need:
    """A position as its policy sees it, in packs of `pack` units.

    The policy asks for `want` packs, and topping up ends at `most`; whoever orders takes `least`
    packs. `order` is the supplier and facility whose minimum value the line counts for. `day` is
    when the units arrive.
    """

    position: Position
    stock: int
    levels: Levels | None
    curve: Curve
    pack: int = 1
    want: int = 0
    most: int = 0
    least: int = 1
    unit_cost: float = 0.0
    volume: float = 1.0
    order: tuple[str, str] | None = None
    day: int = 0

    @property
    def short(self) -> float:
        """The expected cost of customers who find none, if nothing is ordered."""
        return self.position.shortage_cost * self.curve.at(self.stock)

    def worth(self, packs: int) -> float:
        """What these packs save: shortages avoided, less what is held beyond the policy's wish."""
        place, full = self.position, min(packs, self.want)
        start, wished = self.stock, self.stock + full * self.pack
        saved = place.shortage_cost * (self.curve.at(start) - self.curve.at(wished))
        if packs <= self.want:
            return saved
        end = self.stock + packs * self.pack
        useful = place.shortage_cost * (self.curve.at(wished) - self.curve.at(end))
        return saved + useful - self._charge(full, packs)

    def _charge(self, first: int, last: int) -> float:
        """Holding cost of the packs from `first` on; each is charged at least what it saves."""
        place, total, steps = self.position, 0.0, [first, *self.corners(first, last), last]
        for i, j in pairwise(steps):
            low, high = self.stock + i * self.pack, self.stock + j * self.pack
            useful = place.shortage_cost * (self.curve.at(low) - self.curve.at(high))
            total += max(useful, place.holding_cost * (high - low))
        return total

    def corners(self, first: int, last: int) -> list[int]:
        """Numbers of packs strictly between, from one to the next of which packs save alike."""
        found = set[int]()
        for point in self.curve.points:
            packs = (point - self.stock) / self.pack
            if first - 1 < packs < last + 1:
                below = int(packs // 1)
                found |= {below, below if packs == below else below + 1}
        return sorted(packs for packs in found if first < packs < last)


def assess(problem: Problem) -> list[Need]:
    """The need of each position, in the order of the problem; its policies have their levels.

    A resupplied facility comes before its resupplier, whose stock position its need lessens.
    """
    suppliers = {supplier.code: supplier for supplier in problem.suppliers}
    terms = {(t.supplier, t.sku): t for t in problem.terms}
    items = {item.sku: item for item in problem.items}
    asked = defaultdict[Place, int](int)
    needs = dict[int, Need]()
    for i in _from_the_shops(problem.positions):
        place = problem.positions[i]
        stock = inventory_position(place, problem.options.horizon_days)
        stock -= asked[place.facility, place.sku]
        item = items.get(place.sku, Item(place.sku))
        if place.supplier is not None:
            supplier, sold = suppliers[place.supplier], terms[place.supplier, place.sku]
            needs[i] = _bought(place, stock, item, supplier, sold)
        else:
            needs[i] = _resupplied(place, stock, item)
            if place.resupplier is not None:
                asked[place.resupplier, place.sku] += needs[i].want * needs[i].pack
    return [needs[i] for i in range(len(problem.positions))]


def inventory_position(place: Position, horizon_days: int) -> int:
    """On hand and incoming inside the horizon, less reserved and backordered."""
    last = horizon_days if place.horizon_days is None else place.horizon_days
    incoming = sum(units for day, units in place.incoming if day <= last)
    return place.on_hand + incoming - place.reserved - place.backordered


def to_give(place: Position) -> int:
    """The units that a resupplier can send today."""
    return max(place.on_hand - place.reserved - place.backordered, 0)


def _from_the_shops(positions: tuple[Position, ...]) -> list[int]:
    """The places of all positions: whoever is resupplied stands before the resupplier."""
    resuppliers = {(p.facility, p.sku): p.resupplier for p in positions if p.resupplier}
    hops = [_hops(place, resuppliers) for place in positions]
    return sorted(range(len(positions)), key=lambda i: -hops[i])


def _hops(place: Position, resuppliers: dict[Place, str]) -> int:
    hops, facility = 0, place.resupplier
    while facility is not None:
        hops, facility = hops + 1, resuppliers.get((facility, place.sku))
    return hops


def _bought(place: Position, stock: int, item: Item, supplier: Supplier, terms: Terms) -> Need:
    wanted, pack = levels(place.policy), terms.pack_size
    shape = curve(place, *_span(wanted))
    if wanted is None:
        return Need(place, stock, None, shape)
    least = max(-(-terms.minimum_units // pack), 1)
    want = _packs(wanted.need(stock), pack, least)
    most = want
    if supplier.minimum_value > 0:
        top = wanted.order_up_to if place.top_up_to is None else place.top_up_to
        room = max((top - stock) // pack, 0)
        most = max(want, room if room >= least else 0)
    return Need(
        place,
        stock,
        wanted,
        shape,
        pack=pack,
        want=want,
        most=most if supplier.orders_today else 0,
        least=least,
        unit_cost=terms.unit_cost,
        volume=item.volume,
        order=(supplier.code, place.facility),
        day=supplier.lead_time if place.lead_time is None else place.lead_time,
    )


def _resupplied(place: Position, stock: int, item: Item) -> Need:
    wanted, pack = levels(place.policy), item.pack_size
    shape = curve(place, *_span(wanted))
    if wanted is None:
        return Need(place, stock, None, shape)
    want = _packs(wanted.need(stock), pack, 1)
    day = RESUPPLY_DAYS if place.lead_time is None else place.lead_time
    return Need(place, stock, wanted, shape, pack, want, want, volume=item.volume, day=day)


def _span(wanted: Levels | None) -> tuple[int, int]:
    return (wanted.reorder_point, wanted.order_up_to) if wanted else (0, 0)


def _packs(units: int, pack: int, least: int) -> int:
    return max(-(-units // pack), least) if units > 0 else 0
