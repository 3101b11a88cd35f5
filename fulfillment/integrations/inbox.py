"""What shops told us, worked on one by one: orders are placed, changed and called off."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

import structlog

from fulfillment.integrations import messages, shops
from fulfillment.integrations.kinds import kind_of
from fulfillment.integrations.messages import DONE, Outcome, ignored, refusal, refused
from fulfillment.integrations.models import IN, Message, ShopOrder, Status
from fulfillment.integrations.wishes import CANCEL, NOTHING, PLACE, Wish, order_of, wish_of
from fulfillment.orders import queries as orders
from fulfillment.orders import service
from fulfillment.orders.service import DuplicateReference
from fulfillment.platform import context
from fulfillment.platform.context import Actor, Role
from fulfillment.platform.db import db, retrying, transaction
from fulfillment.platform.errors import Conflict, NotFound, Refusal
from fulfillment.sourcing.plans import Plan

ATTEMPTS = 3
NOT_NOW = "The order is known; nothing new is wanted."

log = structlog.get_logger()

Order = tuple[dict[str, Any], Plan | None]
"""An order to place, and the plan that it is placed by."""


def work_next() -> bool:
    """Work on the message that is due first; tell whether there was one."""
    waiting = messages.next_in()
    if waiting is None:
        return False
    message_id, shop = waiting
    token = context.actor.set(Actor(f"shop:{shop}", Role.STOREFRONT))
    try:
        work(message_id)
    except Exception as error:
        log.exception("message of a shop was not worked on", shop=shop, message=str(message_id))
        put_off(message_id, f"{type(error).__name__}: {error}")
    finally:
        context.actor.reset(token)
    return True


def work(message_id: UUID) -> None:
    """Solve outside, record inside a transaction; look again when stock moved between the two."""
    for _ in range(ATTEMPTS):
        try:
            retrying(partial(record, message_id, solve(message_id)))
            return
        except Conflict as conflict:
            if not conflict.may_pass:
                raise
    retrying(partial(record, message_id, solve(message_id, wave=True)))


def solve(message_id: UUID, *, wave: bool = False) -> Order | Refusal | None:
    """Return the order that a message wants placed, with its plan; None where it wants none.

    What finds no stock now is placed all the same, to wait for the next wave: it is sold.
    """
    db.session.rollback()
    message = db.session.get_one(Message, message_id, populate_existing=True)
    shop, wish = shops.get(message.shop), wish_of(message.body)
    known = shops.order_at(shop.code, message.subject)
    if wish.wants != PLACE or (known and known.order_id):
        return None
    try:
        body = order_of(shop, wish)
        return planned({**body, "allocate": "wave"} if wave else body)
    except Refusal as error:
        return error


def planned(body: dict[str, Any]) -> Order:
    try:
        return body, service.source_order(body)
    except DuplicateReference:
        raise
    except Conflict:
        waiting = {**body, "allocate": "wave"}
        return waiting, service.source_order(waiting)


def record(message_id: UUID, solved: Order | Refusal | None) -> None:
    """Carry a message out, write down what became of it, and tell the shop."""
    with transaction() as session:
        message = messages.get_locked(message_id)
        if message.status != Status.PENDING:
            return
        shop = shops.get(message.shop)
        try:
            with session.begin_nested():
                outcome = carry_out(message, wish_of(message.body), solved)
        except Conflict as conflict:
            if conflict.may_pass:
                raise
            outcome = refusal(conflict)
        except Refusal as error:
            outcome = refusal(error)
        messages.finish(message, outcome)
        kind_of(shop).answer(shop, message, outcome)


def carry_out(message: Message, wish: Wish, solved: Order | Refusal | None) -> Outcome:
    """Do what is wanted of an order, unless it is older than what was done before."""
    known = shops.order_locked(message.shop, message.subject, wish.name)
    if wish.said_at and known.said_at and wish.said_at < known.said_at:
        return ignored("The shop has told a newer version of this order.")
    if isinstance(solved, Refusal):
        raise solved
    known.said_at = wish.said_at or known.said_at
    if wish.wants == NOTHING:
        return ignored("Nothing is wanted of this order.")
    if known.order_id:
        return call_off(known.order_id) if wish.wants == CANCEL else amend(known.order_id, wish)
    if wish.wants == CANCEL:
        return ignored("The order was not placed.")
    return place(known, solved)


def place(known: ShopOrder, solved: Order | None) -> Outcome:
    assert solved is not None
    known.order_id = service.place(*solved).id
    return DONE


def call_off(order_id: UUID) -> Outcome:
    """Cancel what has not left yet.

    Raises:
        Conflict: everything has left.
    """
    units = orders.line_units(orders.get_locked(order_id)).values()
    if any(line.cancelled for line in units) and not any(line.cancellable for line in units):
        return DONE
    service.cancel(order_id, None)
    return DONE


def amend(order_id: UUID, wish: Wish) -> Outcome:
    """Take out what is wanted no more; more units, or another address, are for people."""
    order = orders.get_locked(order_id)
    have = {sku: n.quantity - n.cancelled for sku, n in orders.line_units(order).items()}
    fewer = {sku: n - wish.units[sku] for sku, n in have.items() if n > wish.units[sku]}
    more = {sku: n - have.get(sku, 0) for sku, n in wish.units.items() if n > have.get(sku, 0)}
    if more:
        told = ", ".join(f"{units} of {sku}" for sku, units in more.items())
        return refused(f"The placed order cannot grow: {told} more are wanted.")
    if moved := changed(order.destination, wish.destination):
        return refused(f"The order is placed, and its address changed: {', '.join(moved)}.")
    if fewer:
        lines = [{"sku": sku, "quantity": units} for sku, units in fewer.items()]
        service.cancel(order_id, lines)
    return DONE if fewer else ignored(NOT_NOW)


def changed(present: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    return [name for name, value in wanted.items() if present.get(name) != value]


def retry(code: str, message_id: UUID) -> Message:
    """Work once more on a message that was refused.

    Raises:
        WrongStatus: it was not refused.
        Conflict: nothing was understood of it, or the shop was told so and must ask again.
    """
    shop, message = shops.get(code), messages.get_locked(message_id)
    if message.shop != code:
        raise NotFound("message", message_id)
    if not message.body:
        raise Conflict("conflict", "Nothing was understood of it, so nothing can be done.")
    if message.direction == IN and kind_of(shop).hears_no:
        raise Conflict("conflict", "The shop was told that this is refused; it must ask again.")
    messages.retry(message)
    return message


def put_off(message_id: UUID, problem: str) -> None:
    with transaction():
        message = messages.get_locked(message_id)
        if message.status == Status.PENDING:
            message.attempts += 1
            messages.put_off(message, problem)
