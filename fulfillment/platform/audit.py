"""The audit: every room names what must never be false, and how to find rows where it is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import current_app
from marshmallow import Schema, ValidationError, fields, validate, validates_schema
from msgspec import Struct
from sqlalchemy import text

from fulfillment.platform import clock
from fulfillment.platform.context import Role
from fulfillment.platform.db import db
from fulfillment.platform.http import Room

MOST_FINDINGS = 500
CHECKS = "CHECKS"

routes = Room("audit", __name__, "The invariants of the whole house, checked live")


class Check(Struct, frozen=True):
    """One invariant: its number and sentence, and a SELECT of `subject`, `detail` that break it."""

    number: int
    sentence: str
    findings: str


class Verdict(Struct, frozen=True):
    """What one pass over an invariant found; `next_after` is where the next page begins."""

    number: int
    sentence: str
    findings: Sequence[dict[str, str]]
    next_after: str | None

    @property
    def ok(self) -> bool:
        return not self.findings


class Report(Struct, frozen=True):
    """All verdicts, and when they were reached."""

    checked_at: datetime
    invariants: Sequence[Verdict]

    @property
    def ok(self) -> bool:
        return all(verdict.ok for verdict in self.invariants)


def run(limit: int = MOST_FINDINGS, number: int | None = None, after: str = "") -> Report:
    """Check the invariants, one set-based pass each; `after` pages through one of them."""
    checks: Sequence[Check] = current_app.config[CHECKS]
    chosen = [check for check in checks if number in (None, check.number)]
    return Report(clock.now(), [verdict(check, limit, after) for check in chosen])


def verdict(check: Check, limit: int, after: str) -> Verdict:
    paged = f"SELECT subject, detail FROM ({check.findings}) AS found WHERE subject > :after"
    rows = db.session.execute(
        text(f"{paged} ORDER BY subject LIMIT :rows"), {"after": after, "rows": limit + 1}
    ).all()
    findings = [{"subject": row.subject, "detail": row.detail} for row in rows[:limit]]
    more = findings[-1]["subject"] if len(rows) > limit else None
    return Verdict(check.number, check.sentence, findings, more)


class AuditQuery(Schema):
    """Which invariant, and where to go on."""

    limit = fields.Integer(strict=True, load_default=100, validate=validate.Range(1, MOST_FINDINGS))
    invariant = fields.Integer(strict=True, load_default=None)
    after = fields.String(load_default="")

    @validates_schema
    def goes_on_somewhere(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a subject to go on after that is of no invariant."""
        if data["after"] and data["invariant"] is None:
            raise ValidationError("Needs the invariant that it goes on with.", "after")


class FindingOut(Schema):
    """A row that breaks an invariant."""

    subject = fields.String()
    detail = fields.String()


class VerdictOut(Schema):
    """One invariant."""

    number = fields.Integer()
    sentence = fields.String()
    ok = fields.Boolean()
    findings = fields.List(fields.Nested(FindingOut))
    next_after = fields.String(allow_none=True)


class AuditOut(Schema):
    """Every invariant, checked now."""

    ok = fields.Boolean()
    checked_at = fields.AwareDateTime(format="iso")
    invariants = fields.List(fields.Nested(VerdictOut))


@routes.reads("/audit", to=frozenset({Role.ADMIN}), query=AuditQuery, returns=AuditOut)
def get_audit(query: dict[str, Any]) -> Any:
    """Check every invariant now."""
    return run(query["limit"], query["invariant"], query["after"])
