"""The demo's parcels on their way: the days pass, and the carrier tells of each of them.

What happens to a parcel is drawn, seeded by its number: most keep the promised day. The carrier
tells as carriers do: out of order, and some of it twice.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from random import Random
from typing import Any

from fulfillment.demo.api import Api
from fulfillment.demo.planning import Progress
from fulfillment.platform import clock
from fulfillment.tracking import watching

DAY = timedelta(days=1)
SATURDAY = 6
# In UTC, for the hours of a day from New York to Los Angeles.
SORTED, LOADED, AT_THE_DOOR, EVENING = time(9), time(14), time(20), time(23, 30)
MORNING = time(12)
# Assumed: the share of parcels that come on each working day around the promised one, and of those
# that nobody was at home for.
DAYS_OFF = {-1: 0.15, 0: 0.79, 1: 0.04, 2: 0.02}
NOBODY_HOME, TWICE = 0.03, 0.10

Document = dict[str, Any]


@dataclass
class Journey:
    """What came of the parcels, as the service tells it."""

    parcels: int = 0
    events: int = 0
    duplicates: int = 0
    days: int = 0
    late: int = 0
    warned: int = 0
    undelivered: int = 0
    link: str = ""
    listed: set[str] = field(default_factory=set)

    @property
    def on_time(self) -> int:
        return self.parcels - self.late - self.undelivered


def travelled(api: Api, shipments: Sequence[Document], progress: Progress) -> Journey:
    """Let the days pass until the last parcel has come; then it is today again."""
    journey, draw = Journey(parcels=len(shipments)), Random(len(shipments))
    by_day: dict[date, list[Document]] = defaultdict(list)
    for shipment in shipments:
        for event in events_of(shipment):
            by_day[datetime.fromisoformat(event["occurred_at"]).date()].append(event)
    try:
        for day in sorted(by_day):
            journey.days += 1
            watched_on(api, day, journey)
            told_on(api, by_day[day], day, draw, journey)
            progress("track", journey.days)
        settle(api, shipments, journey)
    finally:
        clock.ahead.set(timedelta())
    return journey


def watched_on(api: Api, day: date, journey: Journey) -> None:
    """Pass to the morning of a day, and watch for parcels at risk."""
    pass_to(day, MORNING)
    watching.refresh()
    journey.listed |= {one["shipment_id"] for one in api.all_of("shipments/at-risk")}


def told_on(api: Api, events: list[Document], day: date, draw: Random, journey: Journey) -> None:
    """Pass to the evening of a day, and tell its events."""
    pass_to(day, EVENING)
    told = events + [event for event in events if draw.random() < TWICE]
    draw.shuffle(told)
    report = api.post("tracking-events", {"events": told})
    journey.events += report["recorded"]
    journey.duplicates += report["duplicate"]


def pass_to(day: date, moment: time) -> None:
    clock.ahead.set(datetime.combine(day, moment, UTC) - datetime.now(UTC))


def events_of(shipment: Document) -> Iterator[Document]:
    """Yield what the carrier tells of a parcel."""
    draw, number = Random(shipment["order_ref"]), count(1)
    arrives = arrival(shipment, draw)
    missed = draw.random() < NOBODY_HOME
    at = [("in_transit", date.fromisoformat(shipment["ship_by"][:10]) + DAY, SORTED)]
    if missed:
        at += [("out_for_delivery", arrives, LOADED), ("attempt_failed", arrives, AT_THE_DOOR)]
        arrives = working_day(arrives, 1)
    at += [("out_for_delivery", arrives, LOADED), ("delivered", arrives, AT_THE_DOOR)]
    for status, day, moment in at:
        yield {
            "event_id": f"{shipment['tracking_number']}-{next(number)}",
            "tracking_number": shipment["tracking_number"],
            "status": status,
            "occurred_at": datetime.combine(day, moment, UTC).isoformat(),
        }


def arrival(shipment: Mapping[str, Any], draw: Random) -> date:
    """Draw the day of arrival; nothing comes on the day it leaves."""
    off = draw.choices(list(DAYS_OFF), list(DAYS_OFF.values()))[0]
    first = working_day(date.fromisoformat(shipment["ship_by"][:10]), 1)
    return max(first, working_day(date.fromisoformat(shipment["deliver_by"]), off))


def working_day(day: date, off: int) -> date:
    """Return the weekday that is so many weekdays after (or before) a day."""
    step = DAY if off >= 0 else -DAY
    for _ in range(abs(off)):
        day += step
        while day.isoweekday() >= SATURDAY:
            day += step
    return day


def settle(api: Api, shipments: Sequence[Document], journey: Journey) -> None:
    """Ask the service what came late, and whether it told of that by itself."""
    mine = {shipment["id"] for shipment in shipments}
    orders = sorted({shipment["order_id"] for shipment in shipments})
    tracked = [one for at in orders for one in api.get(f"orders/{at}/tracking")["shipments"]]
    for one in (one for one in tracked if one["id"] in mine):
        journey.undelivered += one["status"] != "delivered"
        journey.late += one["late"]
        journey.warned += one["late"] and one["id"] in journey.listed
    journey.link = api.post(f"orders/{shipments[0]['order_id']}/tracking-link")["link"]
