"""What a plan proposes for stock, put into effect as transfers and purchase orders."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update

from fulfillment.inventory import availability
from fulfillment.planning.models import Plan, PlanLine
from fulfillment.platform.db import db
from fulfillment.platform.errors import Invalid
from fulfillment.supply.purchasing import queries as order_queries
from fulfillment.supply.purchasing import service as purchasing
from fulfillment.supply.schemas import MOST_LINES
from fulfillment.supply.transfers import queries as transfer_queries
from fulfillment.supply.transfers import service as transfers


@dataclass(frozen=True)
class Proposal:
    """Units of a SKU for a facility, from another one or from a supplier."""

    facility: str
    sku: str
    quantity: int
    held_at: str | None
    supplier: str | None

    @property
    def way(self) -> tuple[str, str, str]:
        """What goes into one document: the same ends."""
        return self.supplier or "", self.held_at or "", self.facility


Numbered = tuple[int, Proposal]


def pieces(plan_id: UUID) -> list[list[Numbered]]:
    """Return what is proposed, a piece for each document, of as many lines as it may have."""
    proposed = (PlanLine.plan_id == plan_id, PlanLine.outcome == "proposed")
    by_way: dict[tuple[str, str, str], list[Numbered]] = defaultdict(list)
    for row in db.session.scalars(select(PlanLine).where(*proposed).order_by(PlanLine.number)):
        line = Proposal(str(row.facility), row.sku, row.quantity, row.held_at, row.supplier)
        by_way[line.way].append((row.number, line))
    return [
        lines[start : start + MOST_LINES]
        for _, lines in sorted(by_way.items())
        for start in range(0, len(lines), MOST_LINES)
    ]


def publish(plan_id: UUID, lines: Sequence[Numbered]) -> Mapping[int, str]:
    """Propose these lines as one document; those that hold no more are lost."""
    withdraw_older(plan_id)
    good = [(number, line) for number, line in lines if is_there(line)]
    made = propose(plan_id, [line for _, line in good]) if good else None
    numbers = {number for number, _ in good} if made else set()
    mine = (PlanLine.plan_id == plan_id, PlanLine.number.in_(numbers))
    db.session.execute(update(PlanLine).where(*mine).values(made_id=made))
    return {number: "applied" if number in numbers else "lost" for number, _ in lines}


def withdraw_older(plan_id: UUID) -> None:
    """Call off what earlier plans of the kind proposed and nobody approved: this one knows more."""
    kind = db.session.get_one(Plan, plan_id).kind
    found = (
        (transfer_queries.proposed_by_plans(), transfers.cancel),
        (order_queries.proposed_by_plans(), purchasing.cancel),
    )
    for proposed, cancel in found:
        older = select(Plan.id).where(
            Plan.id.in_(set(proposed.values())), Plan.kind == kind, Plan.id < plan_id
        )
        plans = set(db.session.scalars(older))
        for document_id in sorted(one for one, plan in proposed.items() if plan in plans):
            cancel(document_id)


def is_there(line: Proposal) -> bool:
    """Tell whether a sender still has the units; a supplier is asked for them anyway."""
    if line.held_at is None:
        return True
    level = availability.levels([line.sku]).get((line.sku, line.held_at))
    return level is not None and level.available >= line.quantity


def propose(plan_id: UUID, lines: Sequence[Proposal]) -> UUID | None:
    """Propose the document and return its id; None where a supplier or its terms are gone."""
    first = lines[0]
    units = [{"sku": line.sku, "quantity": line.quantity} for line in lines]
    if first.held_at:
        return transfers.create(
            first.held_at, first.facility, units, propose=True, plan_id=plan_id
        ).id
    try:
        with db.session.begin_nested():
            return purchasing.propose(str(first.supplier), first.facility, units, plan_id).id
    except Invalid:
        return None
