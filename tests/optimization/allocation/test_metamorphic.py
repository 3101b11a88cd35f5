"""What a change of the question must do to the answer, whatever the answer is."""

import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fulfillment.optimization import allocation
from tests.optimization.waves import medium_wave, random_wave, try_everything

WAVES = st.randoms(use_true_random=False).map(random_wave)
MANY = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
NEAR = 1e-6


def cost(problem):
    """The cost of the best plan, which was proven to be the best."""
    solution = allocation.solve(problem)
    assert solution.gap == pytest.approx(0, abs=1e-6)
    return solution.objective


def each(problem, field, change):
    """The problem with every entry of a field changed."""
    return replace(problem, **{field: tuple(map(change, getattr(problem, field)))})


@MANY
@given(WAVES)
def test_the_plan_is_as_cheap_as_trying_everything(problem):
    assert cost(problem) == pytest.approx(try_everything(problem))


@MANY
@given(WAVES)
def test_more_stock_never_costs_more(problem):
    richer = each(problem, "stock", lambda s: replace(s, quantity=s.quantity + 1))
    assert cost(richer) <= cost(problem) + NEAR


@MANY
@given(WAVES, st.sampled_from([0.0, 0.5]))
def test_cheaper_lanes_never_cost_more(problem, factor):
    def cheaper(lane):
        shipment, unit = factor * lane.shipment_cost, factor * lane.unit_cost
        return replace(lane, shipment_cost=shipment, unit_cost=unit)

    assert cost(each(problem, "lanes", cheaper)) <= cost(problem) + NEAR


@MANY
@given(WAVES, st.sampled_from(["capacity_units", "capacity_shipments"]), st.booleans())
def test_more_capacity_never_costs_more(problem, field, none):
    def larger(facility):
        limit = getattr(facility, field)
        return replace(facility, **{field: None if none or limit is None else limit + 1})

    assert cost(each(problem, "facilities", larger)) <= cost(problem) + NEAR


@MANY
@given(WAVES)
def test_a_longer_date_never_costs_more(problem):
    def patient(order):
        days = order.deliver_within_days
        return replace(order, deliver_within_days=None if days is None else days + 1)

    assert cost(each(problem, "orders", patient)) <= cost(problem) + NEAR


@MANY
@given(WAVES)
def test_fewer_terms_never_cost_more(problem):
    free = {"max_shipments": None, "ship_complete": False, "eligible": None}
    assert cost(each(problem, "orders", lambda o: replace(o, **free))) <= cost(problem) + NEAR


@MANY
@given(WAVES)
def test_a_dearer_missing_unit_never_costs_less(problem):
    dearer = each(problem, "orders", lambda o: replace(o, unfilled_cost=o.unfilled_cost + 1))
    assert cost(dearer) >= cost(problem) - NEAR


@MANY
@given(WAVES)
def test_an_order_less_never_costs_more(problem):
    fewer = replace(problem, orders=problem.orders[1:])
    assert cost(fewer) <= cost(problem) + NEAR


@MANY
@given(WAVES)
def test_lanes_that_lead_nowhere_change_nothing(problem):
    further = tuple(replace(lane, zone="X") for lane in problem.lanes if lane.zone == "Y")
    wider = replace(problem, lanes=problem.lanes + further)
    assert cost(wider) == pytest.approx(cost(problem))


@MANY
@given(WAVES)
def test_doubling_all_costs_doubles_the_cost(problem):
    def lane(entry):
        return replace(entry, shipment_cost=2 * entry.shipment_cost, unit_cost=2 * entry.unit_cost)

    def order(entry):
        late = entry.late_cost_per_day
        return replace(
            entry,
            unfilled_cost=2 * entry.unfilled_cost,
            late_cost_per_day=None if late is None else 2 * late,
            move_cost=2 * entry.move_cost,
        )

    doubled = each(each(problem, "lanes", lane), "orders", order)
    assert cost(doubled) == pytest.approx(2 * cost(problem))


@MANY
@given(WAVES)
def test_twice_the_weight_at_half_the_unit_cost_is_the_same(problem):
    heavy = each(problem, "items", lambda item: replace(item, weight=2 * item.weight))
    same = each(heavy, "lanes", lambda lane: replace(lane, unit_cost=lane.unit_cost / 2))
    assert cost(same) == pytest.approx(cost(problem))


@MANY
@given(WAVES)
def test_a_line_written_as_two_is_the_same(problem):
    def in_units(order):
        units = tuple(
            allocation.Line(line.sku, 1) for line in order.lines for _ in range(line.quantity)
        )
        return replace(order, lines=units)

    assert cost(each(problem, "orders", in_units)) == pytest.approx(cost(problem))


def renamed(problem, rng):
    """The same problem under other names, all of its lists shuffled."""
    facility = shuffled_names(rng, [f.code for f in problem.facilities], "R")
    sku = shuffled_names(rng, sorted({line.sku for o in problem.orders for line in o.lines}), "T")
    sku |= {s.sku: sku.get(s.sku, s.sku) for s in problem.stock}
    orders = shuffled_names(rng, [order.id for order in problem.orders], "p")

    def held(entry):
        return replace(entry, facility=facility[entry.facility], sku=sku[entry.sku])

    def order(entry):
        eligible = entry.eligible
        return replace(
            entry,
            id=orders[entry.id],
            lines=shuffled(rng, [replace(line, sku=sku[line.sku]) for line in entry.lines]),
            eligible=None if eligible is None else frozenset(facility[code] for code in eligible),
            current=shuffled(rng, map(held, entry.current)),
        )

    return replace(
        problem,
        facilities=shuffled(rng, [replace(f, code=facility[f.code]) for f in problem.facilities]),
        lanes=shuffled(rng, [replace(x, facility=facility[x.facility]) for x in problem.lanes]),
        stock=shuffled(rng, map(held, problem.stock)),
        items=shuffled(
            rng, [replace(item, sku=sku.get(item.sku, item.sku)) for item in problem.items]
        ),
        orders=shuffled(rng, map(order, problem.orders)),
    )


def shuffled(rng, entries):
    several = list(entries)
    rng.shuffle(several)
    return tuple(several)


def shuffled_names(rng, names, letter):
    others = [f"{letter}{i}" for i in range(len(names))]
    rng.shuffle(others)
    return dict(zip(names, others, strict=True))


@MANY
@given(WAVES, st.randoms(use_true_random=False))
def test_other_names_in_another_order_change_no_cost(problem, rng):
    assert cost(renamed(problem, rng)) == pytest.approx(cost(problem))


@pytest.mark.parametrize("seed", range(4))
def test_other_names_change_the_cost_of_thirty_orders_by_the_gap_at_most(seed):
    problem = medium_wave(seed, stock=0.6)
    first = allocation.solve(problem)
    second = allocation.solve(renamed(problem, random.Random(seed)))
    assert second.objective == pytest.approx(first.objective, rel=0.001)
    lowest = min(first.objective, second.objective)
    assert max(first.lower_bound, second.lower_bound) <= lowest + NEAR
