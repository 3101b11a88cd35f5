"""Small waves to try, and what trying every plan of them gives."""

import itertools
import random
from collections import Counter
from dataclasses import replace

from fulfillment.optimization import allocation
from fulfillment.optimization.allocation import wave as wave_module
from tests.shared_data import shared


def instance(name):
    """The bytes of a large problem file."""
    return shared("allocation", name)


def by_patterns_only(monkeypatch):
    """Have small waves solved as large ones are."""
    monkeypatch.setattr(wave_module, "LARGEST_WHOLE", -1)


def wave(facilities, stock, orders, lanes=None, **options):
    """A wave in one zone of codes, {(facility, sku): units}, orders and {facility: lane costs}.

    Lanes default to 10 a shipment and 1 a unit.
    """
    lanes = lanes or dict.fromkeys(facilities, (10.0, 1.0))
    return allocation.Problem(
        facilities=tuple(allocation.Facility(code) for code in facilities),
        lanes=tuple(allocation.Lane("Z", code, *costs) for code, costs in lanes.items()),
        stock=tuple(allocation.Stock(*place, quantity) for place, quantity in stock.items()),
        orders=tuple(orders),
        options=allocation.Options(**{"seconds": 20.0, "gap": 0.0} | options),
    )


def order(name, zone="Z", unfilled_cost=100.0, **units_and_fields):
    """An order from SKU=units, and fields of Order by their names."""
    known = allocation.Order.__dataclass_fields__
    fields = {key: value for key, value in units_and_fields.items() if key in known}
    units = {key: value for key, value in units_and_fields.items() if key not in known}
    lines = tuple(allocation.Line(sku, quantity) for sku, quantity in units.items())
    return allocation.Order(name, zone, lines, unfilled_cost, **fields)


def random_wave(seed):
    """Up to four orders, three facilities and two SKUs with every kind of limit."""
    rng = seed if isinstance(seed, random.Random) else random.Random(seed)
    codes = [f"F{i}" for i in range(rng.randint(1, 3))]
    skus = [f"S{i}" for i in range(rng.randint(1, 2))]
    orders = tuple(_random_order(rng, f"o{i}", skus, codes) for i in range(rng.randint(1, 4)))
    stock = Counter({(code, sku): rng.randint(0, 3) for code in codes for sku in skus})
    for held in (held for order in orders for held in order.current):
        stock[held.facility, held.sku] += held.quantity
    return allocation.Problem(
        facilities=tuple(_random_facility(rng, code) for code in codes),
        lanes=tuple(_random_lane(rng, zone, code) for zone in "YZ" for code in codes),
        stock=tuple(allocation.Stock(*place, quantity) for place, quantity in stock.items()),
        orders=orders,
        items=tuple(allocation.Item(sku, rng.choice([1.0, 2.0])) for sku in skus),
        options=allocation.Options(seconds=20.0, gap=0.0, split_lines=rng.random() < 0.7),
    )


def _random_facility(rng, code):
    units, shipments = rng.choice([None, None, 2, 3]), rng.choice([None, None, 1, 2])
    return allocation.Facility(code, units, shipments, rng.choice([None, None, "G"]))


def _random_lane(rng, zone, code):
    unit_cost = rng.choice([0.0, 0.5, 1.0, rng.random()])
    return allocation.Lane(zone, code, rng.choice([0.0, 1.0, 2.5]), unit_cost, rng.randint(1, 3))


def _random_order(rng, name, skus, codes):
    lines = [allocation.Line(rng.choice(skus), rng.randint(1, 2)) for _ in range(rng.randint(1, 2))]
    return allocation.Order(
        id=name,
        zone=rng.choice("YZ"),
        lines=tuple(lines),
        unfilled_cost=rng.choice([0.0, 3.0, 10.5]),
        max_shipments=rng.choice([None, None, 1, 0]),
        ship_complete=rng.random() < 0.3,
        deliver_within_days=rng.choice([None, None, 1, 2]),
        late_cost_per_day=rng.choice([None, 0.7]),
        eligible=rng.choice([None, None, frozenset({"F0"})]),
        current=_random_current(rng, lines, codes) if rng.random() < 0.3 else (),
        move_cost=rng.choice([0.0, 0.4, 2.0]),
    )


def _random_current(rng, lines, codes):
    """Some units of the first line, held at one facility."""
    return (allocation.Held(rng.choice(codes), lines[0].sku, rng.randint(1, lines[0].quantity)),)


def medium_wave(seed, stock=1.0, units=None, shipments=None, terms=(), split_lines=True):
    """Thirty orders, eight facilities, thirty SKUs.

    `stock` is about the share of the demand that there is; `units` and `shipments` are each
    facility's capacity; `terms` are kinds of terms that orders have, see `_terms`.
    """
    rng = random.Random(seed)
    codes, skus = [f"F{i}" for i in range(8)], [f"S{i:02}" for i in range(30)]
    orders = tuple(_medium_order(rng, f"o{i:02}", skus, codes, terms) for i in range(30))
    asked = Counter()
    for line in (line for order in orders for line in order.lines):
        asked[line.sku] += line.quantity
    return allocation.Problem(
        facilities=tuple(allocation.Facility(code, units, shipments) for code in codes),
        lanes=tuple(_medium_lane(rng, f"Z{z}", code) for z in range(6) for code in codes),
        stock=tuple(
            allocation.Stock(code, sku, round(rng.random() * stock * asked[sku] / 2))
            for code in codes
            for sku in skus
            if rng.random() < 0.5
        ),
        orders=orders,
        items=tuple(allocation.Item(sku, 0.5 + rng.random()) for sku in skus),
        options=allocation.Options(seconds=30.0, gap=0.001, split_lines=split_lines),
    )


def _medium_lane(rng, zone, code):
    unit_cost = round(0.2 + rng.random(), 3)
    return allocation.Lane(zone, code, 5 + round(4 * rng.random(), 2), unit_cost, rng.randint(1, 5))


def _medium_order(rng, name, skus, codes, terms):
    chosen = rng.sample(skus, rng.choice([1, 1, 2, 2, 3, 4]))
    lines = tuple(allocation.Line(sku, rng.randint(1, 3)) for sku in chosen)
    known = _terms(rng, codes)
    wanted = {field: value for term in terms for field, value in known[term].items()}
    plain = {"id": name, "zone": f"Z{rng.randrange(6)}", "lines": lines, "unfilled_cost": 45.0}
    return allocation.Order(**plain | wanted)


def _terms(rng, codes):
    return {
        "priority": {"unfilled_cost": rng.choice([6.0, 20.0, 90.0])},
        "late": {"deliver_within_days": rng.randint(1, 4), "late_cost_per_day": 1.5},
        "date": {"deliver_within_days": rng.randint(1, 4)},
        "few": {"max_shipments": rng.choice([None, 1, 2])},
        "complete": {"ship_complete": rng.random() < 0.5},
        "eligible": {"eligible": frozenset(rng.sample(codes, 4))},
    }


def try_everything(problem):
    """The lowest cost of all plans that break no limit, by the evaluator."""
    plans = [sorted(plans_of(problem, order), key=_cost_of) for order in problem.orders]
    least = [min(map(_cost_of, several)) for several in plans]
    return _cheapest(problem, plans, least, [], 0.0, float("inf"))


def _cheapest(problem, plans, least, lines, cost, best):
    """The cheaper of `best` and what the first orders' `lines` can be completed to."""
    if allocation.evaluate(problem, lines).violations:
        return best
    if not plans:
        return min(cost, best)
    for more, costs in plans[0]:
        if cost + costs + sum(least[1:]) >= best:
            break
        best = _cheapest(problem, plans[1:], least[1:], lines + more, cost + costs, best)
    return best


def _cost_of(plan):
    return plan[1]


def plans_of(problem, order):
    """Every plan of one order that its own terms and the stock allow, with its cost."""
    alone = replace(problem, orders=(order,))
    asked = Counter()
    for line in order.lines:
        asked[line.sku] += line.quantity
    places = [stock for stock in problem.stock if stock.sku in asked]
    most = [min(stock.quantity, asked[stock.sku]) for stock in places]
    for units in itertools.product(*[range(units + 1) for units in most]):
        lines = [
            allocation.Allocation(order.id, place.facility, place.sku, quantity)
            for place, quantity in zip(places, units, strict=True)
            if quantity
        ]
        evaluation = allocation.evaluate(alone, lines)
        if not evaluation.violations:
            yield lines, evaluation.objective
