"""Small replenishment problems to try, and what trying every plan of them gives."""

import itertools
import random

from fulfillment.optimization import replenishment as r
from fulfillment.optimization.replenishment.evaluate import evaluate


def shelf(sku="X", on_hand=0, facility="A", s=10, top=30, **given):
    """A position under (s, S); it buys of ACME unless it is resupplied."""
    source = {} if "resupplier" in given else {"supplier": "ACME"}
    policy = given.pop("policy", r.Policy("s_S", s, top))
    return r.Position(facility, sku, on_hand, policy, **source | given)


def problem(*positions, terms=(), items=(), minimum=0.0, budget=None, **given):
    """The positions with ACME's terms (a unit costs 1, and is a pack, unless `terms` says so)."""
    told = {t.sku for t in terms}
    bought = dict.fromkeys(p.sku for p in positions if p.supplier)
    others = tuple(r.Terms("ACME", sku, 1.0) for sku in bought if sku not in told)
    codes = dict.fromkeys(p.facility for p in positions)
    rooms, docks = given.pop("storage", {}), given.pop("receiving", {})
    return r.Problem(
        facilities=tuple(r.Facility(c, rooms.get(c), docks.get(c)) for c in codes),
        suppliers=(
            r.Supplier("ACME", minimum_value=minimum, lead_time=2, **given.pop("acme", {})),
        ),
        terms=(*terms, *others),
        positions=positions,
        items=tuple(items),
        options=r.Options(budget=budget, **{"gap": 0.0} | given),
    )


def bought(solution):
    """Units bought, by facility and SKU."""
    return {(o.facility, line.sku): line.quantity for o in solution.orders for line in o.lines}


def sent(solution):
    """Units sent, by sender, receiver and SKU."""
    return {(t.origin, t.destination, t.sku): t.quantity for t in solution.transfers}


def random_problem(seed):
    """A few positions, few packs each, and limits about half of what they want."""
    rng = random.Random(seed)
    skus = ["X", "Y", "Z"][: rng.randint(2, 3)]
    positions, terms = [], []
    for sku in skus:
        pack = rng.randint(1, 3)
        terms.append(
            r.Terms("ACME", sku, rng.choice([0.75, 2.0, 3.25]), pack, rng.choice([0, 0, 5]))
        )
    for place, sku in [("A", sku) for sku in skus] + [("B", rng.choice(skus))]:
        mean = rng.uniform(2, 6)
        demand = r.Forecast(mean=mean, sd=rng.uniform(1, 3)) if rng.random() < 0.7 else None
        on_hand = rng.randint(0, 6)
        given = {
            "shortage_cost": rng.choice([2.0, 5.0, 9.0]),
            "holding_cost": rng.choice([0.02, 0.3]),
        }
        if place == "B" and rng.random() < 0.6:
            given["resupplier"] = "A"
        s = rng.randint(2, 4)
        positions.append(
            shelf(sku, on_hand, place, s, s + rng.randint(3, 7), demand=demand, **given)
        )
    items = [r.Item(sku, rng.choice([0.5, 1.0, 2.0]), rng.randint(1, 2)) for sku in skus]
    wide = {p.facility: sum(q.on_hand for q in positions) * 2.0 for p in positions}
    return problem(
        *positions,
        terms=tuple(terms),
        items=items,
        minimum=rng.choice([0.0, 7.0, 11.0]),
        budget=rng.choice([None, None, 12.0, 20.0]),
        storage={"A": wide["A"] + 4.0} if rng.random() < 0.5 else {},
        receiving={"A": rng.randint(3, 8)} if rng.random() < 0.5 else {},
    )


def cheapest_by_trial(given):
    """The least cost of all plans, each tried and costed on its own."""
    choices = [_choices(given, place) for place in given.positions]
    best = float("inf")
    for units in itertools.product(*choices):
        plan = evaluate(given, *_plan(given, units))
        if not plan.violations:
            best = min(best, plan.objective)
    return best


def _choices(given, place):
    """Nothing, or whole packs up to where any plan could go."""
    terms = {t.sku: t for t in given.terms}
    items = {item.sku: item for item in given.items}
    pack = items[place.sku].pack_size if place.resupplier else terms[place.sku].pack_size
    wanted = r.solve(problem_without_limits(given))
    full = bought(wanted).get((place.facility, place.sku), 0)
    full += sum(
        n for (_, to, sku), n in sent(wanted).items() if (to, sku) == (place.facility, place.sku)
    )
    if place.resupplier:
        return range(0, asked(given, place) + 1, pack)
    position = place.on_hand - _needs_below(given, place)
    top = 0
    if given.suppliers[0].minimum_value:
        top = max((place.policy.order_up_to - position) // pack * pack, 0)
    return range(0, max(full, top) + 1, pack)


def problem_without_limits(given):
    """The same without budget, rooms, docks and minimum values."""
    return r.Problem(
        facilities=tuple(r.Facility(f.code) for f in given.facilities),
        suppliers=tuple(r.Supplier(s.code, lead_time=s.lead_time) for s in given.suppliers),
        terms=given.terms,
        positions=given.positions,
        items=given.items,
        options=r.Options(gap=0.0),
    )


def asked(given, place):
    """The whole packs that a resupplied position asks for."""
    pack = {item.sku: item.pack_size for item in given.items}[place.sku]
    if place.on_hand > place.policy.reorder_point:
        return 0
    return -(-(place.policy.order_up_to - place.on_hand) // pack) * pack


def _needs_below(given, place):
    children = [p for p in given.positions if p.resupplier == place.facility and p.sku == place.sku]
    return sum(asked(given, child) for child in children)


def _plan(given, units):
    cost = {t.sku: t.unit_cost for t in given.terms}
    orders, transfers = {}, []
    for place, quantity in zip(given.positions, units, strict=True):
        if quantity and place.resupplier:
            transfers.append(
                r.Transfer(place.resupplier, place.facility, place.sku, quantity, 0, 0, 0, 0, 0)
            )
        elif quantity:
            line = r.OrderLine(place.sku, quantity, 0, quantity * cost[place.sku], 0, 0, 0, 0)
            orders.setdefault(place.facility, []).append(line)
    bought = (
        r.Order("ACME", facility, sum(line.cost for line in lines), tuple(lines))
        for facility, lines in orders.items()
    )
    return tuple(bought), tuple(transfers)
