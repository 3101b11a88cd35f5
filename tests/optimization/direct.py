"""Integer programmes written out for HiGHS alone: what our solver is measured against."""

from collections import Counter, defaultdict

import highspy


def bracket(problem):
    """A lower bound on the cost of every plan, and the cost of one, by HiGHS alone."""
    model = _model()
    stock = {(s.facility, s.sku): s.quantity for s in problem.stock}
    taken, used, boxes = defaultdict(list), defaultdict(list), defaultdict(list)
    costs = [model.addVariable(lb=0, ub=0)]
    for order in problem.orders:
        costs += _order(model, problem, order, stock, taken, used, boxes)
    for place, units in taken.items():
        model.addConstr(model.qsum(units) <= stock[place])
    for facility in problem.facilities:
        for limit, taking in (
            (facility.capacity_units, used),
            (facility.capacity_shipments, boxes),
        ):
            if limit is not None and taking[facility.code]:
                model.addConstr(model.qsum(taking[facility.code]) <= limit)
    model.minimize(model.qsum(costs))
    outcome = model.getInfo()
    return outcome.mip_dual_bound, outcome.objective_function_value


def opened(capacity, demand, fixed_cost, cost):
    """The facilities that serve all customers at the least cost of opening and serving them.

    `cost[i][j]` is for all of customer j's demand from facility i; a customer may be shared.
    """
    model, customers = _model(gap=0.0), range(len(demand))
    is_open = [model.addBinary() for _ in capacity]
    share = [[model.addVariable(lb=0, ub=1) for _ in customers] for _ in capacity]
    for j in customers:
        model.addConstr(model.qsum([row[j] for row in share]) == 1)
    for row, is_on, limit in zip(share, is_open, capacity, strict=True):
        model.addConstr(model.qsum([demand[j] * row[j] for j in customers]) <= limit * is_on)
        for j in customers:
            model.addConstr(row[j] <= is_on)
    serving = [cost[i][j] * x for i, row in enumerate(share) for j, x in enumerate(row)]
    opening = [fixed_cost[i] * is_on for i, is_on in enumerate(is_open)]
    model.minimize(model.qsum(serving + opening))
    assert model.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return [i for i, is_on in enumerate(is_open) if model.val(is_on) > 0.5]


def _model(gap=5e-4):
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("mip_rel_gap", gap)
    model.setOptionValue("time_limit", 3.0)
    model.setOptionValue("threads", 1)
    return model


def _order(model, problem, order, stock, taken, used, boxes):
    """Add an order's variables and rows; return the terms of its cost."""
    weight = {item.sku: item.weight for item in problem.items}
    asked = Counter()
    for line in order.lines:
        asked[line.sku] += line.quantity
    shipped, opened, costs = defaultdict(list), [], []
    for lane in problem.lanes:
        price = _shipment_cost(order, lane)
        if lane.zone != order.zone or price is None:
            continue
        box = model.addBinary()
        opened.append(box)
        boxes[lane.facility].append(box)
        costs.append(price * box)
        for sku, quantity in asked.items():
            most = min(quantity, stock.get((lane.facility, sku), 0))
            if not most or (most < quantity and not problem.options.split_lines):
                continue
            if problem.options.split_lines:
                units = model.addIntegral(lb=0, ub=most)
            else:
                units = quantity * model.addBinary()
            model.addConstr(units <= most * box)
            shipped[sku].append(units)
            taken[lane.facility, sku].append(units)
            used[lane.facility].append(units)
            costs.append(lane.unit_cost * weight.get(sku, 1.0) * units)
    waits = model.addBinary()
    for sku, quantity in asked.items():
        missing = model.addVariable(lb=0, ub=quantity)
        model.addConstr(model.qsum([*shipped[sku], missing]) == quantity)
        if order.ship_complete:
            model.addConstr(missing == quantity * waits)
        costs.append(order.unfilled_cost * missing)
    if order.max_shipments is not None and opened:
        model.addConstr(model.qsum(opened) <= order.max_shipments)
    return costs


def _shipment_cost(order, lane):
    """What a shipment on the lane costs the order, or None where it may not be made."""
    if order.eligible is not None and lane.facility not in order.eligible:
        return None
    if order.deliver_within_days is None or lane.days is None:
        return lane.shipment_cost
    late = max(lane.days - order.deliver_within_days, 0)
    if late and order.late_cost_per_day is None:
        return None
    return lane.shipment_cost + late * (order.late_cost_per_day or 0.0)
