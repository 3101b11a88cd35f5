"""Facilities: find them by code, list them, and put one as a whole."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from fulfillment.network.models import Facility
from fulfillment.network.schemas import FacilityRow
from fulfillment.network.zip_codes import zip_code
from fulfillment.platform import rows
from fulfillment.platform.chunks import chunked
from fulfillment.platform.db import db
from fulfillment.platform.errors import Invalid
from fulfillment.platform.pages import Page, paginate
from fulfillment.platform.tags import tagged
from fulfillment.platform.upserts import Values, checked_key, put_row

AT_ONCE = 5_000


def find(codes: Collection[str]) -> dict[str, Facility]:
    """Return the facilities of these codes by code; unknown ones are absent."""
    found: dict[str, Facility] = {}
    for some in chunked(sorted(set(codes)), AT_ONCE):
        chosen = db.session.scalars(select(Facility).where(Facility.code.in_(some)))
        found |= {facility.code: facility for facility in chosen}
    return found


def unknown(codes: Collection[str]) -> list[str]:
    """Return which of these codes are no facility, sorted."""
    return sorted(set(codes) - find(codes).keys())


def all_by_code() -> Sequence[Facility]:
    """Return every facility, in the order of their codes."""
    return db.session.scalars(select(Facility).order_by(Facility.code)).all()


def active() -> Sequence[Facility]:
    """Return the facilities that ship, in the order of their codes."""
    chosen = select(Facility).where(Facility.active).order_by(Facility.code)
    return db.session.scalars(chosen).all()


def find_locked(code: str) -> Facility | None:
    """Return the facility, if there is one; nobody else changes it before the transaction ends."""
    return db.session.get(Facility, code, with_for_update=True, populate_existing=True)


def get(code: str) -> Facility:
    """Return the facility of this code."""
    return rows.get(Facility, code, "facility")


def list_page(
    limit: int, cursor: str | None, active: bool | None, country: str | None, tag: str | None
) -> Page:
    """Return the facilities of this kind, by code."""
    statement = select(Facility)
    if active is not None:
        statement = statement.where(Facility.active == active)
    if country is not None:
        statement = statement.where(Facility.country == country)
    if tag is not None:
        statement = statement.where(tagged(Facility.tags, tag))
    return paginate(statement, [Facility.code], limit, cursor)


def put(code: str, values: Mapping[str, Any]) -> tuple[Facility, bool]:
    """Write a facility as a whole; tell whether it is new."""
    key = checked_key(FacilityRow, code=code)
    return put_row(Facility, key, completed({**key, **values}, {}))


def completed(given: Values, present: Values) -> Values:
    """Name a facility after its code, and locate it by its ZIP code, where that is not given.

    Raises:
        Invalid: there is no time zone.
    """
    facility = present | given
    if not facility["name"]:
        given = given | {"name": facility["code"]}
    postal_code = given.get("postal_code")
    is_news = postal_code != present.get("postal_code")
    if postal_code and is_news and facility["country"] == "US":
        known = by_zip_code(postal_code)
        given = given | {n: v for n, v in known.items() if given.get(n) is None}
    if not (facility | given)["timezone"]:
        unknown = (
            {"postal_code": ["Not a US ZIP code that tells the time zone."]} if postal_code else {}
        )
        raise Invalid({"timezone": ["Needed where no US ZIP code tells it."], **unknown})
    return given


def by_zip_code(postal_code: str) -> Values:
    known = zip_code(postal_code)
    return {"lat": known.lat, "lng": known.lng, "timezone": known.timezone} if known else {}
