"""Source and hold many carts: as if each had been reserved by itself, in the order given."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response
from msgspec import Struct

from fulfillment.inventory import holding_many
from fulfillment.platform.errors import Refusal
from fulfillment.platform.fast_json import encoded
from fulfillment.platform.problems import of_refusal
from fulfillment.sourcing import carts
from fulfillment.sourcing.bulk.outcomes import Held, Outcome, outcomes_of
from fulfillment.sourcing.bulk.schemas import Row
from fulfillment.sourcing.bulk.wishes import Asked, wishes_of

Told = Mapping[str, Any]


class Chosen(Struct, frozen=True):
    """The carts of a call, and what becomes of each if no rival comes between."""

    asked: Sequence[Asked]
    outcomes: Sequence[Outcome]


def choose(body: Mapping[str, Any]) -> Chosen:
    """Source the carts of a request; nothing is written."""
    asked = wishes_of(body["reservations"])
    return Chosen(asked, outcomes_of(asked))


def hold(body: Mapping[str, Any], chosen: Chosen) -> Response:
    """Write the holds and tell what became of each cart.

    From the first cart that a rival has beaten, all are chosen anew; inside the transaction, since
    nothing of a call may be seen before all of it is kept. That ends: the stock levels that were
    asked for are locked, so the next choice knows them and can only be beaten elsewhere.
    """
    done: list[Outcome] = []
    outcomes = chosen.outcomes
    while outcomes:
        done += outcomes[: written(outcomes)]
        outcomes = outcomes_of(chosen.asked[len(done) :])
    rows: Sequence[Row] = body["reservations"]
    return answer([described(row, one) for row, one in zip(rows, done, strict=True)])


def written(outcomes: Sequence[Outcome]) -> int:
    """Write the holds from the front as far as their units go; return how many outcomes stand."""
    at = [number for number, outcome in enumerate(outcomes) if isinstance(outcome, Held)]
    held = [outcome for outcome in outcomes if isinstance(outcome, Held)]
    earlier = {one.hold.cart_ref: one.earlier for one in held if one.earlier}
    count = holding_many.write([one.hold for one in held], earlier) if held else 0
    return at[count] if count < len(held) else len(outcomes)


def described(row: Row, outcome: Outcome) -> Told:
    if isinstance(outcome, Refusal):
        return {"cart_ref": row.cart_ref, "status": "refused", "problem": of_refusal(outcome)}
    told, hold, earlier = outcome.told, outcome.hold, outcome.earlier
    made = earlier.created_at if earlier and earlier.id == hold.id else hold.created_at
    own = {
        "explanation": carts.without_candidates(told["explanation"]),
        "id": str(hold.id),
        "cart_ref": hold.cart_ref,
        "status": "held",
        "expires_at": hold.expires_at.isoformat(),
        "created_at": made.isoformat(),
    }
    return {**told, **own}


def answer(told: Sequence[Told]) -> Response:
    """Return the answer as `CartsOut` has it, told at once: field by field takes far longer."""
    held = any(row["status"] == "held" for row in told)
    body = encoded({"reservations": told})
    return Response(body, 201 if held else 200, content_type="application/json")
