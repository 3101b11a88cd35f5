"""The invariants of shipments, as set-based searches for rows that break them."""

from fulfillment.platform.audit import Check
from fulfillment.shipping.models import ON_THE_FLOOR, UNDER_WAY, Status, quoted

SHIPPED = """
    SELECT REPLACE(cause_id, '-', '') AS shipment, sku, facility, -SUM(quantity) AS units,
           COUNT(*) AS times
    FROM movements WHERE cause = 'shipment' AND kind = 'shipment'
    GROUP BY cause_id, sku, facility
"""

IN_PACKAGES = """
    SELECT k.shipment_id, i.sku, SUM(i.quantity) AS units
    FROM packages k JOIN package_lines i ON i.package_id = k.id
    WHERE k.voided_at IS NULL
    GROUP BY k.shipment_id, i.sku
"""

CHECKS = [
    Check(
        2,
        "Every open promise to an order stands on one line of a shipment that has not left.",
        f"""
        SELECT 'promise ' || CAST(p.id AS VARCHAR(36)) AS subject,
               p.quantity || ' of ' || p.sku || ' at ' || p.facility || ' for ' || p.reference ||
               ': ' || CASE WHEN s.id IS NULL THEN 'no shipment carries it'
                            ELSE 'its shipment line says ' || l.quantity || ' of ' || l.sku END
               AS detail
        FROM promises p
        LEFT JOIN shipment_lines l ON l.promise_id = p.id
        LEFT JOIN shipments s ON s.id = l.shipment_id AND s.status IN ({quoted(ON_THE_FLOOR)})
             AND s.order_id = p.owner_id AND s.facility = p.facility
        WHERE p.owner_kind = 'order' AND p.closed_at IS NULL
          AND (s.id IS NULL OR l.quantity <> p.quantity OR l.sku <> p.sku)
        UNION ALL
        SELECT 'shipment ' || CAST(s.id AS VARCHAR(36)) || ' line ' || l.sku,
               s.status || ', but its promise is ' || p.outcome
        FROM shipments s
        JOIN shipment_lines l ON l.shipment_id = s.id
        JOIN promises p ON p.id = l.promise_id
        WHERE s.status IN ({quoted(ON_THE_FLOOR)}) AND p.closed_at IS NOT NULL
        """,
    ),
    Check(
        2,
        "What was handed over left the ledger once, line by line.",
        f"""
        SELECT 'shipment ' || CAST(s.id AS VARCHAR(36)) || ' line ' || l.sku AS subject,
               l.quantity || ' handed over, the ledger says ' || COALESCE(m.units, 0) || ' in ' ||
               COALESCE(m.times, 0) || ' movements' AS detail
        FROM shipments s
        JOIN shipment_lines l ON l.shipment_id = s.id
        LEFT JOIN ({SHIPPED}) m
               ON m.shipment = REPLACE(CAST(s.id AS VARCHAR(36)), '-', '')
              AND m.sku = l.sku AND m.facility = s.facility
        WHERE s.handed_over_at IS NOT NULL
          AND (COALESCE(m.units, 0) <> l.quantity OR COALESCE(m.times, 0) <> 1)
        """,
    ),
    Check(
        2,
        "Packages whose labels count are of packed shipments, and hold what those hold.",
        f"""
        SELECT 'shipment ' || CAST(l.shipment_id AS VARCHAR(36)) || ' line ' || l.sku AS subject,
               l.quantity || ' in the shipment, ' || COALESCE(p.units, 0) || ' in its packages'
               AS detail
        FROM shipments s
        JOIN shipment_lines l ON l.shipment_id = s.id
        JOIN (SELECT DISTINCT shipment_id FROM ({IN_PACKAGES}) known) told
             ON told.shipment_id = l.shipment_id
        LEFT JOIN ({IN_PACKAGES}) p ON p.shipment_id = l.shipment_id AND p.sku = l.sku
        WHERE s.status = 'packed' AND COALESCE(p.units, 0) <> l.quantity
        UNION ALL
        SELECT 'package ' || k.sscc, 'its label counts, its shipment is ' || s.status
        FROM packages k
        JOIN shipments s ON s.id = k.shipment_id
        WHERE k.voided_at IS NULL AND s.status NOT IN ({quoted((Status.PACKED, *UNDER_WAY))})
        """,
    ),
]
