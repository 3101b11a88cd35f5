"""The invariants of tracking, as set-based searches for rows that break them."""

from fulfillment.platform.audit import Check
from fulfillment.tracking.derivation import MOVED

HAS_IT = ", ".join(f"'{word}'" for word in sorted(MOVED))

CHECKS = [
    Check(
        2,
        "A shipment that its carrier has was handed over, or its events say why it was not.",
        f"""
        SELECT 'shipment ' || CAST(s.id AS VARCHAR(36)) AS subject,
               s.status || ', but event ' || e.event_id || ' says ' || e.word AS detail
        FROM tracking_events e
        JOIN shipments s ON s.id = e.shipment_id
        WHERE e.word IN ({HAS_IT}) AND s.handed_over_at IS NULL AND e.problem IS NULL
          AND NOT EXISTS (SELECT 1 FROM tracking_events c
                          WHERE c.shipment_id = e.shipment_id AND c.carrier = e.carrier
                            AND c.corrects = e.event_id)
        """,
    ),
    Check(
        2,
        "A journey has ended exactly when its shipment was delivered or came back.",
        """
        SELECT 'shipment ' || CAST(s.id AS VARCHAR(36)) AS subject,
               s.status || ', its journey ' ||
               CASE WHEN j.ended_at IS NULL THEN 'goes on' ELSE 'has ended' END AS detail
        FROM journeys j
        JOIN shipments s ON s.id = j.shipment_id
        WHERE (j.ended_at IS NOT NULL) <> (s.status IN ('delivered', 'returned'))
        """,
    ),
]
