"""When shipments come: by what was measured on their way, else by the days of their promise."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from flask import current_app
from msgspec import Struct

from fulfillment.network.transit import MEASURED, Way
from fulfillment.platform import clock
from fulfillment.platform.config import Settings
from fulfillment.shipping.models import GONE, Shipment, Status
from fulfillment.tracking import chances, travel
from fulfillment.tracking.lanes import histories, way_of
from fulfillment.tracking.travel import Travel

PROMISE = "promise"


class Expected(Struct, frozen=True):
    """The day on which a shipment comes, and what that is taken from."""

    on: date
    by: str


class Outlook(Struct, frozen=True):
    """All that it takes to say when some shipments come."""

    now: datetime
    settings: Settings
    histories: Mapping[Way, Sequence[int]]
    travels: Mapping[UUID, Travel]


def outlook(shipments: Sequence[Shipment]) -> Outlook:
    """Read what it takes to say when these shipments come."""
    ways = [way_of(shipment) for shipment in shipments]
    settings: Settings = current_app.config["SETTINGS"]
    return Outlook(clock.now(), settings, histories(ways), travel.travels(shipments))


def expected(shipment: Shipment, view: Outlook) -> Expected | None:
    """Return when a shipment comes that is neither delivered nor gone; never a day that is over."""
    if shipment.status in (*GONE, Status.DELIVERED, Status.RETURNED):
        return None
    found = coming(shipment, view, view.travels[shipment.id])
    today = view.travels[shipment.id].day_there(view.now)
    return Expected(max(found.on, today), found.by)


def coming(shipment: Shipment, view: Outlook, on: Travel) -> Expected:
    left = shipment.handed_over_at or max(shipment.ship_by, view.now)
    if samples := view.histories[way_of(shipment)]:
        over = on.over(left, view.now)
        days = chances.quantile(samples, view.settings.delivery_quantile, over)
        # Out for longer than any before it: what was measured says nothing more but "now".
        return Expected(on.after(left, over + 1 if days is None else days), MEASURED)
    if shipment.handed_over_at is None and view.now <= shipment.ship_by:
        return Expected(shipment.deliver_by, PROMISE)
    return Expected(on.as_promised(left), shipment.transit)
