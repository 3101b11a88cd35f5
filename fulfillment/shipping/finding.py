"""Which shipments are meant: by id, by a carrier's number, by the number of a package."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, tuple_

from fulfillment.network import carriers
from fulfillment.platform.db import db
from fulfillment.shipping.models import Shipment
from fulfillment.shipping.package_models import Package

COLUMNS: tuple[Any, ...] = (Shipment.id, Shipment.order_id, Shipment.carrier)


class Found(NamedTuple):
    """A shipment, without being locked or loaded."""

    id: UUID
    order_id: UUID
    carrier: str | None


def by_id(ids: Collection[UUID]) -> dict[UUID, Found]:
    """Return these shipments; unknown ones are absent."""
    rows = db.session.execute(select(*COLUMNS).where(Shipment.id.in_(ids))) if ids else ()
    return {row[0]: Found(*row) for row in rows}


def by_tracking_number(numbers: Collection[str]) -> dict[str, list[Found]]:
    """Return the shipments by tracking number; two carriers may number alike."""
    found: dict[str, list[Found]] = defaultdict(list)
    if numbers:
        # The index begins with the carrier, of whom there are few.
        theirs = Shipment.carrier.in_(carriers.codes()), Shipment.tracking_number.in_(numbers)
        rows = select(*COLUMNS, Shipment.tracking_number).where(*theirs)
        for *columns, number in db.session.execute(rows):
            found[str(number)].append(Found(*columns))
    return found


def by_sscc(ssccs: Collection[str]) -> dict[str, Found]:
    """Return the shipments of these packages, also of those whose label counts no more."""
    if not ssccs:
        return {}
    theirs = select(*COLUMNS, Package.sscc).join(Package, Shipment.id == Package.shipment_id)
    rows = db.session.execute(theirs.where(Package.sscc.in_(ssccs)))
    return {sscc: Found(*columns) for *columns, sscc in rows}


def parcels(shipment_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """Return the numbers of the packages whose labels count, by shipment."""
    found: dict[UUID, list[str]] = defaultdict(list)
    live = Package.shipment_id.in_(shipment_ids), Package.voided_at.is_(None)
    rows = select(Package.shipment_id, Package.sscc).where(*live).order_by(Package.number)
    for shipment_id, sscc in db.session.execute(rows):
        found[shipment_id].append(sscc)
    return found


def left_since(moment: datetime, after: UUID | None, most: int) -> list[tuple[datetime, Found]]:
    """Return shipments by when they were handed over, from a moment (behind one of them) on."""
    key = tuple_(Shipment.handed_over_at, Shipment.id)
    # That it is not NULL goes without saying, but not for the partial index.
    gone = Shipment.handed_over_at.is_not(None)
    since = key > (moment, after) if after else Shipment.handed_over_at >= moment
    rows = select(*COLUMNS, Shipment.handed_over_at).where(gone, since).order_by(*key).limit(most)
    return [(left, Found(*columns)) for *columns, left in db.session.execute(rows)]
