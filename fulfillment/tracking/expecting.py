"""When shipments come: by what was measured on their lane, else by what the service says."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app

from fulfillment.network import destinations, facilities, rates
from fulfillment.network.calendar import deliver_by
from fulfillment.network.lanes import delivery_days
from fulfillment.network.offers import USUAL_WEEK
from fulfillment.network.rates import ServiceRates
from fulfillment.platform import clock
from fulfillment.platform.config import Settings
from fulfillment.shipping.models import GONE, Shipment, Status
from fulfillment.tracking import chances
from fulfillment.tracking.lanes import Lane, histories, lane_of

DAY = timedelta(days=1)
MEASURED, BROCHURE, PROMISE = "measured", "brochure", "promise"


@dataclass(frozen=True)
class Expected:
    """The day on which a shipment comes, and what that is taken from."""

    on: date
    by: str


@dataclass(frozen=True)
class Outlook:
    """All that it takes to say when some shipments come."""

    now: datetime
    share: float
    histories: Mapping[Lane, Sequence[float]]
    services: Mapping[tuple[str, str], ServiceRates]
    settings: Settings
    origins: Mapping[str, ZoneInfo]
    destinations: Mapping[UUID, ZoneInfo]


def outlook(shipments: Sequence[Shipment]) -> Outlook:
    """Read what it takes to say when these shipments come."""
    settings: Settings = current_app.config["SETTINGS"]
    known = facilities.find({shipment.facility for shipment in shipments})
    origins = {code: ZoneInfo(facility.timezone) for code, facility in known.items()}
    return Outlook(
        clock.now(),
        settings.delivery_quantile,
        histories([lane_of(shipment) for shipment in shipments]),
        {(one.carrier, one.service): one for one in rates.loaded()},
        settings,
        origins,
        {s.id: zone_at(s.destination) or origins[s.facility] for s in shipments},
    )


def zone_at(destination: Mapping[str, str]) -> ZoneInfo | None:
    """Return the time zone of a destination's postal code, where that is known."""
    country, postal_code = destination.get("country"), destination.get("postal_code")
    if not postal_code:
        return None
    centroid = destinations.centroid_of(country or destinations.HOME_COUNTRY, postal_code)
    return ZoneInfo(centroid.timezone) if centroid and centroid.timezone else None


def due_at(shipment: Shipment, view: Outlook) -> datetime:
    """Return the end of the promised day, where the shipment goes."""
    midnight = datetime.combine(shipment.deliver_by + DAY, time(), view.destinations[shipment.id])
    return midnight.astimezone(UTC)


def expected(shipment: Shipment, view: Outlook) -> Expected | None:
    """Return when a shipment comes that is neither delivered nor gone; never a day that is over."""
    if shipment.status in (*GONE, Status.DELIVERED, Status.RETURNED):
        return None
    left = shipment.handed_over_at or max(shipment.ship_by, view.now)
    today = view.now.astimezone(view.destinations[shipment.id]).date()
    found = measured(shipment, left, view) or by_brochure(shipment, left, view)
    return Expected(max(found.on, today), found.by)


def measured(shipment: Shipment, left: datetime, view: Outlook) -> Expected | None:
    samples = view.histories[lane_of(shipment)]
    elapsed = max(0.0, (view.now - left) / DAY)
    days = chances.quantile(samples, view.share, elapsed) if samples else None
    # Out for longer than any before it: what was measured says nothing more but "now".
    if samples and days is None:
        days = elapsed
    zone = view.destinations[shipment.id]
    return None if days is None else Expected((left + days * DAY).astimezone(zone).date(), MEASURED)


def by_brochure(shipment: Shipment, left: datetime, view: Outlook) -> Expected:
    """Return when it comes by the service's days; as promised, where it has none any more."""
    if shipment.handed_over_at is None and view.now <= shipment.ship_by:
        return Expected(shipment.deliver_by, PROMISE)
    day = left.astimezone(view.origins[shipment.facility]).date()
    country = shipment.destination.get("country") or destinations.HOME_COUNTRY
    if shipment.carrier is None:
        road_km = shipment.distance_km * view.settings.tariff_road_factor
        days, week = 1 + int(road_km // view.settings.tariff_km_per_day), USUAL_WEEK
    else:
        service = view.services.get((shipment.carrier, shipment.service or ""))
        band = bisect_left(service.edges_km.tolist(), shipment.distance_km) if service else 0
        if service is None or band >= len(service.bands):
            return Expected(shipment.deliver_by, PROMISE)
        days, week = service.bands[band].transit_days, service.workdays
    return Expected(deliver_by(day, days, delivery_days(week, country)), BROCHURE)
