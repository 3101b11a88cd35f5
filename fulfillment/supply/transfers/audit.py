"""The invariants of transfers, as set-based searches for rows that break them."""

from fulfillment.platform.audit import Check

MOVED = """
    SELECT REPLACE(cause_id, '-', '') AS transfer, sku, facility,
           SUM(CASE WHEN kind = 'transfer_out' THEN -quantity ELSE 0 END) AS went,
           SUM(CASE WHEN kind = 'transfer_in' THEN quantity ELSE 0 END) AS came
    FROM movements WHERE cause = 'transfer'
    GROUP BY cause_id, sku, facility
"""
SUBJECT = "'transfer ' || CAST(t.id AS VARCHAR(36)) || ' line ' || l.sku"
HEX_ID = "REPLACE(CAST(t.id AS VARCHAR(36)), '-', '')"

CHECKS = [
    Check(
        6,
        "Per transfer: shipped = received + in transit + discrepancy, with a reason.",
        f"""
        SELECT {SUBJECT} AS subject,
               t.status || ': shipped ' || l.shipped || ', received ' || l.received ||
               ', in transit ' || l.in_transit || ', discrepancy ' || l.discrepancy AS detail
        FROM transfers t
        JOIN transfer_lines l ON l.transfer_id = t.id
        WHERE l.shipped <> l.received + l.in_transit + l.discrepancy
           OR (l.discrepancy <> 0 AND l.discrepancy_reason IS NULL)
           OR (l.shipped <> 0 AND t.status NOT IN ('in_transit', 'received'))
           OR (l.in_transit <> 0 AND t.status <> 'in_transit')
        """,
    ),
    Check(
        6,
        "What transfers shipped and received stands so in the ledger.",
        f"""
        SELECT {SUBJECT} AS subject,
               'shipped ' || l.shipped || ', ledger ' || COALESCE(o.went, 0) ||
               '; received ' || l.received || ', ledger ' || COALESCE(i.came, 0) AS detail
        FROM transfers t
        JOIN transfer_lines l ON l.transfer_id = t.id
        LEFT JOIN ({MOVED}) o ON o.transfer = {HEX_ID} AND o.sku = l.sku
             AND o.facility = t.from_facility
        LEFT JOIN ({MOVED}) i ON i.transfer = {HEX_ID} AND i.sku = l.sku
             AND i.facility = t.to_facility
        WHERE l.shipped <> COALESCE(o.went, 0) OR l.received <> COALESCE(i.came, 0)
        """,
    ),
    Check(
        6,
        "A transfer that is ready has its units reserved, and no other transfer has.",
        """
        SELECT 'promise ' || CAST(p.id AS VARCHAR(36)) AS subject,
               p.quantity || ' of ' || p.sku || ' at ' || p.facility ||
               ': no line of a ready transfer says so' AS detail
        FROM promises p
        LEFT JOIN transfer_lines l ON l.promise_id = p.id
             AND l.sku = p.sku AND l.quantity = p.quantity
        LEFT JOIN transfers t ON t.id = l.transfer_id AND t.status = 'ready'
        WHERE p.owner_kind = 'transfer' AND p.closed_at IS NULL AND t.id IS NULL
        UNION ALL
        SELECT 'transfer ' || CAST(t.id AS VARCHAR(36)) || ' line ' || l.sku, 'nothing reserved'
        FROM transfers t
        JOIN transfer_lines l ON l.transfer_id = t.id
        LEFT JOIN promises p ON p.id = l.promise_id AND p.closed_at IS NULL
        WHERE t.status = 'ready' AND p.id IS NULL
        """,
    ),
]
