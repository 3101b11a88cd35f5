"""The demo's dock: one facility's day is picked, packed, labelled and given to the carrier."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fulfillment.demo.api import Api
from fulfillment.demo.planning import Progress

# A day that one person could pick while another watches.
MOST_SHIPMENTS = 150
PDF, CSV = "pdf", "csv"

Document = dict[str, Any]


@dataclass(frozen=True)
class Day:
    """What one facility handed over, and where its papers are."""

    facility: str = ""
    shipments: Sequence[Document] = ()
    packages: int = 0
    folder: Path = field(default_factory=Path)

    @property
    def units(self) -> int:
        return sum(line["quantity"] for shipment in self.shipments for line in shipment["lines"])


def work(api: Api, carrier: str, folder: Path, progress: Progress) -> Day:
    """Do the day's work of the busiest facility that is small enough to watch."""
    facility = chosen(api)
    queue = api.all_of(f"shipments?facility={facility}&status=planned")[:MOST_SHIPMENTS]
    labels = emptied(folder / "labels")
    for done, shipment in enumerate(queue, 1):
        for step in ("pick", "pack"):
            api.post(f"shipments/{shipment['id']}/{step}")
        label = api.file(f"shipments/{shipment['id']}/label.{PDF}")
        (labels / f"{shipment['order_ref']}-{shipment['id']}.{PDF}").write_bytes(label)
        progress("handover", done)
    manifest = api.post("manifests", {"facility": facility, "carrier": carrier})
    for suffix in (PDF, CSV):
        paper = api.file(f"manifests/{manifest['id']}.{suffix}")
        (folder / f"manifest.{suffix}").write_bytes(paper)
    api.post(f"manifests/{manifest['id']}/handover")
    gone = [api.get(f"shipments/{shipment['id']}") for shipment in queue]
    return Day(facility, gone, manifest["packages"], folder)


def chosen(api: Api) -> str:
    planned = api.all_of("shipments?status=planned")
    waiting = Counter[str](shipment["facility"] for shipment in planned)
    small = {code: n for code, n in waiting.items() if n <= MOST_SHIPMENTS} or dict(waiting)
    return max(small, key=lambda code: (small[code], code))


def emptied(folder: Path) -> Path:
    """Return the folder, without the papers of an earlier day."""
    folder.mkdir(parents=True, exist_ok=True)
    for paper in folder.glob(f"*.{PDF}"):
        paper.unlink()
    return folder
