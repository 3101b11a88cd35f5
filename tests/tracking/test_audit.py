"""What must never be false of tracking is found where it is."""

from sqlalchemy import text

from fulfillment.platform import audit
from fulfillment.platform.db import db, transaction
from fulfillment.tracking.audit import CHECKS


def broken():
    db.session.rollback()
    found = [audit.verdict(check, 10, "").findings for check in CHECKS]
    return [finding["detail"] for findings in found for finding in findings]


def changed(statement):
    with transaction() as session:
        session.execute(text(statement))


def test_an_event_without_effect_must_say_why(ship, tell):
    tell(ship(to="pick"), ("in_transit", 0))
    assert broken() == []
    changed("UPDATE tracking_events SET problem = NULL")
    assert broken() == ["picked, but event e-1 says in_transit"]
    changed("UPDATE tracking_events SET problem = 'Not handed over.'")


def test_a_journey_ends_with_its_shipment(ship, tell):
    tell(ship(), ("delivered", 0))
    assert broken() == []
    changed("UPDATE journeys SET ended_at = NULL, days = NULL")
    assert broken() == ["delivered, its journey goes on"]
    changed("UPDATE journeys SET ended_at = handed_over_at")
