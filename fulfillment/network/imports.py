"""Facilities, postal codes and rate tables by the thousand, from CSV tables or JSON lists."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, select

from fulfillment.network import carriers
from fulfillment.network.carrier_schemas import RateRow
from fulfillment.network.facilities import completed
from fulfillment.network.models import CarrierRate, Facility, PostalCode
from fulfillment.network.postal_code_schemas import PostalCodeRow
from fulfillment.network.schemas import HOLIDAYS, FacilityRow
from fulfillment.platform import clock, imports
from fulfillment.platform.db import db
from fulfillment.platform.ids import new_id
from fulfillment.platform.reports import Report
from fulfillment.platform.tables import Row, read
from fulfillment.platform.upserts import Key, Values, table_of

FACILITIES = imports.Subject(Facility, ("code",), FacilityRow, {"holidays": HOLIDAYS}, completed)
POSTAL_CODES = imports.Subject(PostalCode, ("country", "postal_code"), PostalCodeRow)
BAND = ("service", "max_distance_km", "max_weight_g")
RATES = imports.Subject(CarrierRate, BAND, RateRow)


def read_facilities(raw: bytes, media_type: str) -> list[Row]:
    """Return the rows of a file or body of facilities."""
    return read(raw, media_type, "facilities", FacilityRow)


def read_postal_codes(raw: bytes, media_type: str) -> list[Row]:
    """Return the rows of a file or body of postal codes."""
    return read(raw, media_type, "postal_codes", PostalCodeRow)


def read_rates(raw: bytes, media_type: str) -> list[Row]:
    """Return the rows of a file or body of rates."""
    return read(raw, media_type, "rates", RateRow)


def import_facilities(
    rows: Sequence[Row], *, atomic: bool = False, dry_run: bool = False
) -> Report:
    """Write facilities: new ones whole, of known ones what a row gives."""
    return imports.import_rows(FACILITIES, rows, atomic=atomic, dry_run=dry_run)


def import_postal_codes(
    rows: Sequence[Row], *, atomic: bool = False, dry_run: bool = False
) -> Report:
    """Write the centroids of postal codes."""
    return imports.import_rows(POSTAL_CODES, rows, atomic=atomic, dry_run=dry_run)


def replace_rates(carrier: str, rows: Sequence[Row], *, dry_run: bool = False) -> Report:
    """Put a new rate table in the place of the carrier's present one.

    Raises:
        Invalid: a row is bad; then the present table stays, since half a table prices wrongly.
    """
    locked = carriers.locked(carrier)
    good, refused = imports.judged(RATES, rows)
    imports.refuse_all(refused)
    new = {key: {**values, "carrier": carrier} for key, (_, values) in good.items()}
    old = present_rates(carrier)
    same = sum(old.get(key) == rate for key, rate in new.items())
    if not dry_run and new != old:
        write_rates(carrier, list(new.values()))
        locked.updated_at = clock.now()
    created = len(new.keys() - old.keys())
    return Report(len(rows), created, len(new) - created - same, same, [], dry_run)


def present_rates(carrier: str) -> dict[Key, Values]:
    columns = [c for c in table_of(CarrierRate).c if c.name != "id"]
    rows = db.session.execute(select(*columns).where(CarrierRate.carrier == carrier)).mappings()
    return {tuple(row[name] for name in BAND): dict(row) for row in rows}


def write_rates(carrier: str, rates: Sequence[Values]) -> None:
    db.session.execute(delete(CarrierRate).where(CarrierRate.carrier == carrier))
    if rates:
        db.session.execute(insert(CarrierRate), [{"id": new_id(), **rate} for rate in rates])
