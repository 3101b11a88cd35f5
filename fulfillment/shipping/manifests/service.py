"""The day's handover to a carrier: closed as a manifest, then given away as far as it is taken."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from fulfillment.inventory import allocations
from fulfillment.network import carriers, facilities
from fulfillment.platform import clock, context, outbox
from fulfillment.platform.db import db
from fulfillment.platform.errors import Conflict, Invalid, NotFound, WrongStatus
from fulfillment.shipping import floor
from fulfillment.shipping.carriers import kinds
from fulfillment.shipping.carriers.verbs import Closed
from fulfillment.shipping.manifests import queries
from fulfillment.shipping.manifests.models import Manifest, ManifestLine
from fulfillment.shipping.manifests.schemas import ManifestLineOut
from fulfillment.shipping.models import Shipment, Status
from fulfillment.shipping.package_models import Package
from fulfillment.shipping.queries import lock_many

Packages = Mapping[UUID, Sequence[Package]]


def close(facility: str, carrier: str) -> Manifest:
    """Put all that is packed for a carrier, and on no open manifest, on a new one.

    Raises:
        Invalid: the facility or the carrier is unknown.
        Conflict: nothing is left to put on it.
    """
    context.require_facility(facility)
    refuse_unknown(facility, carrier)
    shipments = queries.lock_packed(facility, carrier)
    # Read after the locks: a manifest closed a moment ago has these shipments already.
    ids = [shipment.id for shipment in shipments]
    listed = queries.on_open_manifests(ids)
    found = queries.packages_of(ids)
    free = {i: some for i, some in found.items() if some and not listed & {p.sscc for p in some}}
    if not free:
        raise Conflict("conflict", f"Nothing is packed for {carrier} that is on no manifest yet.")
    manifest = written(facility, carrier, [s for s in shipments if s.id in free], free)
    db.session.add(manifest)
    db.session.flush()
    rows = ManifestLineOut().dump(manifest.lines, many=True)
    kinds.manifest(carrier, Closed(manifest.id, facility, rows, ManifestLineOut))
    publish(manifest, "manifest.closed")
    return manifest


def refuse_unknown(facility: str, carrier: str) -> None:
    errors = {"facility": ["Unknown facility."]} if facilities.unknown([facility]) else {}
    try:
        carriers.get(carrier)
    except NotFound:
        errors["carrier"] = ["Unknown carrier."]
    if errors:
        raise Invalid(errors)


def written(
    facility: str, carrier: str, shipments: Sequence[Shipment], packages: Packages
) -> Manifest:
    lines = [line_of(one, package) for one in shipments for package in packages[one.id]]
    return Manifest(
        facility=facility,
        carrier=carrier,
        shipments=len(shipments),
        packages=len(lines),
        weight_g=sum(shipment.weight_g or 0 for shipment in shipments),
        actor=context.actor.get().name,
        created_at=clock.now(),
        lines=sorted(lines, key=lambda line: line.sscc),
    )


def line_of(shipment: Shipment, package: Package) -> ManifestLine:
    return ManifestLine(
        sscc=package.sscc,
        shipment_id=shipment.id,
        order_ref=shipment.order_ref,
        service=shipment.service,
        weight_g=package.weight_g,
        postal_code=shipment.destination.get("postal_code"),
        country=shipment.destination.get("country"),
    )


def publish(manifest: Manifest, kind: str) -> None:
    where = {"facility": manifest.facility, "carrier": manifest.carrier}
    taken = sum(line.taken for line in manifest.lines)
    outbox.publish(kind, manifest.id, manifest_id=str(manifest.id), **where, taken=taken)


def hand_over(manifest_id: UUID, ssccs: Sequence[str] | None) -> Manifest:
    """Hand over the packages that the driver took: those named, or all that still stand ready.

    What is left stays packed, for the next manifest.

    Raises:
        WrongStatus: this manifest was handed over before.
        Invalid: a package is not on it or not ready any more, or a shipment is not taken whole.
        InsufficientStock: a count says that some units are not there; nothing is handed over.
    """
    manifest = queries.get_locked(manifest_id)
    if manifest.handed_over_at:
        raise WrongStatus("manifest", "handed_over", ["closed"])
    lines = {line.sscc: line for line in manifest.lines}
    shipments = lock_many({line.shipment_id for line in manifest.lines})
    ready = [shipment for shipment in shipments if shipment.status == Status.PACKED]
    packages = queries.packages_of([shipment.id for shipment in ready])
    taken = everything(lines, packages) if ssccs is None else named(ssccs, lines, packages)
    give([shipment for shipment in ready if shipment.id in taken])
    for line in manifest.lines:
        line.taken = line.shipment_id in taken
    manifest.handed_over_at = clock.now()
    db.session.flush()
    publish(manifest, "manifest.handed_over")
    return manifest


def everything(lines: Mapping[str, ManifestLine], packages: Packages) -> set[UUID]:
    """Return the shipments whose packages are those of the manifest still."""
    return {i for i, some in packages.items() if some and all(p.sscc in lines for p in some)}


def named(ssccs: Sequence[str], lines: Mapping[str, ManifestLine], packages: Packages) -> set[UUID]:
    """Return the shipments that these packages make up, each whole."""
    ready = {package.sscc for some in packages.values() for package in some}
    errors: dict[str, list[str]] = {}
    for index, sscc in enumerate(ssccs):
        if sscc not in lines:
            errors[f"ssccs.{index}"] = ["Not on this manifest."]
        elif sscc not in ready:
            errors[f"ssccs.{index}"] = ["Not packed any more, or its label was voided."]
    taken = {lines[sscc].shipment_id for sscc in ssccs if sscc in lines}
    left = {p.sscc for i in taken & packages.keys() for p in packages[i]} - set(ssccs)
    if left and not errors:
        told = f"A shipment leaves whole; these belong to it: {', '.join(sorted(left))}."
        errors = {"ssccs": [told]}
    if errors:
        raise Invalid(errors)
    return taken


def give(shipments: Sequence[Shipment]) -> None:
    # All levels at once, in key order: two handovers could wait for each other otherwise.
    if promised := [line.promise_id for shipment in shipments for line in shipment.lines]:
        allocations.locked(promised)
    for shipment in shipments:
        floor.hand_over(shipment.id, False, None)
