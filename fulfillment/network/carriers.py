"""Carriers: find them, put one, and number parcels from their ranges."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from fulfillment.network.carrier_schemas import CarrierRow
from fulfillment.network.models import Carrier, CarrierRate
from fulfillment.platform import rows
from fulfillment.platform.check_digits import check_digit
from fulfillment.platform.db import db
from fulfillment.platform.errors import Conflict, NotFound
from fulfillment.platform.pages import Page, paginate
from fulfillment.platform.upserts import checked_key, put_row

SERIAL_DIGITS = 12


def get(code: str) -> Carrier:
    """Return the carrier of this code."""
    return rows.get(Carrier, code, "carrier")


def list_page(limit: int, cursor: str | None) -> Page:
    """Return the carriers, by code."""
    return paginate(select(Carrier), [Carrier.code], limit, cursor)


def codes() -> list[str]:
    """Return the codes of all carriers."""
    return list(db.session.scalars(select(Carrier.code)))


def event_secret(code: str) -> str | None:
    """Return the secret that a carrier signs its events by; None where there is none."""
    return db.session.scalar(select(Carrier.event_secret).where(Carrier.code == code))


def rate_page(code: str, limit: int, cursor: str | None) -> Page:
    """Return a carrier's rates, in the order they were given in."""
    statement = select(CarrierRate).where(CarrierRate.carrier == get(code).code)
    return paginate(statement, [CarrierRate.id], limit, cursor)


def put(code: str, values: Mapping[str, Any]) -> tuple[Carrier, bool]:
    """Write a carrier as a whole, but for its next number, which only ever grows.

    A secret that is not given stays as it is, since nobody can read it.
    """
    key = checked_key(CarrierRow, code=code)
    present = find_locked(code)
    number = values["next_number"] or (present.next_number if present else 1)
    if present and number < present.next_number:
        raise Conflict("conflict", f"Numbers up to {present.next_number - 1} are given out.")
    name = values["name"] or code
    secret = values.get("event_secret", present.event_secret if present else None)
    more = {"name": name, "next_number": number, "event_secret": secret}
    return put_row(Carrier, key, {**values, **more})


def next_tracking_number(code: str) -> str:
    """Take the next number of a carrier's range: prefix, serial number, check digit.

    The check digit is GS1's mod 10 (weights 3 and 1 from the right) over all digits before it;
    letters of the prefix do not count. No number is given twice, however many ask at once.
    """
    taken = (
        update(Carrier)
        .where(Carrier.code == code)
        # A number taken is no change of the carrier: rates in memory go by updated_at.
        .values(next_number=Carrier.next_number + 1, updated_at=Carrier.updated_at)
        .returning(Carrier.tracking_prefix, Carrier.next_number)
        .execution_options(synchronize_session=False)
    )
    row = db.session.execute(taken).one_or_none()
    if row is None:
        raise NotFound("carrier", code)
    prefix, following = row
    body = f"{prefix}{following - 1:0{SERIAL_DIGITS}d}"
    return body + check_digit("".join(filter(str.isdigit, body)))


def locked(code: str) -> Carrier:
    """Return the carrier of this code, which nobody else changes before the transaction ends."""
    carrier = find_locked(code)
    if carrier is None:
        raise NotFound("carrier", code)
    return carrier


def find_locked(code: str) -> Carrier | None:
    """Return the carrier, if there is one; nobody else changes it before the transaction ends."""
    return db.session.get(Carrier, code, with_for_update=True, populate_existing=True)
