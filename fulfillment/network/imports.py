"""Facilities and postal codes by the thousand, from CSV tables or JSON lists."""

from collections.abc import Sequence

from fulfillment.network.facilities import completed
from fulfillment.network.models import Facility, PostalCode
from fulfillment.network.postal_code_schemas import PostalCodeRow
from fulfillment.network.schemas import HOLIDAYS, FacilityRow
from fulfillment.platform import imports
from fulfillment.platform.reports import Report
from fulfillment.platform.tables import Row, read

FACILITIES = imports.Subject(Facility, ("code",), FacilityRow, {"holidays": HOLIDAYS}, completed)
POSTAL_CODES = imports.Subject(PostalCode, ("country", "postal_code"), PostalCodeRow)


def read_facilities(raw: bytes, media_type: str) -> list[Row]:
    """Return the rows of a file or body of facilities."""
    return read(raw, media_type, "facilities", FacilityRow)


def read_postal_codes(raw: bytes, media_type: str) -> list[Row]:
    """Return the rows of a file or body of postal codes."""
    return read(raw, media_type, "postal_codes", PostalCodeRow)


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
