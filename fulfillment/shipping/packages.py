"""The packages of a shipment: find them, void them, take units out of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select, update

from fulfillment.platform import clock
from fulfillment.platform.db import db
from fulfillment.platform.pages import Page, paginate
from fulfillment.shipping.models import Shipment
from fulfillment.shipping.package_models import Package


def live(shipment_id: UUID) -> Sequence[Package]:
    """Return the packages whose labels count, by their numbers."""
    rows = select(Package).where(Package.shipment_id == shipment_id, Package.voided_at.is_(None))
    return db.session.scalars(rows.order_by(Package.number)).all()


def page(shipment_id: UUID, limit: int, cursor: str | None) -> Page:
    """Return the packages of a shipment, the voided among them, oldest first."""
    rows = select(Package).where(Package.shipment_id == shipment_id)
    return paginate(rows, [Package.id], limit, cursor)


def void(shipment: Shipment) -> None:
    """Let the labels of a shipment count no more; their numbers are never given again."""
    theirs = update(Package).where(Package.shipment_id == shipment.id, Package.voided_at.is_(None))
    db.session.execute(theirs.values(voided_at=clock.now()))


def take_out(shipment: Shipment, units: Mapping[str, int]) -> None:
    """Take units by SKU out of the packages, the last first; one that comes to nothing is void."""
    left = Counter(units)
    present = live(shipment.id)
    for package in reversed(present):
        take_out_of(package, left)
    db.session.flush()
    shipment.packages = sum(package.voided_at is None for package in present) or shipment.packages


def take_out_of(package: Package, left: Counter[str]) -> None:
    for line in list(package.lines):
        taken = min(line.quantity, left[line.sku])
        if taken == 0:
            continue
        left[line.sku] -= taken
        package.weight_g = None  # nobody has weighed it since
        if taken == line.quantity:
            package.lines.remove(line)
            package.voided_at = None if package.lines else clock.now()
        else:
            line.quantity -= taken
