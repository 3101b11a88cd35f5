"""Allocated units that leave: shipped to the customer, or missed on the shelf."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select, update

from fulfillment.inventory import gate, ledger, promises
from fulfillment.inventory.entries import Entry
from fulfillment.inventory.gate import UNSYNCED
from fulfillment.inventory.ledger import Posted
from fulfillment.inventory.models import Kind, Promise
from fulfillment.platform import clock
from fulfillment.platform.db import db
from fulfillment.platform.errors import Conflict

SHORT_PICK = "short_pick"


class AllocationGone(Conflict):
    """Units were to leave that are not allocated any more."""

    def __init__(self) -> None:
        super().__init__("conflict", "The allocation is closed: it was shipped or released before.")


def locked(promise_ids: Sequence[UUID]) -> list[Promise]:
    """Lock the stock levels of these promises and return the promises, all of them open.

    Raises:
        AllocationGone: at least one is closed; units never leave twice.
    """
    chosen = select(Promise).where(Promise.id.in_(promise_ids)).order_by(Promise.sku, Promise.id)
    rows = db.session.scalars(chosen.execution_options(populate_existing=True)).all()
    gate.lock({(row.sku, row.facility) for row in rows})
    rows = db.session.scalars(chosen.execution_options(populate_existing=True)).all()
    if len(rows) < len(promise_ids) or any(row.closed_at for row in rows):
        raise AllocationGone
    return list(rows)


def ship(
    promise_ids: Sequence[UUID],
    kind: Kind,
    cause: str,
    cause_id: UUID,
    reference: str,
    *,
    force: bool = False,
    reason: str | None = None,
) -> list[Posted]:
    """Let allocated units leave the ledger, once, from the facilities that hold them.

    `kind` is `shipment` or `transfer_out`. With `force` (admin, with a reason) more may leave
    than is on hand.
    """
    rows = locked(promise_ids)
    posted = ledger.post_all(
        [
            Entry(
                kind,
                row.sku,
                row.facility,
                row.quantity,
                reason=reason,
                reference=reference,
                force=force,
                cause=cause,
                cause_id=str(cause_id),
                releases=row.quantity,
            )
            for row in rows
        ]
    )
    close_shipped(promise_ids)
    return posted


def close_shipped(promise_ids: Sequence[UUID]) -> None:
    # The ledger has taken the units from `reserved` already.
    shipped = {"closed_at": clock.now(), "outcome": "shipped", "at_risk": False}
    rows = update(Promise).where(Promise.id.in_(promise_ids)).values(shipped)
    db.session.execute(rows.execution_options(**UNSYNCED))


def miss(missing: Mapping[UUID, int], cause: str, cause_id: UUID, reference: str) -> None:
    """Book units that the shelf did not hold, and end that much of their promises.

    What a count had put at risk before is known to be missing: it is not booked twice.
    """
    for row in locked(sorted(missing)):
        units = missing[row.id]
        [level] = gate.lock([(row.sku, row.facility)])
        unknown = max(0, units - level.at_risk)
        promises.reduce(row, units)
        if unknown:
            ledger.post_all(
                [
                    Entry(
                        Kind.ADJUSTMENT,
                        row.sku,
                        row.facility,
                        -unknown,
                        reason=SHORT_PICK,
                        reference=reference,
                        cause=cause,
                        cause_id=str(cause_id),
                    )
                ]
            )
