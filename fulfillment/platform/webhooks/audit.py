"""The invariant of webhooks: of each subject the earliest news goes first, and it does go."""

from fulfillment.platform.audit import Check

CHECKS = [
    Check(
        9,
        "Of a webhook's pending deliveries of one subject the earliest alone is on its way.",
        """
        SELECT d.webhook || ' ' || CAST(d.event_id AS VARCHAR(36)) AS subject,
               CASE WHEN d.next_at IS NULL THEN 'waits for nothing'
                    ELSE 'overtakes an earlier one of ' || d.subject END AS detail
        FROM (SELECT webhook, event_id, subject, next_at,
                     ROW_NUMBER() OVER (PARTITION BY webhook, subject ORDER BY event_id) AS place
              FROM webhook_deliveries WHERE status = 'pending') d
        WHERE (d.place = 1) = (d.next_at IS NULL)
        """,
    ),
]
