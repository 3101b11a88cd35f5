"""A house under test: the service, the model of it, and what must hold after each step."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from fulfillment.inventory import reservations
from fulfillment.platform import audit, clock
from fulfillment.platform.db import db
from tests.attack.model import Model, Parcel, Sale, Shelf
from tests.attack.scenes import add_supplier
from tests.world import World, furnish

SKUS, FACILITIES = ("S1", "S2"), ("W1", "W2")
START = {(sku, code): 4 for sku in SKUS for code in FACILITIES}

any_sku = st.sampled_from(SKUS)
any_key = st.tuples(any_sku, st.sampled_from(FACILITIES))
some_units = st.integers(1, 4)
some_lines = st.dictionaries(any_sku, some_units, min_size=1)
any_one = st.integers(0, 9)
seconds = st.sampled_from([60, 600])


class House(RuleBasedStateMachine):
    """Does something to the service and says what should come of it."""

    world: ClassVar[Callable[[], World]]

    def __init__(self) -> None:
        super().__init__()
        self.clock = pytest.MonkeyPatch()
        self.model = Model({}, datetime.now(UTC))
        self.clock.setattr(clock, "now", lambda: self.model.now)
        self.here = type(self).world()
        self.number = 0
        self.last: Any = None
        stock = {code: {sku: START[sku, code] for sku in SKUS} for code in FACILITIES}
        furnish(stock, {"W1": 10, "W2": 900}, 1000, {})
        add_supplier()
        self.model.shelves = {key: Shelf(on_hand=units) for key, units in START.items()}

    def teardown(self) -> None:
        self.clock.undo()

    # --- the wire ---

    def post(self, path: str, body: Any = None) -> Any:
        self.number += 1
        self.last = (path, body, f"key {self.number}")
        answer = self.here.post(path, body, Idempotency_Key=self.last[2])
        assert answer.status_code < 500, answer.get_json()
        self.answered = answer
        return answer

    def name(self) -> str:
        return f"ref {self.number}"

    @precondition(lambda self: self.last and self.answered.status_code < 300)
    @rule()
    def ask_once_more(self) -> None:
        path, body, key = self.last
        again = self.here.post(path, body, Idempotency_Key=key)
        assert again.headers.get("Idempotency-Replayed") == "true"
        assert (again.status_code, again.data) == (self.answered.status_code, self.answered.data)

    # --- time ---

    @rule(passing=st.sampled_from([1, 60, 601]))
    def time_passes(self, passing: int) -> None:
        self.model.now += timedelta(seconds=passing)

    @rule()
    def sweep(self) -> None:
        reservations.sweep_expired()
        for cart in self.model.carts.values():
            if cart.status == "live" and not self.model.alive(cart):
                cart.status = "expired"

    # --- what the service says ---

    def learn(self, told: dict[str, Any]) -> None:
        """Take over what the API says of an order, which must add up."""
        asked = {line["sku"]: line["quantity"] for line in told["lines"]}
        sale = self.model.sales.setdefault(told["id"], Sale(asked))
        sale.parcels = {
            s["id"]: Parcel(s["facility"], s["status"], by_sku(s["lines"]))
            for s in told["shipments"]
        }
        for line in told["lines"]:
            sku = line["sku"]
            known = (sale.allocated(sku), sale.shipped(sku), sale.cancelled[sku])
            assert (line["allocated"], line["shipped"], line["cancelled"]) == known
            assert sum(known) + line["backordered"] == sale.asked[sku]

    def learn_again(self, order_id: str) -> None:
        self.learn(self.here.get(f"orders/{order_id}"))

    # --- after each step ---

    @invariant()
    def the_service_says_what_the_model_says(self) -> None:
        told = self.here.get("stock?limit=500")["items"]
        for row in told:
            del row["at_risk"]
        assert told == [self.model.tell(key) for key in sorted(self.model.shelves)]

    @invariant()
    def nothing_is_oversold(self) -> None:
        for key, shelf in self.model.shelves.items():
            # Only a count may find less than is promised.
            assert self.model.excess(key) <= shelf.may_exceed
            shelf.may_exceed = self.model.excess(key)

    @invariant()
    def every_invariant_holds(self) -> None:
        db.session.rollback()
        assert [v for v in audit.run().invariants if not v.ok] == []


def one_of(things: dict[str, Any], which: int) -> tuple[str, Any]:
    names = sorted(things)
    name = names[which % len(names)]
    return name, things[name]


def by_sku(lines: list[dict[str, Any]]) -> dict[str, int]:
    return {line["sku"]: line["quantity"] for line in lines}


def units_of(shipments: list[dict[str, Any]]) -> dict[tuple[str, str], int]:
    return {(sku, s["facility"]): n for s in shipments for sku, n in by_sku(s["lines"]).items()}


def totals(units: Counter[tuple[str, str]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for (sku, _), n in units.items():
        total[sku] += n
    return dict(total)
