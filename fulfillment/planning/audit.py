"""The invariant of plans: what they say they wrote is what they wrote."""

from fulfillment.platform.audit import Check

CHECKS = [
    Check(
        8,
        "Every line of a plan that was applied reached its order.",
        # A promise stays on record when a later wave moves its units, so the sums still hold. What
        # an order kept in a move was promised before, by whatever promised it then.
        """
        SELECT l.plan_id || ' ' || CAST(l.order_id AS VARCHAR(36)) || ' ' || l.sku || ' at '
               || l.facility AS subject,
               'applied ' || l.units || ', promised ' || COALESCE(p.units, 0) AS detail
        FROM (SELECT MAX(CAST(plan_id AS VARCHAR(36))) AS plan_id, order_id, facility, sku,
                     SUM(quantity) AS units
              FROM plan_lines
              WHERE outcome = 'applied' AND order_id IS NOT NULL
                AND (held_at IS NULL OR held_at <> facility)
              GROUP BY order_id, facility, sku) l
        LEFT JOIN (SELECT owner_id, sku, facility, SUM(quantity) AS units FROM promises
                   WHERE owner_kind = 'order' GROUP BY owner_id, sku, facility) p
               ON p.owner_id = l.order_id AND p.sku = l.sku AND p.facility = l.facility
        WHERE COALESCE(p.units, 0) < l.units
        """,
    ),
]
