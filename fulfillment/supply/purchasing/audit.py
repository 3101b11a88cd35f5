"""The invariants of purchase orders, as set-based searches for rows that break them."""

from fulfillment.platform.audit import Check

CAME = """
    SELECT REPLACE(cause_id, '-', '') AS purchase_order, sku, facility, SUM(quantity) AS units
    FROM movements WHERE cause = 'purchase_order'
    GROUP BY cause_id, sku, facility
"""
TIMED = "SELECT order_id, sku, SUM(quantity) AS units FROM lead_times GROUP BY order_id, sku"
COSTS = "SELECT order_id, SUM(quantity * unit_cost) AS cost FROM purchase_order_lines GROUP BY 1"
ORDER = "'purchase order ' || CAST(o.id AS VARCHAR(36))"
SUBJECT = f"{ORDER} || ' line ' || l.sku"
HEX_ID = "REPLACE(CAST(o.id AS VARCHAR(36)), '-', '')"

CHECKS = [
    Check(
        6,
        "Per purchase order sent: ordered + over = received + outstanding + short, with a reason.",
        f"""
        SELECT {SUBJECT} AS subject,
               o.status || ': ordered ' || l.quantity || ', over ' || l.over || ', received ' ||
               l.received || ', outstanding ' || l.outstanding || ', short ' || l.short AS detail
        FROM purchase_orders o
        JOIN purchase_order_lines l ON l.order_id = o.id
        WHERE (o.sent_at IS NOT NULL
               AND l.quantity + l.over <> l.received + l.outstanding + l.short)
           OR (o.sent_at IS NULL AND l.received + l.outstanding + l.short + l.over <> 0)
           OR (l.short + l.over <> 0 AND l.discrepancy_reason IS NULL)
           OR (l.outstanding <> 0 AND o.status NOT IN ('sent', 'partly_received'))
           OR (l.received <> 0 AND o.status = 'sent')
        """,
    ),
    Check(
        6,
        "What came of purchase orders stands so in the ledger and among the lead times.",
        f"""
        SELECT {SUBJECT} AS subject,
               'received ' || l.received || ', ledger ' || COALESCE(m.units, 0) ||
               ', lead times ' || COALESCE(t.units, 0) AS detail
        FROM purchase_orders o
        JOIN purchase_order_lines l ON l.order_id = o.id
        LEFT JOIN ({CAME}) m ON m.purchase_order = {HEX_ID} AND m.sku = l.sku
             AND m.facility = o.facility
        LEFT JOIN ({TIMED}) t ON t.order_id = o.id AND t.sku = l.sku
        WHERE l.received <> COALESCE(m.units, 0) OR l.received <> COALESCE(t.units, 0)
        """,
    ),
    Check(
        8,
        "A purchase order costs what its lines do.",
        f"""
        SELECT {ORDER} AS subject, 'its cost is not the sum of its lines' AS detail
        FROM purchase_orders o
        LEFT JOIN ({COSTS}) c ON c.order_id = o.id
        WHERE o.cost <> COALESCE(c.cost, 0)
        """,
    ),
]
