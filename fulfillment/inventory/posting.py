"""Movements as the API takes them: one request, many rows, one verdict or one each."""

from collections.abc import Sequence
from typing import Any

from fulfillment.inventory import ledger
from fulfillment.inventory.entries import Entry
from fulfillment.inventory.ledger import Outcome
from fulfillment.platform.errors import Refusal
from fulfillment.platform.problems import of_refusal

Row = Entry | Refusal
"""A row of the request: readable, or refused already for its shape."""


def post_rows(movements: Sequence[Row], atomic: bool, dry_run: bool) -> dict[str, Any]:
    """Post the rows and describe what became of each.

    Raises:
        Refusal: in an atomic request, when any row is refused; its errors name every such row.
    """
    posted = iter(ledger.post([m for m in movements if isinstance(m, Entry)], dry_run=dry_run))
    outcomes = [row if isinstance(row, Refusal) else next(posted) for row in movements]
    refused = {i: o for i, o in enumerate(outcomes) if isinstance(o, Refusal)}
    if atomic and refused:
        raise combined(refused)
    return {"dry_run": dry_run, "movements": [described(o, dry_run) for o in outcomes]}


def described(outcome: Outcome, dry_run: bool) -> dict[str, Any]:
    if isinstance(outcome, Refusal):
        return {"status": "refused", "problem": of_refusal(outcome)}
    status = "would_post" if dry_run else "posted"
    at_risk = outcome.at_risk if outcome.movement["kind"] == "count" else None
    return {**outcome.movement, "status": status, "at_risk": at_risk}


def any_posted(report: dict[str, Any]) -> bool:
    """Tell whether the ledger has a new line."""
    return any(row["status"] == "posted" for row in report["movements"])


def combined(refused: dict[int, Refusal]) -> Refusal:
    """Return one refusal for the whole request, led by the worst: invalid before conflict."""
    worst = max(refused.values(), key=lambda refusal: refusal.status)
    errors: dict[str, list[str]] = {}
    for index, refusal in refused.items():
        for field, messages in (refusal.errors or {"": [refusal.detail]}).items():
            errors[f"movements.{index}.{field}".rstrip(".")] = list(messages)
    shortages = [s for r in refused.values() for s in r.data.get("shortages", ())]
    result = Refusal(worst.code, worst.detail, errors, **worst.data)
    result.status = worst.status
    if shortages:
        result.data["shortages"] = shortages
    return result
