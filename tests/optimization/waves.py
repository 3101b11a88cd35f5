"""Small waves to try, and what trying every plan of them gives."""

import itertools
import random
from collections import Counter
from dataclasses import replace

from fulfillment.optimization import allocation


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
    """Up to three orders, facilities and two SKUs with every kind of limit."""
    rng = random.Random(seed)
    codes = [f"F{i}" for i in range(rng.randint(1, 3))]
    skus = [f"S{i}" for i in range(rng.randint(1, 2))]
    return allocation.Problem(
        facilities=tuple(
            allocation.Facility(
                code, rng.choice([None, None, 2, 3]), rng.choice([None, None, 1, 2])
            )
            for code in codes
        ),
        lanes=tuple(_random_lane(rng, zone, code) for zone in "YZ" for code in codes),
        stock=tuple(allocation.Stock(c, s, rng.randint(0, 3)) for c in codes for s in skus),
        orders=tuple(_random_order(rng, f"o{i}", skus) for i in range(rng.randint(1, 3))),
        items=tuple(allocation.Item(sku, rng.choice([1.0, 2.0])) for sku in skus),
        options=allocation.Options(seconds=20.0, gap=0.0, split_lines=rng.random() < 0.7),
    )


def _random_lane(rng, zone, code):
    unit_cost = rng.choice([0.0, 0.5, 1.0, rng.random()])
    return allocation.Lane(zone, code, rng.choice([0.0, 1.0, 2.5]), unit_cost, rng.randint(1, 3))


def _random_order(rng, name, skus):
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
    )


def try_everything(problem):
    """The lowest cost of all plans that break no limit, by the evaluator."""
    plans = [list(_plans_of(problem, order)) for order in problem.orders]
    best = float("inf")
    for chosen in itertools.product(*plans):
        if sum(cost for _, cost in chosen) < best:
            everything = [line for lines, _ in chosen for line in lines]
            evaluation = allocation.evaluate(problem, everything)
            best = best if evaluation.violations else evaluation.objective
    return best


def _plans_of(problem, order):
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
