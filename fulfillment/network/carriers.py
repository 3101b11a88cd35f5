"""Carriers: find them, put one, and number parcels from their ranges."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update

from fulfillment.network.carrier_schemas import CarrierRow
from fulfillment.network.models import HTTP, Carrier, CarrierRate
from fulfillment.platform import rows
from fulfillment.platform.check_digits import check_digit
from fulfillment.platform.db import db
from fulfillment.platform.errors import Conflict, Invalid, NotFound
from fulfillment.platform.pages import Page, paginate
from fulfillment.platform.upserts import checked_key, put_row, table_of
from fulfillment.platform.webhooks import targets

SERIAL_DIGITS = 12
SECRETS = ("event_secret", "secret")
URLS = ("url", "manifest_url")


def get(code: str) -> Carrier:
    """Return the carrier of this code."""
    return rows.get(Carrier, code, "carrier")


def list_page(limit: int, cursor: str | None) -> Page:
    """Return the carriers, by code."""
    return paginate(select(Carrier), [Carrier.code], limit, cursor)


def codes() -> list[str]:
    """Return the codes of all carriers."""
    return list(db.session.scalars(select(Carrier.code)))


def of_type(kind: str) -> list[str]:
    """Return the codes of all carriers of a type."""
    return list(db.session.scalars(select(Carrier.code).where(Carrier.type == kind)))


def event_secret(code: str) -> str | None:
    """Return the secret that a carrier signs its events by; None where there is none."""
    return db.session.scalar(select(Carrier.event_secret).where(Carrier.code == code))


def rested(candidates: Collection[str], moment: datetime) -> dict[str, int]:
    """Return those that are asked over HTTP and do not rest now, with their failures in a row."""
    free = or_(Carrier.rest_until.is_(None), Carrier.rest_until <= moment)
    asked = Carrier.code.in_(candidates), Carrier.type == HTTP
    rows = db.session.execute(select(Carrier.code, Carrier.failures).where(*asked, free))
    return {row.code: row.failures for row in rows}


def hold(code: str, *, wait: bool = False) -> Carrier | None:
    """Return a carrier that is asked over HTTP, for its health to be told; None if there is none.

    Nobody else holds it then; unless we `wait`, None also if somebody does.
    """
    # Rows that refer to the carrier may be written meanwhile.
    asked = select(Carrier).where(Carrier.code == code, Carrier.type == HTTP)
    asked = asked.with_for_update(key_share=True, skip_locked=not wait)
    return db.session.scalar(asked.execution_options(populate_existing=True))


def note(code: str, health: Mapping[str, Any]) -> None:
    """Write down how a carrier is: beside its version, which is of what people set."""
    table = table_of(Carrier)
    values = {**health, "updated_at": table.c.updated_at}
    db.session.execute(update(table).where(table.c.code == code).values(values))


def rate_page(code: str, limit: int, cursor: str | None) -> Page:
    """Return a carrier's rates, in the order they were given in."""
    statement = select(CarrierRate).where(CarrierRate.carrier == get(code).code)
    return paginate(statement, [CarrierRate.id], limit, cursor)


def put(code: str, values: Mapping[str, Any]) -> tuple[Carrier, bool]:
    """Write a carrier as a whole, but for its next number, which only ever grows.

    A secret that is not given stays as it is, since nobody can read it. A carrier that rests is
    tried again at once: what was wrong may have been set right.
    """
    key = checked_key(CarrierRow, code=code)
    present = find_locked(code)
    number = values["next_number"] or (present.next_number if present else 1)
    if present and number < present.next_number:
        raise Conflict("conflict", f"Numbers up to {present.next_number - 1} are given out.")
    name = values["name"] or code
    more = {"name": name, "next_number": number, "rest_until": None}
    kept = {secret: getattr(present, secret, None) for secret in SECRETS}
    return put_row(Carrier, key, {**kept, **values, **more})


def check_urls(values: Mapping[str, Any], **_: Any) -> None:
    """Look up the hosts of a carrier's URLs, outside any transaction.

    One that is not known now may be later, and is looked up again before each try.

    Raises:
        Invalid: nothing is sent there.
    """
    rules, errors = targets.rules(), {}
    for name in URLS:
        try:
            if values[name]:
                targets.look_up(targets.parse(values[name], rules), rules)
        except targets.NoAddress:
            continue
        except targets.Refused as error:
            errors[name] = [str(error)]
    if errors:
        raise Invalid(errors)


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
