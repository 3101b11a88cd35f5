"""Where a shipment stands by what its carrier told: a function of the set of events, not of order.

Of one parcel, an end (returned, then delivered) stands above everything. An exception stands until
anything later is told. Of the rest the highest rank counts, and within a rank what happened last.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from msgspec import Struct

from fulfillment.shipping.models import Status
from fulfillment.tracking.vocabularies import Word

MEANING: Mapping[Word, Status] = {
    Word.IN_TRANSIT: Status.IN_TRANSIT,
    Word.OUT_FOR_DELIVERY: Status.OUT_FOR_DELIVERY,
    Word.AVAILABLE_FOR_PICKUP: Status.OUT_FOR_DELIVERY,
    Word.ATTEMPT_FAILED: Status.ATTEMPTED,
    Word.FAILURE: Status.EXCEPTION,
    Word.ERROR: Status.EXCEPTION,
    Word.CANCELLED: Status.EXCEPTION,
    Word.DELIVERED: Status.DELIVERED,
    Word.RETURN_TO_SENDER: Status.RETURNED,
}
RANK: Mapping[Word, int] = {
    Word.UNKNOWN: 0,
    Word.PRE_TRANSIT: 1,
    Word.IN_TRANSIT: 2,
    Word.OUT_FOR_DELIVERY: 3,
    Word.AVAILABLE_FOR_PICKUP: 3,
    Word.ATTEMPT_FAILED: 3,
    Word.FAILURE: 4,
    Word.ERROR: 4,
    Word.CANCELLED: 4,
    Word.DELIVERED: 5,
    Word.RETURN_TO_SENDER: 6,
}
# Words that say: the carrier has it.
MOVED = frozenset(MEANING) - {Word.FAILURE, Word.ERROR, Word.CANCELLED}
ENDS = (Status.RETURNED, Status.DELIVERED)
SEVERITY = {word: number for number, word in enumerate(Word)}


class Correctable(Protocol):
    """What says which events count no more."""

    @property
    def carrier(self) -> str: ...
    @property
    def event_id(self) -> str: ...
    @property
    def corrects(self) -> str | None: ...


E = TypeVar("E", bound=Correctable)


class Told(Struct, frozen=True):
    """One event: a word, when it happened, and of which parcel (None: of all)."""

    carrier: str
    event_id: str
    word: Word
    occurred_at: datetime
    sscc: str | None = None
    corrects: str | None = None


class Standing(Struct, frozen=True):
    """Where a shipment stands, since when it is delivered, and when it first moved."""

    status: Status
    delivered_at: datetime | None
    moved_at: datetime | None


def standing_of(events: Collection[Told], parcels: Sequence[str]) -> Standing:
    """Return where a shipment of these parcels stands, given all that was ever told of it."""
    valid = unvoided(events)
    by_parcel = [of_parcel(valid, sscc) for sscc in parcels] or [valid]
    status = together([status_of(theirs) for theirs in by_parcel])
    arrivals = [arrival(theirs) for theirs in by_parcel]
    moved = [event.occurred_at for event in valid if event.word in MOVED]
    arrived = max((moment for moment in arrivals if moment), default=None)
    delivered_at = arrived if status is Status.DELIVERED else None
    return Standing(status, delivered_at, min(moved, default=None))


def unvoided(events: Collection[E]) -> list[E]:
    """Return the events that no other event of their carrier corrects."""
    void = voided(events)
    return [event for event in events if (event.carrier, event.event_id) not in void]


def voided(events: Collection[E]) -> set[tuple[str, str | None]]:
    """Return the carriers and names of the events that others of their carrier correct."""
    return {(event.carrier, event.corrects) for event in events if event.corrects}


def of_parcel(events: Collection[Told], sscc: str) -> list[Told]:
    """Return what was told of a parcel, by itself or with the whole shipment."""
    return [event for event in events if event.sscc in (None, sscc)]


def status_of(events: Collection[Told]) -> Status:
    """Return where a parcel stands by its valid events."""
    told = [event for event in events if event.word in MEANING]
    if not told:
        return Status.HANDED_OVER
    meant = {MEANING[event.word] for event in told}
    for end in ENDS:
        if end in meant:
            return end
    # The severity decides between events of one moment, so that their arrival never does.
    last = max(told, key=lambda event: (event.occurred_at, SEVERITY[event.word]))
    if MEANING[last.word] is Status.EXCEPTION:
        return Status.EXCEPTION
    usual = [event for event in told if MEANING[event.word] is not Status.EXCEPTION]
    highest = max(usual, key=lambda e: (RANK[e.word], e.occurred_at, SEVERITY[e.word]))
    return MEANING[highest.word]


def together(statuses: Sequence[Status]) -> Status:
    """Return where a shipment stands whose parcels stand so: all must arrive, trouble shows."""
    under_way = [status for status in statuses if status not in ENDS]
    if not under_way:
        return Status.RETURNED if Status.RETURNED in statuses else Status.DELIVERED
    for trouble in (Status.EXCEPTION, Status.ATTEMPTED):
        if trouble in under_way:
            return trouble
    if set(under_way) == {Status.OUT_FOR_DELIVERY}:
        return Status.OUT_FOR_DELIVERY
    return Status.HANDED_OVER if set(statuses) == {Status.HANDED_OVER} else Status.IN_TRANSIT


def arrival(events: Collection[Told]) -> datetime | None:
    """Return when a parcel was first told to be delivered."""
    return min((e.occurred_at for e in events if e.word is Word.DELIVERED), default=None)
