"""How a transfer changes its status, and the news of it."""

from fulfillment.platform import clock, context, outbox
from fulfillment.platform.errors import WrongStatus
from fulfillment.supply.transfers.models import Status, Transfer

MOMENTS = {
    Status.READY: "ready_at",
    Status.IN_TRANSIT: "shipped_at",
    Status.RECEIVED: "received_at",
    Status.CANCELLED: "cancelled_at",
}


def require(transfer: Transfer, *allowed: Status) -> None:
    """Refuse a transfer in any other status."""
    if transfer.status not in allowed:
        raise WrongStatus("transfer", transfer.status, allowed)


def advance(transfer: Transfer, status: Status) -> None:
    """Bring a transfer to a status, with its moment, its actor and the news of it."""
    touch(transfer)
    transfer.status = status
    transfer.actor = context.actor.get().name
    setattr(transfer, MOMENTS[status], transfer.updated_at)
    publish(transfer, f"transfer.{status}")


def publish(transfer: Transfer, kind: str) -> None:
    """Tell of a transfer."""
    outbox.publish(
        kind,
        transfer.id,
        transfer_id=str(transfer.id),
        reference=transfer.reference,
        from_facility=transfer.from_facility,
        to_facility=transfer.to_facility,
    )


def touch(transfer: Transfer) -> None:
    # The lines have no version of their own: this write moves the ETag of the whole.
    transfer.updated_at = clock.now()
