"""A carrier that changes files with us: a manifest for each closing, and its events read back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select

from fulfillment.network.models import Carrier
from fulfillment.platform import clock
from fulfillment.platform.cells import csv_text
from fulfillment.platform.db import db, retried, transaction
from fulfillment.platform.webhooks import patience
from fulfillment.shipping.carriers import folders, requests, table
from fulfillment.shipping.carriers.models import MANIFEST, CarrierRequest
from fulfillment.shipping.carriers.verbs import Closed
from fulfillment.shipping.models import CONFIRMED, PENDING

KIND = "csv_dropbox"
AT_ONCE = 100

log = structlog.get_logger()

rate, label, parse_event = table.rate, table.label, table.parse_event


def manifest(closed: Closed, carrier: Carrier) -> None:
    """Have the manifest written into the carrier's folder."""
    payload = {"facility": closed.facility, "csv": csv_text(closed.rows, closed.shape)}
    requests.queue(MANIFEST, carrier.code, payload, manifest_id=closed.id)


def write_due(code: str) -> int:
    """Write the manifests that a carrier waits for into its folder, which we hold; return how many.

    One that was written and not booked is written again: the same bytes under the same name.
    """
    written = 0
    for request_id, manifest_id, payload in due(code):
        name = f"manifest-{payload['facility']}-{code}-{manifest_id}.csv"
        try:
            folders.write(folders.folder(code, folders.OUT) / name, payload["csv"].encode())
            written += book(request_id, None)
        except OSError as error:
            log.error("manifest not written", carrier=code, file=name, problem=str(error))
            book(request_id, str(error))
    return written


def due(code: str) -> Sequence[Any]:
    columns = CarrierRequest.id, CarrierRequest.manifest_id, CarrierRequest.payload
    theirs = CarrierRequest.carrier == code, CarrierRequest.kind == MANIFEST
    waiting = select(*columns).where(*theirs, CarrierRequest.next_at <= clock.now())
    found = db.session.execute(waiting.order_by(CarrierRequest.id).limit(AT_ONCE)).all()
    db.session.rollback()  # slow disks hold no transaction open
    return found


@retried
def book(request_id: UUID, problem: str | None) -> bool:
    """Write down that a manifest lies there, or why it does not."""
    with transaction() as session:
        row = session.get_one(CarrierRequest, request_id, with_for_update=True)
        if row.status != PENDING:
            return False
        row.attempts, row.problem = row.attempts + 1, problem
        if problem is None:
            requests.finish(row, CONFIRMED)
        else:
            row.next_at = clock.now() + patience.pause(row.attempts)
        return problem is None
