"""What may be entered into the ledger: kinds, signs, and what each kind must say."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from fulfillment.inventory.models import Kind, Movement
from fulfillment.platform.errors import Invalid

GIVES_REASON = {Kind.ADJUSTMENT, Kind.SCRAP, Kind.HOLD}
COMES_IN = {Kind.RECEIPT, Kind.TRANSFER_IN, Kind.RETURN}
GOES_OUT = {Kind.SHIPMENT, Kind.TRANSFER_OUT, Kind.SCRAP}
UNSIGNED = COMES_IN | GOES_OUT | {Kind.HOLD, Kind.UNHOLD}

LARGEST = 10**9
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
CLOCK_SKEW = timedelta(hours=24)


class Entry(Struct, frozen=True):
    """One movement as it is asked for. `quantity` is as the API has it: the kind gives the sign.

    `releases` is how many promised units leave with it (the shipment of an allocation). A hold of
    units that have `just_come` takes nothing from anybody: nobody was promised them.
    """

    kind: Kind
    sku: str
    facility: str
    quantity: int
    reason: str | None = None
    reference: str | None = None
    occurred_at: datetime | None = None
    expected_on_hand: int | None = None
    force: bool = False
    reverses: UUID | None = None
    cause: str = "api"
    cause_id: str | None = None
    releases: int = 0
    just_come: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.sku, self.facility


def check(entry: Entry, now: datetime) -> None:
    """Check what an entry says by itself.

    Raises:
        Invalid: naming each field that is wrong.
    """
    errors: dict[str, list[str]] = {}
    if entry.kind in UNSIGNED and entry.quantity < 1:
        errors["quantity"] = ["Must be at least 1: the kind gives the sign."]
    if entry.kind is Kind.ADJUSTMENT and entry.quantity == 0:
        errors["quantity"] = ["Must not be 0."]
    if entry.kind is Kind.COUNT and entry.quantity < 0:
        errors["quantity"] = ["Must be at least 0: it is what was counted."]
    if abs(entry.quantity) > LARGEST:
        errors["quantity"] = [f"Must be at most {LARGEST}."]
    if (entry.kind in GIVES_REASON or entry.force) and not entry.reason:
        errors["reason"] = ["A person decided this, so it needs a reason."]
    if entry.occurred_at and not EARLIEST <= entry.occurred_at <= now + CLOCK_SKEW:
        errors["occurred_at"] = [f"Must lie between {EARLIEST.date()} and tomorrow."]
    if errors:
        raise Invalid(errors)


def effect(entry: Entry, on_hand: int) -> tuple[int, int]:
    """Return the change of on hand and of unavailable units that an entry asks for."""
    match entry.kind:
        case Kind.COUNT:
            return entry.quantity - on_hand, 0
        case Kind.HOLD:
            return 0, entry.quantity
        case Kind.UNHOLD:
            return 0, -entry.quantity
        case kind if kind in GOES_OUT:
            return -entry.quantity, 0
        case _:
            return entry.quantity, 0


def reversal_of(movement: Movement, entry: Entry) -> Entry:
    """Return `entry` as the exact opposite of the movement that it reverses.

    Raises:
        Invalid: when it speaks of another stock level, kind or quantity.
    """
    kind, quantity = Kind.ADJUSTMENT, -movement.quantity
    if movement.kind in (Kind.HOLD, Kind.UNHOLD):
        kind = Kind.UNHOLD if movement.kind == Kind.HOLD else Kind.HOLD
        quantity = abs(movement.unavailable)
    if (entry.sku, entry.facility) != (movement.sku, movement.facility):
        raise Invalid({"reverses": ["That movement is of another stock level."]})
    if (entry.kind, entry.quantity) != (kind, quantity):
        raise Invalid({"reverses": [f"Its reversal is a movement {kind} of {quantity}."]})
    return replace(entry, cause="reversal", cause_id=str(movement.id))
