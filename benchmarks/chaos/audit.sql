-- Recomputes every invariant from the ledger and the promises alone. It shares nothing with the
-- service's own audit, and runs on SQLite and PostgreSQL. A row that is returned is a finding.

-- 1. On hand and unavailable are the sums of the movements; so is every balance on the way.
SELECT '1 sum of movements' AS finding, s.sku || ' at ' || s.facility AS subject
FROM stock_levels s
WHERE s.on_hand <> (SELECT COALESCE(SUM(m.quantity), 0) FROM movements m
                    WHERE m.sku = s.sku AND m.facility = s.facility)
   OR s.unavailable <> (SELECT COALESCE(SUM(m.unavailable), 0) FROM movements m
                        WHERE m.sku = s.sku AND m.facility = s.facility)
UNION ALL
SELECT '1 running balance', r.sku || ' at ' || r.facility || ' entry ' || r.entry
FROM (SELECT sku, facility, entry, balance_after,
             SUM(quantity) OVER (PARTITION BY sku, facility ORDER BY entry) AS recomputed,
             ROW_NUMBER() OVER (PARTITION BY sku, facility ORDER BY entry) AS place
      FROM movements) r
WHERE r.balance_after <> r.recomputed OR r.entry <> r.place
UNION ALL
SELECT '1 movement of no stock level', m.sku || ' at ' || m.facility
FROM movements m
WHERE NOT EXISTS (SELECT 1 FROM stock_levels s WHERE s.sku = m.sku AND s.facility = m.facility)

-- 2. Reserved is what is promised and not ended, to holds, orders and transfers.
UNION ALL
SELECT '2 reserved', s.sku || ' at ' || s.facility
FROM stock_levels s
WHERE s.reserved <> (SELECT COALESCE(SUM(p.quantity), 0) FROM promises p
                     WHERE p.sku = s.sku AND p.facility = s.facility AND p.closed_at IS NULL)
UNION ALL
SELECT '2 open promise of a hold that has ended', p.reference || ' ' || p.sku
FROM promises p LEFT JOIN holds h ON h.id = p.owner_id
WHERE p.owner_kind = 'hold' AND p.closed_at IS NULL AND (h.id IS NULL OR h.status <> 'live')
UNION ALL
SELECT '2 hold that promises nothing', h.cart_ref
FROM holds h
WHERE h.status = 'live'
  AND NOT EXISTS (SELECT 1 FROM promises p WHERE p.owner_id = h.id)
UNION ALL
SELECT '2 promise to an order stands on no line of a parcel', p.reference || ' ' || p.sku
FROM promises p
WHERE p.owner_kind = 'order' AND p.closed_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM shipment_lines l JOIN shipments s ON s.id = l.shipment_id
                  WHERE l.promise_id = p.id AND l.quantity = p.quantity AND l.sku = p.sku
                    AND s.order_id = p.owner_id AND s.facility = p.facility
                    AND s.status NOT IN ('handed_over', 'rejected', 'cancelled'))

-- 3. Nothing is promised twice: units promised or unavailable lie on the shelf.
UNION ALL
SELECT '3 oversold', s.sku || ' at ' || s.facility
FROM stock_levels s
WHERE s.reserved + s.unavailable > s.on_hand
  AND NOT EXISTS (SELECT 1 FROM movements m WHERE m.sku = s.sku AND m.facility = s.facility
                  AND (m.kind = 'count' OR m.forced))

-- 4. No quantity is negative.
UNION ALL
SELECT '4 negative', s.sku || ' at ' || s.facility
FROM stock_levels s
WHERE s.reserved < 0 OR s.unavailable < 0 OR s.incoming < 0
   OR (s.on_hand < 0 AND NOT EXISTS (SELECT 1 FROM movements m WHERE m.sku = s.sku
                                     AND m.facility = s.facility AND m.forced))
UNION ALL
SELECT '4 shelf below zero on the way', m.sku || ' at ' || m.facility || ' entry ' || m.entry
FROM movements m WHERE m.balance_after < 0 AND NOT m.forced

-- 5. Units of an order line are allocated, shipped, cancelled or awaited, and no more than ordered.
UNION ALL
SELECT '5 order line', o.order_ref || ' ' || l.sku
FROM order_lines l JOIN orders o ON o.id = l.order_id
     LEFT JOIN (SELECT owner_id, sku, SUM(quantity) AS units FROM promises
                WHERE owner_kind = 'order' AND (closed_at IS NULL OR outcome = 'shipped')
                GROUP BY owner_id, sku) p ON p.owner_id = l.order_id AND p.sku = l.sku
WHERE COALESCE(p.units, 0) + l.cancelled > l.quantity
   OR (COALESCE(p.units, 0) + l.cancelled < l.quantity AND NOT o.awaiting)
UNION ALL
SELECT '5 parcel left, its units did not leave the ledger once', s.order_ref || ' ' || l.sku
FROM shipments s JOIN shipment_lines l ON l.shipment_id = s.id
WHERE s.status = 'handed_over'
  AND (SELECT COUNT(*) FROM movements m
       WHERE m.kind = 'shipment' AND m.sku = l.sku AND m.facility = s.facility
         AND REPLACE(m.cause_id, '-', '') = REPLACE(CAST(s.id AS VARCHAR(36)), '-', '')
         AND m.quantity = -l.quantity) <> 1
UNION ALL
SELECT '5 units left for a parcel that has not', COALESCE(m.reference, '') || ' ' || m.sku
FROM movements m
WHERE m.kind = 'shipment' AND m.cause = 'shipment'
  AND NOT EXISTS (SELECT 1 FROM shipments s WHERE s.status = 'handed_over'
                  AND REPLACE(m.cause_id, '-', '') = REPLACE(CAST(s.id AS VARCHAR(36)), '-', ''))

-- 6. Of a transfer, what was shipped was received, is in transit, or is explained.
UNION ALL
SELECT '6 transfer', COALESCE(t.reference, '') || ' ' || l.sku
FROM transfers t JOIN transfer_lines l ON l.transfer_id = t.id
WHERE l.shipped <> l.received + l.in_transit + l.discrepancy
   OR (l.discrepancy > 0 AND l.discrepancy_reason IS NULL)
   OR (l.in_transit > 0 AND t.status <> 'in_transit')
UNION ALL
SELECT '6 transfer and ledger', COALESCE(t.reference, '') || ' ' || l.sku
FROM transfers t
     JOIN transfer_lines l ON l.transfer_id = t.id
     LEFT JOIN (SELECT REPLACE(cause_id, '-', '') AS transfer, sku,
                       SUM(CASE WHEN kind = 'transfer_out' THEN -quantity ELSE 0 END) AS went,
                       SUM(CASE WHEN kind = 'transfer_in' THEN quantity ELSE 0 END) AS came
                FROM movements WHERE cause = 'transfer' GROUP BY cause_id, sku) m
            ON m.sku = l.sku AND m.transfer = REPLACE(CAST(t.id AS VARCHAR(36)), '-', '')
WHERE l.shipped <> COALESCE(m.went, 0) OR l.received <> COALESCE(m.came, 0)
UNION ALL
SELECT '6 incoming', s.sku || ' at ' || s.facility
FROM stock_levels s
WHERE s.incoming <> (SELECT COALESCE(SUM(l.in_transit), 0)
                     FROM transfer_lines l JOIN transfers t ON t.id = l.transfer_id
                     WHERE l.sku = s.sku AND t.to_facility = s.facility)

-- 7. Every movement says who, why, and the reason where a person decided.
UNION ALL
SELECT '7 no author', m.sku || ' at ' || m.facility || ' entry ' || m.entry
FROM movements m
WHERE m.actor = '' OR m.cause = ''
   OR (m.reason IS NULL AND (m.forced OR m.kind IN ('adjustment', 'scrap', 'hold')))

-- 8. What a plan says it allocated was promised there.
UNION ALL
SELECT '8 plan', CAST(l.order_id AS VARCHAR(36)) || ' ' || l.sku || ' at ' || l.facility
FROM (SELECT order_id, sku, facility, SUM(quantity) AS units FROM plan_lines
      WHERE outcome = 'applied' AND (held_at IS NULL OR held_at <> facility)
      GROUP BY order_id, sku, facility) l
WHERE l.units > (SELECT COALESCE(SUM(p.quantity), 0) FROM promises p
                 WHERE p.owner_kind = 'order' AND p.owner_id = l.order_id
                   AND p.sku = l.sku AND p.facility = l.facility)

-- Each Idempotency-Key that is on record has its answer: no effect stands without one.
UNION ALL
SELECT 'key without answer', k.key FROM idempotency_keys k WHERE k.status IS NULL
