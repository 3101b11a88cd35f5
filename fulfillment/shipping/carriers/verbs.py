"""What every kind of carrier can do: rate, label, manifest, parse_event."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from marshmallow import Schema
from msgspec import Struct

from fulfillment.network.models import HANDOVER, PACKING, Carrier
from fulfillment.network.quotes import Quote
from fulfillment.platform.tables import Row
from fulfillment.shipping.models import Shipment


class Step(StrEnum):
    """The steps of a shipment at which its carrier may have to give it a number and a label."""

    PACKING = PACKING
    HANDOVER = HANDOVER


class Closed(Struct, frozen=True):
    """A manifest that was closed: its packages as rows of a shape."""

    id: UUID
    facility: str
    rows: Sequence[dict[str, Any]]
    shape: type[Schema]


class Adapter(Protocol):
    """A kind of carrier: one module with these four functions, and a line in `kinds.KINDS`.

    None of them waits for the other side: what must be sent is queued, and goes after the commit.
    """

    def rate(self, shipment: Shipment, by_table: Sequence[Quote]) -> Sequence[Quote]:
        """Return what its carriers ask for a shipment, given what their rate tables say."""

    def label(self, shipment: Shipment, carrier: Carrier, step: Step) -> None:
        """Give a shipment its number and label at this step, or see that they come."""

    def manifest(self, closed: Closed, carrier: Carrier) -> None:
        """See that a carrier learns of a manifest."""

    def parse_event(
        self, raw: bytes, media_type: str, noun: str, schema: type[Schema]
    ) -> list[Row]:
        """Return events that a carrier tells, as rows of the shape (`schema`) that tracking takes.

        Raises:
            Refusal: they cannot be read as a whole; what is wrong with one is kept with its row.
        """
