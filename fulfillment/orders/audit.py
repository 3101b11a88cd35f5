"""The invariants of orders: every unit is accounted for, once, and so is what comes back."""

from fulfillment.orders.returns.audit import CHECKS as RETURNS_CHECKS
from fulfillment.platform.audit import Check

CHECKS = [
    *RETURNS_CHECKS,
    Check(
        5,
        "Per order line: allocated + backordered + shipped + cancelled = ordered.",
        """
        SELECT o.order_ref || ' ' || l.sku AS subject,
               'ordered ' || l.quantity || ', cancelled ' || l.cancelled ||
               ', promised ' || COALESCE(p.units, 0) || ', awaiting ' ||
               CASE WHEN o.awaiting THEN 'yes' ELSE 'no' END AS detail
        FROM order_lines l
        JOIN orders o ON o.id = l.order_id
        LEFT JOIN (SELECT owner_id, sku, SUM(quantity) AS units FROM promises
                   WHERE owner_kind = 'order' AND (closed_at IS NULL OR outcome = 'shipped')
                   GROUP BY owner_id, sku) p ON p.owner_id = l.order_id AND p.sku = l.sku
        WHERE COALESCE(p.units, 0) + l.cancelled > l.quantity
           OR (COALESCE(p.units, 0) + l.cancelled < l.quantity AND NOT o.awaiting)
        """,
    ),
]
