"""Recording what carriers tell: every row judged by itself, every shipment settled by all of it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from msgspec import Struct, field

from fulfillment.platform import clock, context
from fulfillment.platform.db import db, insert_for_engine
from fulfillment.platform.errors import FieldErrors, Invalid
from fulfillment.platform.ids import new_id
from fulfillment.platform.imports import loaded
from fulfillment.platform.tables import Row, read
from fulfillment.platform.upserts import Values
from fulfillment.shipping.carriers import kinds
from fulfillment.shipping.finding import Found
from fulfillment.tracking import naming, settling
from fulfillment.tracking.derivation import MOVED, RANK
from fulfillment.tracking.models import TrackingEvent
from fulfillment.tracking.naming import Names
from fulfillment.tracking.schemas import TrackingEventRow
from fulfillment.tracking.vocabularies import Word
from fulfillment.tracking.vocabularies import read as understood

MOST_ROWS = 1_000
NOUN = "events"
TABLE = (NOUN, TrackingEventRow)
RECORDED, DUPLICATE, UNKNOWN, REFUSED = "recorded", "duplicate", "unknown_shipment", "refused"


class Outcome(Struct, frozen=True):
    """What became of a row."""

    row: int
    outcome: str
    event_id: str | None = None
    shipment_id: UUID | None = None
    word: str | None = None
    problem: str | None = None
    errors: FieldErrors = field(default_factory=dict)


class Report(Struct, frozen=True):
    """What became of all rows: how many of each outcome, and each by itself."""

    rows: int
    recorded: int
    duplicate: int
    unknown_shipment: int
    refused: int
    outcomes: Sequence[Outcome]


class Meant(Struct, frozen=True):
    """A good row, the shipment that it names, and the event that it is."""

    row: Row
    found: Found
    event: Values

    @property
    def key(self) -> tuple[str, str]:
        return self.event["carrier"], self.event["event_id"]


def read_events(raw: bytes, media_type: str, carrier: str | None = None) -> list[Row]:
    """Return the rows of a body, as they are told by all or by one carrier.

    Raises:
        Invalid: there are too many of them.
    """
    parse = kinds.of(carrier).parse_event if carrier else read
    rows = parse(raw, media_type, *TABLE)
    if len(rows) > MOST_ROWS:
        raise Invalid({NOUN: [f"At most {MOST_ROWS} rows at once; these are {len(rows)}."]})
    return rows


def record(rows: Sequence[Row], carrier: str | None = None) -> Report:
    """Record the events that are new, and bring their shipments to where they stand by them.

    With a `carrier`, or a key that is bound to one, only its events are taken.
    """
    bound = naming.bound_carrier() or carrier
    good, refused = judged(rows, bound)
    names = naming.names_in([values for _, values in good])
    meant, missed = understand(good, names, bound)
    shipments = settling.lock({one.found for one in meant})
    new = inserted(meant)
    touched = {one.found.id for one in meant if one.event["id"] in new}
    problems = settling.settle([s for s in shipments if s.id in touched], news=True)
    known = [outcome_of(one, one.event["id"] in new, problems) for one in meant]
    return report(refused + missed + known)


def judged(
    rows: Sequence[Row], bound: str | None
) -> tuple[list[tuple[Row, Values]], list[Outcome]]:
    """Split the rows into those of good shape and those refused."""
    schema, good, refused = TrackingEventRow(), [], []
    for row in rows:
        try:
            values = loaded(schema, row)
            good.append((row, values | {"carrier": naming.carrier_of(values, bound)}))
        except Invalid as error:
            refused.append(refusal(row, error))
    return good, refused


def refusal(row: Row, error: Invalid) -> Outcome:
    event_id = row.values.get("event_id")
    told = event_id if isinstance(event_id, str) else None
    return Outcome(row.number, REFUSED, told, errors=error.errors or {})


def understand(
    good: Sequence[tuple[Row, Values]], names: Names, bound: str | None
) -> tuple[list[Meant], list[Outcome]]:
    """Return the events of known shipments, and what became of the other rows."""
    meant, others = [], []
    for row, values in good:
        try:
            found = naming.find(values, values["carrier"], bound is not None, names)
        except Invalid as error:
            others.append(refusal(row, error))
            continue
        if found is None:
            others.append(Outcome(row.number, UNKNOWN, values["event_id"]))
        else:
            meant.append(Meant(row, found, event_of(values, found)))
    return meant, others


def event_of(values: Values, found: Found) -> Values:
    """Return the columns of an event."""
    detail = values.get("status_detail")
    word = understood(values["status"], detail, values["vocabulary"])
    told = {name: values.get(name) for name in ("sscc", "location", "message", "corrects")}
    return told | {
        "id": new_id(),
        "shipment_id": found.id,
        "carrier": values["carrier"] or found.carrier or "",
        "event_id": values["event_id"],
        "word": str(word),
        "rank": RANK[word],
        "status": values["status"],
        "status_detail": detail,
        "vocabulary": str(values["vocabulary"]),
        "actor": context.actor.get().name,
        "occurred_at": values["occurred_at"],
        "received_at": clock.now(),
    }


def inserted(meant: Iterable[Meant]) -> set[UUID]:
    """Write the events that nobody wrote before; return their ids."""
    first = {one.key: one.event for one in reversed(list(meant))}
    if not first:
        return set()
    # In the order of their keys, so that no two batches with events in common wait in a ring.
    rows = [first[key] for key in sorted(first)]
    statement = insert_for_engine(TrackingEvent).on_conflict_do_nothing()
    return set(db.session.scalars(statement.returning(TrackingEvent.id), rows))


def outcome_of(one: Meant, is_new: bool, problems: Mapping[UUID, str]) -> Outcome:
    event = one.event
    outcome = RECORDED if is_new else DUPLICATE
    problem = problems.get(one.found.id) if is_new and Word(event["word"]) in MOVED else None
    names = {name: event[name] for name in ("event_id", "shipment_id", "word")}
    return Outcome(one.row.number, outcome, **names, problem=problem)


def report(outcomes: Sequence[Outcome]) -> Report:
    count = Counter(one.outcome for one in outcomes)
    counts = {name: count[name] for name in (RECORDED, DUPLICATE, UNKNOWN, REFUSED)}
    return Report(len(outcomes), **counts, outcomes=sorted(outcomes, key=lambda one: one.row))
