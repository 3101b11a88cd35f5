"""The invariants of returns, as set-based searches for rows that break them."""

from fulfillment.platform.audit import Check

CAME = """
    SELECT shipment_id, sku, SUM(received) AS units,
           SUM(quantity - received - short) AS outstanding
    FROM return_lines GROUP BY shipment_id, sku
"""
BOOKED = """
    SELECT REPLACE(cause_id, '-', '') AS return_id, sku, facility, SUM(quantity) AS units,
           SUM(unavailable) AS unavailable
    FROM movements WHERE cause = 'return'
    GROUP BY cause_id, sku, facility
"""
RECEIVED = """
    SELECT return_id, sku, SUM(received) AS units, SUM(unavailable) AS unavailable
    FROM return_lines GROUP BY return_id, sku
"""

CHECKS = [
    Check(
        5,
        "Per shipment line: returned + expected back <= shipped, and its returns say the same.",
        f"""
        SELECT 'shipment ' || CAST(l.shipment_id AS VARCHAR(36)) || ' line ' || l.sku AS subject,
               s.status || ': shipped ' || l.quantity || ', returned ' || l.returned ||
               ', returns received ' || COALESCE(c.units, 0) || ' and expect ' ||
               COALESCE(c.outstanding, 0) AS detail
        FROM shipment_lines l
        JOIN shipments s ON s.id = l.shipment_id
        LEFT JOIN ({CAME}) c ON c.shipment_id = l.shipment_id AND c.sku = l.sku
        WHERE l.returned <> COALESCE(c.units, 0)
           OR l.returned + COALESCE(c.outstanding, 0) > l.quantity
           OR (c.units IS NOT NULL AND s.handed_over_at IS NULL)
        """,
    ),
    Check(
        5,
        "What returns received stands so in the ledger, where each was received.",
        f"""
        SELECT 'return ' || CAST(r.id AS VARCHAR(36)) || ' line ' || c.sku AS subject,
               'received ' || c.units || ' (unavailable ' || c.unavailable || '), ledger ' ||
               COALESCE(b.units, 0) || ' (' || COALESCE(b.unavailable, 0) || ')' AS detail
        FROM returns r
        JOIN ({RECEIVED}) c ON c.return_id = r.id
        LEFT JOIN ({BOOKED}) b ON b.return_id = REPLACE(CAST(r.id AS VARCHAR(36)), '-', '')
             AND b.sku = c.sku AND b.facility = r.facility
        WHERE c.units <> COALESCE(b.units, 0) OR c.unavailable <> COALESCE(b.unavailable, 0)
        """,
    ),
    Check(
        5,
        "A return is open exactly while units of it are outstanding.",
        """
        SELECT 'return ' || CAST(r.id AS VARCHAR(36)) AS subject,
               r.status || ', outstanding ' || SUM(l.quantity - l.received - l.short) AS detail
        FROM returns r
        JOIN return_lines l ON l.return_id = r.id
        GROUP BY r.id, r.status
        HAVING (SUM(l.quantity - l.received - l.short) > 0)
            <> (r.status IN ('expected', 'partly_received'))
        """,
    ),
]
