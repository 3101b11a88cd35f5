"""A manifest on paper, with a line for the driver's signature."""

from fulfillment.shipping.documents.labels import SSCC_AI
from fulfillment.shipping.documents.sheets import Column, Table
from fulfillment.shipping.manifests.models import Manifest, ManifestLine

COLUMNS = (
    Column("SSCC", 50, SSCC_AI),
    Column("Order", 50),
    Column("Service", 30),
    Column("To", 30),
    Column("kg", 20),
)


def table_of(manifest: Manifest) -> Table:
    """Return a manifest as a table."""
    heading = [
        f"{manifest.facility} to {manifest.carrier}",
        f"Closed {manifest.created_at:%Y-%m-%d %H:%M} UTC by {manifest.actor}",
        f"{manifest.shipments} shipments, {manifest.packages} packages, "
        f"{manifest.weight_g / 1000:.2f} kg",
        str(manifest.id),
    ]
    rows = [row_of(line) for line in manifest.lines]
    signature = [("Received by, date and time: ______________________________________________",)]
    return Table("Manifest", heading, COLUMNS, [*rows, *signature])


def row_of(line: ManifestLine) -> tuple[str, ...]:
    to = " ".join(filter(None, (line.country, line.postal_code)))
    weight = f"{line.weight_g / 1000:.2f}" if line.weight_g else ""
    return line.sscc, line.order_ref, line.service or "", to, weight
