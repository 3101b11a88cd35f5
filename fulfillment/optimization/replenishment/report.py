"""From packs and prices back to the words of the problem."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from fulfillment.optimization.replenishment.model import Limit, Line, past
from fulfillment.optimization.replenishment.needs import Need, Place
from fulfillment.optimization.replenishment.problem import (
    Order,
    OrderLine,
    Prices,
    Problem,
    Short,
    Transfer,
)

DIGITS = 6  # of a price; what is beyond comes from the solver's rounding
REASONS = {
    "budget": "budget",
    "storage": "storage",
    "receiving": "receiving",
    "stock": "stock of the resupplier",
}


def orders(needs: Sequence[Need], packs: Sequence[int]) -> tuple[Order, ...]:
    """What is bought, by supplier and facility."""
    found = defaultdict[Place, list[OrderLine]](list)
    for need, taken in zip(needs, packs, strict=True):
        if taken and need.order is not None and need.levels is not None:
            units = taken * need.pack
            line = OrderLine(
                sku=need.position.sku,
                quantity=units,
                packs=taken,
                cost=float(units * need.unit_cost),
                position=need.stock,
                reorder_point=need.levels.reorder_point,
                order_up_to=need.levels.order_up_to,
                wanted=need.want * need.pack,
            )
            found[need.order].append(line)
    return tuple(
        Order(supplier, facility, sum(line.cost for line in lines), tuple(lines))
        for (supplier, facility), lines in sorted(found.items())
    )


def transfers(needs: Sequence[Need], packs: Sequence[int]) -> tuple[Transfer, ...]:
    """What facilities send to those that they resupply."""
    return tuple(
        Transfer(
            origin=need.position.resupplier,
            destination=need.position.facility,
            sku=need.position.sku,
            quantity=taken * need.pack,
            packs=taken,
            position=need.stock,
            reorder_point=need.levels.reorder_point,
            order_up_to=need.levels.order_up_to,
            wanted=need.want * need.pack,
        )
        for need, taken in zip(needs, packs, strict=True)
        if taken and need.position.resupplier is not None and need.levels is not None
    )


def shorts(
    problem: Problem,
    needs: Sequence[Need],
    packs: Sequence[int],
    lines: Sequence[Line],
    limits: Mapping[Limit, float],
) -> tuple[Short, ...]:
    """Who gets less than the policy asks for, and the limit that the next pack meets."""
    closed = {s.code for s in problem.suppliers if not s.orders_today}
    uses = {line.need: line.uses for line in lines}
    used = defaultdict[Limit, float](float)
    for line in lines:
        for limit, use in line.uses:
            used[limit] += use * packs[line.need]
    placed = {n.order for n, taken in zip(needs, packs, strict=True) if taken}
    found = list[Short]()
    for i, (need, taken) in enumerate(zip(needs, packs, strict=True)):
        if taken >= need.want:
            continue
        reason = "no order day" if need.position.supplier in closed else None
        step = need.least if not taken else 1
        for limit, use in uses.get(i, ()):
            if reason is None and past(used[limit] + use * step, limits[limit]):
                reason = REASONS[limit[0]]
        if reason is None:
            reason = "minimum value of the order" if need.order not in placed else "other items"
        units = need.want * need.pack
        place = need.position
        found.append(Short(place.facility, place.sku, units, taken * need.pack, reason))
    return tuple(found)


def prices(found: Mapping[Limit, float]) -> Prices:
    """The prices of limits, without those that are nothing."""
    told = {limit: round(price, DIGITS) for limit, price in sorted(found.items(), key=str)}
    told = {limit: price for limit, price in told.items() if price > 0}
    return Prices(
        budget=told.get(("budget",), 0.0),
        storage={str(x[1]): price for x, price in told.items() if x[0] == "storage"},
        receiving={
            (str(x[1]), int(x[2])): price for x, price in told.items() if x[0] == "receiving"
        },
        stock={(str(x[1]), str(x[2])): price for x, price in told.items() if x[0] == "stock"},
    )
