"""A plan: which facility ships what, at what cost, by when; kept as a document once promised."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct, field

from fulfillment.inventory.promises import Part
from fulfillment.network.transit import BROCHURE
from fulfillment.platform.errors import Invalid

CENT = Decimal("0.01")
MOST = 10**12


def money(amount: float) -> Decimal:
    """Return an amount of the maths as money, to the cent.

    Raises:
        Invalid: it is more than any shipment costs, and than the books have room for.
    """
    if amount > MOST:
        raise Invalid({"lines": [f"To ship them would cost more than {MOST:,}."]})
    return Decimal(repr(amount)).quantize(CENT)


class PlannedShipment(Struct, frozen=True):
    """One facility's share of an order."""

    facility: str
    lines: Mapping[str, int]
    carrier: str | None
    service: str | None
    distance_km: float
    shipping: Decimal
    handling: Decimal
    ship_by: datetime
    deliver_by: date
    transit: str = BROCHURE

    @property
    def cost(self) -> Decimal:
        return self.shipping + self.handling

    def parts(self) -> list[Part]:
        # The day is the facility's own: ship_by carries its offset.
        day = self.ship_by.date()
        return [Part(sku, self.facility, units, day) for sku, units in self.lines.items()]


class Plan(Struct, frozen=True):
    """One way to serve an order, and why this way."""

    shipments: Sequence[PlannedShipment]
    unfilled: Mapping[str, int]
    currency: str
    explanation: Mapping[str, Any] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        return not self.unfilled

    @property
    def cost(self) -> Decimal:
        return sum((shipment.cost for shipment in self.shipments), Decimal(0))

    @property
    def deliver_by(self) -> date | None:
        return max((shipment.deliver_by for shipment in self.shipments), default=None)

    def parts(self) -> list[Part]:
        return [part for shipment in self.shipments for part in shipment.parts()]

    def units(self) -> Counter[str]:
        """Return the units that ship, by SKU."""
        shipped: Counter[str] = Counter()
        for shipment in self.shipments:
            shipped.update(shipment.lines)
        return shipped

    def document(self) -> dict[str, Any]:
        """Return the plan as JSON, as clients see it and as it is stored."""
        return {
            "shipments": [shipment_document(s, self.currency) for s in self.shipments],
            "unfilled": lines_document(self.unfilled),
            "cost": {"total": str(self.cost), "currency": self.currency},
            "deliver_by": self.deliver_by.isoformat() if self.deliver_by else None,
            "complete": self.complete,
            "explanation": dict(self.explanation),
        }


def shipment_document(shipment: PlannedShipment, currency: str) -> dict[str, Any]:
    return {
        "facility": shipment.facility,
        "lines": lines_document(shipment.lines),
        "carrier": shipment.carrier,
        "service": shipment.service,
        "distance_km": round(shipment.distance_km, 1),
        "cost": {
            "shipping": str(shipment.shipping),
            "handling": str(shipment.handling),
            "total": str(shipment.cost),
            "currency": currency,
        },
        "ship_by": shipment.ship_by.isoformat(),
        "deliver_by": shipment.deliver_by.isoformat(),
        "transit": shipment.transit,
    }


def lines_document(lines: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"sku": sku, "quantity": units} for sku, units in lines.items()]


def plan_of(document: Mapping[str, Any]) -> Plan:
    """Return the plan that a document describes."""
    shipments = [shipment_of(shipment) for shipment in document["shipments"]]
    unfilled = {line["sku"]: line["quantity"] for line in document["unfilled"]}
    return Plan(shipments, unfilled, document["cost"]["currency"], document["explanation"])


def shipment_of(document: Mapping[str, Any]) -> PlannedShipment:
    return PlannedShipment(
        facility=document["facility"],
        lines={line["sku"]: line["quantity"] for line in document["lines"]},
        carrier=document["carrier"],
        service=document["service"],
        distance_km=document["distance_km"],
        shipping=Decimal(document["cost"]["shipping"]),
        handling=Decimal(document["cost"]["handling"]),
        ship_by=datetime.fromisoformat(document["ship_by"]),
        deliver_by=date.fromisoformat(document["deliver_by"]),
        transit=document.get("transit", BROCHURE),  # the only one there was at first
    )
