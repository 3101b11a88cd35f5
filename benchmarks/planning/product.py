"""The product's planner: positions and problems as its runs state them, solved by its own maths."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np

from benchmarks.planning import places
from benchmarks.planning.outlook import Outlook
from benchmarks.planning.replay import Move
from benchmarks.planning.stock import Stock
from benchmarks.planning.world import WEEK, World
from fulfillment.optimization import rebalancing, replenishment
from fulfillment.optimization.replenishment.levels import levels, settled
from fulfillment.planning.forecasts.queries import Expected
from fulfillment.planning.rebalancing import problem as moving
from fulfillment.planning.rebalancing import reading
from fulfillment.planning.replenishment import problem as buying
from fulfillment.planning.replenishment.models import ReplenishmentPolicy
from fulfillment.planning.replenishment.positions import Situation, positions
from fulfillment.planning.replenishment.steady import steadied

SUNDAY = 6
MONDAY = date(2018, 1, 1)
Key = tuple[str, str]


class Planner:
    """Orders from each supplier on its days; moves stock at the end of each week."""

    def __init__(self, world: World, outlooks: Sequence[Outlook], service: float) -> None:
        self.world, self.outlooks, self.service = world, outlooks, service
        self.rows = {sku: row for row, sku in enumerate(world.demand.skus)}
        self.columns = {code: column for column, code in enumerate(places.CODES)}
        self.known: dict[int, dict[Key, replenishment.Position]] = {}

    def outlook(self, day: int) -> Outlook:
        """What is expected at the end of a day."""
        return self.outlooks[(day + 1) // WEEK - self.world.demand.start]

    def first(self, day: int) -> np.ndarray:
        """The stock to begin with: what an order would lift it to. [K, F]"""
        found = np.zeros((len(self.rows), len(self.columns)), dtype=np.int64)
        for (sku, code), position in self.levels(day).items():
            wanted = levels(position.policy)
            found[self.rows[sku], self.columns[code]] = wanted.order_up_to if wanted else 0
        return np.maximum(found, 0)

    def order(self, day: int, stock: Stock) -> np.ndarray:
        """What to order at the end of a day. [K, F]"""
        found = np.zeros_like(stock.on_hand)
        buyable = self.world.buyable(day)
        if not buyable.any():
            return found
        due = defaultdict[tuple[int, int], list[tuple[int, int]]](list)
        for sku, site, left, units in stock.incoming(day):
            due[sku, site].append((left, units))
        mine = [
            replace(
                position,
                on_hand=int(stock.on_hand[row, column]),
                incoming=tuple(due[row, column]),
            )
            for (sku, code), position in self.levels(day).items()
            if buyable[row := self.rows[sku]]
            for column in [self.columns[code]]
        ]
        solution = replenishment.solve(self.problem(mine))
        for order in solution.orders:
            for line in order.lines:
                found[self.rows[line.sku], self.columns[order.facility]] = line.quantity
        return found

    def levels(self, day: int) -> dict[Key, replenishment.Position]:
        """The positions with their levels, worked out once for each outlook."""
        outlook = self.outlook(day)
        if id(outlook) not in self.known:
            with places.within(self.world.settings):
                found = settled(self.problem(list(positions(self.situation(outlook)))))
            # Nothing binds jointly here: the levels say it all, and distributions take room.
            bare = (replace(p, demand=None, lead_demand=None) for p in found.positions)
            self.known[id(outlook)] = {(p.sku, p.facility): p for p in bare}
        return self.known[id(outlook)]

    def situation(self, outlook: Outlook) -> Situation:
        """All that positions are made of, as a run reads it; stock comes later."""
        world = self.world
        expected = {
            (item.sku, code): Expected(float(mean), float(variance))
            for item, means, variances in zip(
                world.items, outlook.per_day, outlook.variance, strict=True
            )
            for code, mean, variance in zip(places.CODES, means, variances, strict=True)
            if mean > 0
        }
        return Situation(
            items={item.sku: item for item in world.items},
            levels={},
            expected=steadied(expected),
            policies={key: self.policy(*key) for key in expected},
            terms={(one.supplier, one.sku): one for one in world.terms},
            preferred={one.sku: one.supplier for one in world.terms},
            incoming={},
            backordered=Counter(),
            today=MONDAY,
        )

    def policy(self, sku: str, facility: str) -> ReplenishmentPolicy:
        return ReplenishmentPolicy(
            sku=sku,
            facility=facility,
            kind="s_S",
            service_measure="cycle_service",
            service_level=self.service,
            review_days=int(self.world.review_days[self.rows[sku]]),
        )

    def problem(self, found: list[replenishment.Position]) -> replenishment.Problem:
        """State positions as a run does."""
        used = {position.sku for position in found}
        return replenishment.Problem(
            facilities=tuple(replenishment.Facility(code) for code in places.CODES),
            suppliers=tuple(replenishment.Supplier(s.code) for s in self.world.supply),
            terms=tuple(buying.terms_of(one) for one in self.world.terms if one.sku in used),
            positions=tuple(found),
            items=tuple(
                replenishment.Item(item.sku, 1.0, item.pack_size)
                for item in self.world.items
                if item.sku in used
            ),
            options=replenishment.Options(horizon_days=buying.LONGEST_DAYS),
        )

    def move(self, day: int, stock: Stock) -> Sequence[Move]:
        """The transfers of a day: those of a rebalancing run on Sundays."""
        if day % WEEK != SUNDAY:
            return ()
        with places.within(self.world.settings):
            stated = moving.problem_of(
                self.stated(day, stock), self.world.settings.rebalancing_keep, {}
            )
        if not stated.positions:
            return ()
        days = {(lane.origin, lane.destination): lane.days or 1 for lane in stated.lanes}
        return [
            Move(
                self.rows[one.sku],
                self.columns[one.origin],
                self.columns[one.destination],
                one.quantity,
                one.costs,
                days[one.origin, one.destination],
            )
            for one in rebalancing.solve(stated).transfers
        ]

    def stated(self, day: int, stock: Stock) -> reading.Outlook:
        """The stock and what is expected of it, as a rebalancing run reads them."""
        world, outlook = self.world, self.outlook(day)
        days = np.minimum(
            world.settings.rebalancing_horizon_days,
            world.lead_days + world.review_days,
        )
        available, incoming = stock.on_hand, stock.on_order + stock.in_transit
        mean, variance = outlook.per_day * days[:, None], outlook.variance * days[:, None]
        now = datetime.combine(MONDAY, datetime.min.time(), UTC)
        receipts: dict[Key, date] = {}
        for sku, site, left, _ in stock.incoming(day):
            key = world.demand.skus[sku], places.CODES[site]
            when = MONDAY + timedelta(days=left)
            receipts[key] = min(when, receipts.get(key, when))
        keys = [[(sku, code) for code in places.CODES] for sku in world.demand.skus]
        return reading.Outlook(
            skus=world.items,
            places=world.sites,
            days=days,
            km=world.km,
            available=available.astype(np.float64),
            incoming=incoming.astype(np.float64),
            safety=np.zeros(available.shape),
            mean=mean,
            variance=np.maximum(variance, mean),
            need=reading.need_of(keys, receipts, now, days),
            shortage_cost=self.shortage(available + incoming - mean > 0),
        )

    def shortage(self, spare: np.ndarray) -> np.ndarray:
        """What a unit costs that a site has not: the longer way from who has, or the margin."""
        longer = np.maximum(self.world.ship - np.diagonal(self.world.ship)[:, None], 0.0)
        parcel = self.world.box / self.world.line_units[:, None]
        afar = longer * self.world.demand.weight[:, None, None] + parcel[:, None, :]
        others = spare[:, None, :] & ~np.eye(len(places.CODES), dtype=bool)
        cheapest = np.where(others, afar, np.inf).min(axis=2)
        return np.minimum(cheapest, self.world.margin[:, None])
