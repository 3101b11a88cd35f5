"""Files of events: each row recorded by itself, each file once, and a report beside a bad one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from marshmallow import Schema, fields

from fulfillment.network import carriers
from fulfillment.platform import outbox
from fulfillment.platform.cells import csv_text
from fulfillment.platform.chunks import chunked
from fulfillment.platform.db import retried, transaction
from fulfillment.platform.errors import Invalid, Refusal
from fulfillment.platform.tables import CSV, JSON, Row
from fulfillment.shipping.carriers import csv_dropbox, folders, kinds
from fulfillment.tracking import service
from fulfillment.tracking.service import REFUSED, UNKNOWN, Outcome, Report

MOST_BYTES = 64 * 1024 * 1024
MEDIA_TYPES = {".csv": CSV, ".json": JSON}

log = structlog.get_logger()


class ExchangeFailed(Exception):
    """Some files could not be changed with a carrier: the run failed, the files are left."""


class FileRow(Schema):
    """What is wrong with one row of a file; row 0 is the file as a whole."""

    row = fields.Integer(required=True)
    outcome = fields.String(required=True)
    event_id = fields.String(required=True, allow_none=True)
    problem = fields.String(required=True)


@dataclass
class Tally:
    """What came of an exchange of files so far."""

    written: int = 0
    read: int = 0
    bad: int = 0
    left: list[str] = field(default_factory=list)


def exchange() -> str:
    """Write manifests for the carriers that take files, and read the events that they left.

    Raises:
        ExchangeFailed: naming what could not be done and is left for the next time.
    """
    tally = Tally()
    for code in carriers.of_type(csv_dropbox.KIND):
        with going_on(tally, code), folders.held(code) as ours:
            if ours:
                tally.written += csv_dropbox.write_due(code)
                read_all(code, tally)
    if tally.left:
        raise ExchangeFailed("; ".join(tally.left))
    return f"{tally.written} manifests written, {tally.read} files read, {tally.bad} with errors"


def read_all(code: str, tally: Tally) -> None:
    for path in folders.arrived(code):
        with going_on(tally, f"{code}/{path.name}"):
            good = take(code, path)
            tally.read, tally.bad = tally.read + 1, tally.bad + (not good)


@contextmanager
def going_on(tally: Tally, what: str) -> Iterator[None]:
    """Let no carrier and no file stand in the way of the others."""
    try:
        yield
    except Exception as error:
        log.exception("files not exchanged", what=what)
        tally.left.append(f"{what}: {error}")


def take(code: str, path: Path) -> bool:
    """Record the events of a carrier's file and move it away; tell whether all of it was good.

    Its good rows count though others are bad. Should we die in between, it is read again, which
    changes nothing: an event is recorded once.
    """
    try:
        wrong = [shown(one) for one in record_file(code, path) if is_wrong(one)]
    except Refusal as error:
        whole = Outcome(0, REFUSED, errors=error.errors or {"file": [error.detail]})
        wrong = [shown(whole)]
    if not wrong:
        folders.move(path, folders.free(folders.folder(code, folders.DONE), path))
        return True
    target = folders.free(folders.folder(code, folders.FAILED), path)
    report = target.with_name(f"{target.name}.report.csv")
    folders.write(report, csv_text(wrong, FileRow).encode("utf-8", "replace"))
    folders.move(path, target)
    tell(code, target.name, len(wrong))
    return False


def record_file(code: str, path: Path) -> list[Outcome]:
    """Record the events of a file of a carrier.

    Raises:
        Refusal: it cannot be read as a whole.
    """
    media_type = MEDIA_TYPES.get(path.suffix.lower())
    raw = folders.read(path, MOST_BYTES) if media_type else b""
    if media_type is None:
        raise Invalid({"file": ["Must end in .csv or .json."]})
    if raw is None:
        raise Invalid({"file": [f"Must be at most {MOST_BYTES} bytes."]})
    return record(kinds.of(code).parse_event(raw, media_type, *service.TABLE), code)


def record(rows: Sequence[Row], carrier: str | None) -> list[Outcome]:
    """Record any number of events, some of them in each transaction; return what became of each."""
    reports = [record_some(some, carrier) for some in chunked(rows, service.MOST_ROWS)]
    return [one for report in reports for one in report.outcomes]


@retried
def record_some(rows: Sequence[Row], carrier: str | None) -> Report:
    with transaction():
        return service.record(rows, carrier)


def is_wrong(one: Outcome) -> bool:
    return one.outcome in (REFUSED, UNKNOWN)


def shown(one: Outcome) -> dict[str, Any]:
    told = "; ".join(f"{name}: {' '.join(messages)}" for name, messages in one.errors.items())
    row = {"row": one.row, "outcome": one.outcome, "event_id": one.event_id}
    return row | {"problem": told or "No shipment of this carrier has that name."}


@retried
def tell(code: str, name: str, rows: int) -> None:
    log.error("file with errors", carrier=code, file=name, rows=rows)
    with transaction():
        outbox.publish("carrier.file_failed", code, carrier=code, file=name, rows=rows)
