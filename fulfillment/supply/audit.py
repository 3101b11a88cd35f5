"""The invariants of what comes in, as set-based searches for rows that break them."""

from fulfillment.platform.audit import Check
from fulfillment.supply.purchasing.audit import CHECKS as PURCHASING_CHECKS
from fulfillment.supply.transfers.audit import CHECKS as TRANSFERS_CHECKS

ON_THE_WAY = """
    SELECT sku, facility, SUM(units) AS units
    FROM (
        SELECT l.sku, t.to_facility AS facility, l.in_transit AS units
        FROM transfer_lines l JOIN transfers t ON t.id = l.transfer_id
        WHERE l.in_transit > 0
        UNION ALL
        SELECT l.sku, o.facility, l.outstanding
        FROM purchase_order_lines l JOIN purchase_orders o ON o.id = l.order_id
        WHERE l.outstanding > 0
    ) AS each_line
    GROUP BY sku, facility
"""

CHECKS = [
    *TRANSFERS_CHECKS,
    *PURCHASING_CHECKS,
    Check(
        6,
        "What a facility expects is what is in transit to it or outstanding of its orders.",
        f"""
        SELECT l.sku || ' at ' || l.facility AS subject,
               'incoming ' || l.incoming || ', on the way ' || COALESCE(w.units, 0) AS detail
        FROM stock_levels l
        LEFT JOIN ({ON_THE_WAY}) w ON w.sku = l.sku AND w.facility = l.facility
        WHERE l.incoming <> COALESCE(w.units, 0)
        """,
    ),
]
