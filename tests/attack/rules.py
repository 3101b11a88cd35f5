"""What may be done to a house, and what should come of it: a class of rules for each room."""

from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from fulfillment import worker
from tests.attack.house import (
    House,
    any_key,
    any_one,
    any_sku,
    one_of,
    seconds,
    some_lines,
    some_units,
    totals,
    units_of,
)
from tests.attack.model import OPEN, Cart, Parcel
from tests.world import CUSTOMER, lines_of

any_cart = st.sampled_from(["a", "b", "c"])


class Ledger(House):
    """Movements."""

    def move(self, kind: str, key: tuple[str, str], quantity: int, **more: Any) -> int:
        row = {"kind": kind, "sku": key[0], "facility": key[1], "quantity": quantity, **more}
        return int(self.post("stock/movements", {"movements": [row]}).status_code)

    @rule(key=any_key, units=some_units, kind=st.sampled_from(["receipt", "return"]))
    def come_in(self, key: tuple[str, str], units: int, kind: str) -> None:
        assert self.move(kind, key, units) == 201
        self.model.shelves[key].on_hand += units

    @rule(key=any_key, units=some_units, kind=st.sampled_from(["adjustment", "scrap"]))
    def go_out(self, key: tuple[str, str], units: int, kind: str) -> None:
        quantity = -units if kind == "adjustment" else units
        status = self.move(kind, key, quantity, reason="gone")
        if self.leaves(status, key, units):
            self.model.shelves[key].on_hand -= units

    @rule(key=any_key, units=some_units)
    def set_aside(self, key: tuple[str, str], units: int) -> None:
        if self.leaves(self.move("hold", key, units, reason="damaged"), key, units):
            self.model.shelves[key].unavailable += units

    def leaves(self, status: int, key: tuple[str, str], units: int) -> bool:
        """Check the verdict on units that were to leave what is available."""
        assert status == (201 if units <= self.model.available(key) else 409)
        return status == 201

    @rule(key=any_key, units=some_units)
    def put_back(self, key: tuple[str, str], units: int) -> None:
        there = units <= self.model.shelves[key].unavailable
        assert self.move("unhold", key, units) == (201 if there else 409)
        self.model.shelves[key].unavailable -= units if there else 0

    @rule(key=any_key, units=st.integers(0, 8), seen=st.none() | st.integers(0, 8))
    def count(self, key: tuple[str, str], units: int, seen: int | None) -> None:
        shelf = self.model.shelves[key]
        fits = seen in (None, shelf.on_hand)
        more = {} if seen is None else {"expected_on_hand": seen}
        assert self.move("count", key, units, **more) == (201 if fits else 409)
        if fits:
            shelf.on_hand = units
            shelf.may_exceed = self.model.excess(key)

    @rule(key=any_key, units=st.integers(0, 2))
    def keep_back(self, key: tuple[str, str], units: int) -> None:
        path = f"/v1/stock/{key[1]}/{key[0]}"
        answer = self.here.client.put(path, json={"safety_stock": units}, headers=self.here.headers)
        assert answer.status_code == 200
        self.model.shelves[key].safety_stock = units


class Carts(House):
    """Reservations."""

    @rule(cart=any_cart, lines=some_lines, ttl=seconds)
    def reserve(self, cart: str, lines: dict[str, int], ttl: int) -> None:
        enough = self.may_hold(cart, lines)
        answer = self.post("reservations", self.wish(cart, lines, ttl))
        assert answer.status_code == (201 if enough else 409)
        if enough:
            self.has_got(cart, lines, ttl, answer.get_json())

    @rule(wanted=st.dictionaries(any_cart, some_lines, min_size=1), ttl=seconds)
    def reserve_many(self, wanted: dict[str, dict[str, int]], ttl: int) -> None:
        carts = [self.wish(cart, lines, ttl) for cart, lines in wanted.items()]
        answer = self.post("reservations/bulk", {"reservations": carts})
        outcomes = answer.get_json()["reservations"]
        for (cart, lines), told in zip(wanted.items(), outcomes, strict=True):
            assert told["status"] == ("held" if self.may_hold(cart, lines) else "refused")
            if told["status"] == "held":
                self.has_got(cart, lines, ttl, told)

    def wish(self, cart: str, lines: dict[str, int], ttl: int) -> dict[str, Any]:
        place = {"cart_ref": cart, "destination": CUSTOMER}
        return place | {"lines": lines_of(lines), "ttl_seconds": ttl}

    def may_hold(self, cart: str, lines: dict[str, int]) -> bool:
        mine = self.model.live_cart(cart)
        own = mine.units if mine else None
        return all(self.model.promisable_of(sku, own) >= n for sku, n in lines.items())

    def has_got(self, cart: str, lines: dict[str, int], ttl: int, told: dict[str, Any]) -> None:
        """Take over what a cart was promised, which must be there, in place of what it held."""
        mine = self.model.live_cart(cart)
        for one in self.model.carts.values():
            if one.ref == cart and one.status == "live" and one is not mine:
                one.status = "expired"
        self.model.carts.pop(told["id"], None)
        units = Counter(units_of(told["shipments"]))
        assert all(n <= self.model.promisable(key) for key, n in units.items())
        assert totals(units) == lines
        until = self.model.now + timedelta(seconds=ttl)
        self.model.carts[told["id"]] = Cart(cart, units, until)

    @precondition(lambda self: self.model.carts)
    @rule(which=any_one, ttl=seconds)
    def extend(self, which: int, ttl: int) -> None:
        cart_id, cart = one_of(self.model.carts, which)
        lives = self.model.alive(cart)
        answer = self.post(f"reservations/{cart_id}/extend", {"ttl_seconds": ttl})
        assert answer.status_code == (200 if lives else 409)
        if lives:
            cart.until = self.model.now + timedelta(seconds=ttl)

    @precondition(lambda self: self.model.carts)
    @rule(which=any_one)
    def give_back(self, which: int) -> None:
        cart_id, cart = one_of(self.model.carts, which)
        status = self.here.delete(f"reservations/{cart_id}").status_code
        assert status == (409 if cart.status == "placed" else 204)
        if cart.status == "live":
            cart.status = "released"


class Orders(House):
    """Orders and the waves that serve them."""

    @rule(lines=some_lines)
    def order(self, lines: dict[str, int]) -> None:
        enough = all(self.model.promisable_of(sku) >= n for sku, n in lines.items())
        answer = self.here_order(lines, allocate="now")
        assert answer.status_code == (201 if enough else 409)
        if enough:
            self.learn(answer.get_json())

    @rule(lines=some_lines)
    def order_for_the_wave(self, lines: dict[str, int]) -> None:
        answer = self.here_order(lines, allocate="wave")
        assert answer.status_code == 201
        self.learn(answer.get_json())

    def here_order(self, lines: dict[str, int], **more: Any) -> Any:
        ref = {"order_ref": self.name(), "destination": CUSTOMER, "lines": lines_of(lines)}
        return self.post("orders", ref | more)

    @precondition(lambda self: self.model.carts)
    @rule(which=any_one)
    def order_what_is_held(self, which: int) -> None:
        cart_id, cart = one_of(self.model.carts, which)
        lives = self.model.alive(cart)
        answer = self.post("orders", {"order_ref": self.name(), "reservation_id": cart_id})
        assert answer.status_code == (201 if lives else 409)
        if lives:
            cart.status = "placed"
            self.learn(answer.get_json())

    @precondition(lambda self: self.model.sales)
    @rule(which=any_one)
    def cancel(self, which: int) -> None:
        order_id, sale = one_of(self.model.sales, which)
        possible = any(sale.left(sku) for sku in sale.asked)
        answer = self.post(f"orders/{order_id}/cancel")
        assert answer.status_code == (200 if possible else 409)
        if possible:
            for sku in sale.asked:
                sale.cancelled[sku] += sale.left(sku)
            self.learn(answer.get_json())

    @precondition(lambda self: self.model.sales)
    @rule(which=any_one, sku=any_sku, units=some_units)
    def cancel_units(self, which: int, sku: str, units: int) -> None:
        order_id, sale = one_of(self.model.sales, which)
        answer = self.post(
            f"orders/{order_id}/cancel", {"lines": [{"sku": sku, "quantity": units}]}
        )
        if answer.status_code == 200:
            assert units <= sale.left(sku)
            sale.cancelled[sku] += units
            self.learn(answer.get_json())
        else:
            assert answer.status_code in (409, 422)

    @precondition(lambda self: self.model.sales)
    @rule()
    def run_a_wave(self) -> None:
        assert self.post("plans", {"kind": "allocation", "apply": True}).status_code == 202
        while worker.work_once(self.here.client.application) == 0:
            pass
        for order_id in self.model.sales:
            self.learn_again(order_id)


class Floor(House):
    """Shipments."""

    def parcels(self) -> dict[str, tuple[str, Parcel]]:
        sales = self.model.sales.items()
        return {i: (order_id, p) for order_id, s in sales for i, p in s.parcels.items()}

    @precondition(lambda self: self.parcels())
    @rule(which=any_one, missing=st.integers(0, 2))
    def pick(self, which: int, missing: int) -> None:
        parcel_id, (order_id, parcel) = one_of(self.parcels(), which)
        sku, units = next(iter(parcel.units.items()), ("S1", 0))
        short = min(missing, units)
        at_risk = self.here.level(sku, parcel.facility)["at_risk"]
        lines = [{"sku": sku, "quantity": units - short}] if short else []
        answer = self.post(f"shipments/{parcel_id}/pick", {"lines": lines})
        possible = parcel.status in ("planned", "released")
        assert answer.status_code == (200 if possible else 409)
        if possible:
            self.model.shelves[sku, parcel.facility].on_hand -= max(0, short - at_risk)
            self.learn_again(order_id)

    @precondition(lambda self: self.parcels())
    @rule(which=any_one)
    def pack(self, which: int) -> None:
        parcel_id, (order_id, parcel) = one_of(self.parcels(), which)
        answer = self.post(f"shipments/{parcel_id}/pack")
        assert answer.status_code == (200 if parcel.status == "picked" else 409)
        self.learn_again(order_id)

    @precondition(lambda self: self.parcels())
    @rule(which=any_one)
    def hand_over(self, which: int) -> None:
        parcel_id, (order_id, parcel) = one_of(self.parcels(), which)
        there = all(n <= self.model.shelves[key].on_hand for key, n in parcel.contents())
        answer = self.post(f"shipments/{parcel_id}/handover")
        possible = parcel.status == "packed" and there
        assert answer.status_code == (200 if possible else 409)
        if possible:
            for key, units in parcel.contents():
                self.model.shelves[key].on_hand -= units
            self.learn_again(order_id)

    @precondition(lambda self: self.parcels())
    @rule(which=any_one)
    def reject(self, which: int) -> None:
        parcel_id, (order_id, parcel) = one_of(self.parcels(), which)
        answer = self.post(f"shipments/{parcel_id}/reject", {"reason": "damaged"})
        assert answer.status_code == (200 if parcel.status in OPEN else 409)
        self.learn_again(order_id)
