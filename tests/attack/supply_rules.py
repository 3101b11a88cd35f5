"""What may be done to bring stock into a house, and what should come of it."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.attack.house import FACILITIES, House, any_key, any_one, one_of, some_units
from tests.attack.model import Haul, Purchase
from tests.attack.scenes import SELLER
from tests.world import lines_of


class Transfers(House):
    """Transfers between the two facilities."""

    @rule(key=any_key, units=some_units, propose=st.booleans())
    def transfer(self, key: tuple[str, str], units: int, propose: bool) -> None:
        sku, sender = key
        receiver = next(code for code in FACILITIES if code != sender)
        possible = propose or units <= self.model.promisable(key)
        answer = self.post(
            "transfers",
            {"from_facility": sender, "to_facility": receiver, "propose": propose}
            | {"lines": lines_of({sku: units})},
        )
        assert answer.status_code == (201 if possible else 409)
        if possible:
            told = answer.get_json()
            self.model.hauls[told["id"]] = Haul(sku, sender, receiver, units, told["status"])

    @precondition(lambda self: self.model.hauls)
    @rule(which=any_one, step=st.sampled_from(["approve", "ship", "receive", "cancel"]))
    def carry_on(self, which: int, step: str) -> None:
        haul_id, haul = one_of(self.model.hauls, which)
        possible = self.may(haul, step)
        answer = self.post(f"transfers/{haul_id}/{step}")
        assert answer.status_code == (200 if possible else 409)
        if possible:
            haul.status = answer.get_json()["status"]
            sent = haul.units * (step == "ship")
            came = haul.units * (step == "receive")
            self.model.shelves[haul.sku, haul.sender].on_hand -= sent
            self.model.shelves[haul.sku, haul.receiver].on_hand += came
            self.model.shelves[haul.sku, haul.receiver].incoming += sent - came

    def may(self, haul: Haul, step: str) -> bool:
        at = (haul.sku, haul.sender)
        return {
            "approve": haul.status == "proposed" and haul.units <= self.model.promisable(at),
            "ship": haul.status == "ready" and haul.units <= self.model.shelves[at].on_hand,
            "receive": haul.status == "in_transit",
            "cancel": haul.status in ("proposed", "ready"),
        }[step]


class Purchases(House):
    """Purchase orders of the one supplier."""

    @rule(key=any_key, units=some_units, propose=st.booleans())
    def buy(self, key: tuple[str, str], units: int, propose: bool) -> None:
        line = {"sku": key[0], "quantity": units, "unit_cost": "1.50"}
        body = {"supplier": SELLER, "facility": key[1], "propose": propose, "lines": [line]}
        answer = self.post("purchase-orders", body)
        assert answer.status_code == 201
        told = answer.get_json()
        self.model.purchases[told["id"]] = Purchase(*key, units, told["status"])

    @precondition(lambda self: self.model.purchases)
    @rule(which=any_one, step=st.sampled_from(["approve", "send", "cancel"]))
    def carry_on_buying(self, which: int, step: str) -> None:
        order_id, order = one_of(self.model.purchases, which)
        possible = order.status in MAY_BUY[step]
        answer = self.post(f"purchase-orders/{order_id}/{step}")
        assert answer.status_code == (200 if possible else 409)
        if possible:
            order.status = answer.get_json()["status"]
            left = order.units if step == "send" else 0
            self.model.shelves[order.sku, order.facility].incoming += left - order.left
            order.left = left

    @precondition(lambda self: self.model.purchases)
    @rule(which=any_one, units=some_units, short=st.integers(0, 1))
    def take_in(self, which: int, units: int, short: int) -> None:
        order_id, order = one_of(self.model.purchases, which)
        line = {"sku": order.sku, "quantity": units, "short": short, "reason": "broken"}
        answer = self.post(f"purchase-orders/{order_id}/receive", {"lines": [line]})
        # A tenth of so few units is none: nothing may come beyond what was ordered.
        possible = order.status in ("sent", "partly_received") and units + short <= order.left
        assert answer.status_code == (200 if possible else 409)
        if possible:
            shelf = self.model.shelves[order.sku, order.facility]
            shelf.on_hand += units
            shelf.incoming -= units + short
            order.left -= units + short
            order.status = "partly_received" if order.left else "received"
            assert answer.get_json()["status"] == order.status


MAY_BUY = {
    "approve": ("proposed",),
    "send": ("approved",),
    "cancel": ("proposed", "approved", "sent", "partly_received"),
}
