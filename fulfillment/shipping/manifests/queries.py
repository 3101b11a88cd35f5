"""Reads of manifests, and of what could stand on one."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from fulfillment.platform import context
from fulfillment.platform.chunks import chunked
from fulfillment.platform.db import db
from fulfillment.platform.errors import NotFound
from fulfillment.platform.pages import Page, paginate
from fulfillment.platform.rows import of_facility
from fulfillment.shipping.manifests.models import Manifest, ManifestLine
from fulfillment.shipping.models import Shipment, Status
from fulfillment.shipping.package_models import Package
from fulfillment.shipping.queries import AT_ONCE, locking


def get(manifest_id: UUID) -> Manifest:
    """Return a manifest that the caller may see."""
    return visible(manifest_id, select(Manifest).where(Manifest.id == manifest_id))


def get_locked(manifest_id: UUID) -> Manifest:
    """Return a manifest as it is now, locked until the transaction ends."""
    chosen = select(Manifest).where(Manifest.id == manifest_id).with_for_update()
    return visible(manifest_id, chosen.execution_options(populate_existing=True))


def visible(manifest_id: UUID, statement: Select[Any]) -> Manifest:
    manifest: Manifest | None = db.session.scalar(statement)
    if manifest is None:
        raise NotFound("manifest", manifest_id)
    context.require_facility(manifest.facility)
    return manifest


def list_page(query: Mapping[str, Any]) -> Page:
    """Return manifests, oldest first."""
    rows = select(Manifest).where(*chosen(query))
    return paginate(rows, [Manifest.id], query["limit"], query["cursor"])


def chosen(query: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    which = of_facility(Manifest.facility, query.get("facility"))
    if carrier := query.get("carrier"):
        which.append(Manifest.carrier == carrier)
    return which


def lock_packed(facility: str, carrier: str) -> Sequence[Shipment]:
    """Return the packed shipments of a facility for a carrier, locked."""
    here = Shipment.facility == facility, Shipment.carrier == carrier
    return db.session.scalars(locking(*here, Shipment.status == Status.PACKED)).all()


def packages_of(shipment_ids: Collection[UUID]) -> dict[UUID, list[Package]]:
    """Return the packages whose labels count, by shipment."""
    found: dict[UUID, list[Package]] = {shipment_id: [] for shipment_id in shipment_ids}
    for some in chunked(sorted(shipment_ids), AT_ONCE):
        rows = select(Package).where(Package.shipment_id.in_(some), Package.voided_at.is_(None))
        for package in db.session.scalars(rows.order_by(Package.shipment_id, Package.number)):
            found[package.shipment_id].append(package)
    return found


def on_open_manifests(shipment_ids: Collection[UUID]) -> set[str]:
    """Return the numbers of these shipments' packages that a manifest waits to hand over."""
    found: set[str] = set()
    for some in chunked(sorted(shipment_ids), AT_ONCE):
        rows = select(ManifestLine.sscc).join(Manifest)
        theirs = ManifestLine.shipment_id.in_(some), Manifest.handed_over_at.is_(None)
        found |= set(db.session.scalars(rows.where(*theirs)))
    return found
