"""Plain rows are read and written as the schema would: the same verdicts, the same words."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import example, given
from hypothesis import strategies as st
from marshmallow import RAISE, ValidationError
from msgspec.structs import replace

from fulfillment.inventory import plain
from fulfillment.inventory.models import Kind
from fulfillment.inventory.schemas import MovementIn, MovementResult, MovementsOut

TEXTS = st.one_of(
    st.sampled_from(["S1", "W-1", "", " S1", "S1 ", "a\tb", "ä" * 64, "x" * 65, "x" * 201, "W\n"]),
    st.text(max_size=4),
)
VALUES = st.one_of(TEXTS, st.none(), st.booleans(), st.integers(), st.floats(), st.just([]))
ROWS = st.fixed_dictionaries(
    {
        "kind": st.one_of(st.sampled_from([*map(str, Kind), "Receipt"]), VALUES),
        "sku": st.one_of(TEXTS, VALUES),
        "facility": st.one_of(TEXTS, VALUES),
        "quantity": st.one_of(st.integers(-(10**9) - 1, 10**9 + 1), VALUES),
    },
    optional={"reason": VALUES, "reference": VALUES, "force": VALUES, "colour": VALUES},
)
A_ROW = {"kind": "receipt", "sku": "S1", "facility": "W1", "quantity": 3}


def by_schema(row):
    try:
        return MovementIn(unknown=RAISE).load(row)
    except ValidationError:
        return None


@given(st.one_of(ROWS, VALUES))
@example(A_ROW)
@example(A_ROW | {"quantity": 10**9, "reason": None, "reference": "x" * 200})
def test_what_is_read_at_once_is_what_the_schema_reads(row):
    entry = plain.read_entry(row)
    assert entry is None or entry == by_schema(row)


def test_a_usual_row_is_plain():
    assert plain.read_entry(A_ROW) == by_schema(A_ROW)
    assert plain.read_entry(A_ROW | {"reason": "r"}) == replace(by_schema(A_ROW), reason="r")


def test_results_are_written_as_the_schema_writes_them():
    promise = {"owner_kind": "order", "owner_id": UUID(int=1), "reference": "o-1"}
    promise |= {"sku": "S1", "facility": "W1", "quantity": 2}
    moment = datetime(2026, 1, 31, 12, 0, 0, 5, UTC)
    row = {"id": UUID(int=2), "kind": "count", "sku": "S1", "facility": "W1", "entry": 4}
    row |= {"quantity": -1, "unavailable": 0, "balance_after": 3, "actor": "key:1", "cause": "api"}
    row |= {"cause_id": None, "reason": None, "reference": "r", "forced": False, "reverses": None}
    row |= {"occurred_at": moment, "recorded_at": moment, "status": "posted", "at_risk": [promise]}
    refused = {"status": "refused", "problem": {"type": "/problems/conflict"}}
    told = MovementsOut().dump({"dry_run": False, "movements": [row, refused]})
    assert told["movements"] == MovementResult(many=True).dump([row, refused])
