-- Three years of business. Row i follows from its number; line g of all order lines takes one unit
-- from level g % $levels. sku_of and place_of name a level's SKU and facility; made_id and made_at
-- give an id and a moment of the time when order n was placed. $mixed is a level, in an order that
-- keeps receipts of one facility apart.

INSERT INTO stock_levels (sku, facility, on_hand, unavailable, reserved, safety_stock, incoming,
                          at_risk, entries)
$each_level
SELECT sku_of(i), place_of(i), $receipts * $units - $gone, 0, $taken - $gone, 0, 0, 0,
       $receipts + $gone
FROM n;

INSERT INTO movements (id, sku, facility, entry, kind, quantity, unavailable, balance_after, actor,
                       cause, cause_id, forced, occurred_at, recorded_at)
$each_receipt
SELECT made_id($then, 4 * $orders + i), sku_of($mixed), place_of($mixed),
       1 + i / $levels, 'receipt', $units, 0, (1 + i / $levels) * $units, 'key:fk_1',
       CASE WHEN i % 500 = 0 THEN 'api' ELSE 'purchase_order' END,
       CASE WHEN i % 500 <> 0 THEN CAST(made_id($then, i) AS VARCHAR(36)) END, FALSE,
       made_at($then), made_at($then)
FROM n;

INSERT INTO suppliers (code, name, active, lead_time_days, lead_time_sd, minimum_value, timezone,
                       cutoff, working_days, created_at, updated_at, version)
$each_level
SELECT place_of(i), 'of the same name', TRUE, 7, 2, 0, 'UTC', '17:00:00.000000',
       '[1, 2, 3, 4, 5]', made_at(0), made_at(0), 1
FROM n WHERE i = 0 OR i = $skus;

INSERT INTO supplier_items (supplier, sku, unit_cost, pack_size, minimum_quantity, rank, active)
$each_level
SELECT place_of(i), sku_of(i), 1, 1, 1, 1, TRUE
FROM n WHERE i < 2 * $skus;

INSERT INTO purchase_orders (id, reference, supplier, facility, status, expected_on, cost, actor,
                             approved_by, created_at, updated_at, sent_at, received_at, version)
$each_receipt
SELECT made_id($then, i), 'buy-' || i, place_of(i % 2 * $skus), place_of($mixed),
       CASE WHEN i % 500 = 0 THEN 'proposed' ELSE 'received' END,
       CASE WHEN i % 500 <> 0 THEN date(made_at($then)) END, $units, 'key:fk_1',
       CASE WHEN i % 500 <> 0 THEN 'rule' END, made_at($then), made_at($then),
       CASE WHEN i % 500 <> 0 THEN made_at($then) END,
       CASE WHEN i % 500 <> 0 THEN made_at($then) END, 1
FROM n;

INSERT INTO purchase_order_lines (order_id, sku, quantity, unit_cost, outstanding, received, short,
                                  over)
$each_receipt
SELECT made_id($then, i), sku_of($mixed), $units, 1, 0,
       CASE WHEN i % 500 = 0 THEN 0 ELSE $units END, 0, 0
FROM n;

INSERT INTO lead_times (id, order_id, supplier, sku, facility, quantity, days, sent_at, received_at)
$each_receipt
SELECT made_id($then, i), made_id($then, i), place_of(i % 2 * $skus), sku_of($mixed),
       place_of($mixed), $units, 0, made_at($then), made_at($then)
FROM n WHERE i % 500 <> 0;

INSERT INTO movements (id, sku, facility, entry, kind, quantity, unavailable, balance_after, actor,
                       cause, cause_id, forced, occurred_at, recorded_at)
$each_line
SELECT made_id(i / 2, 2 * $orders + i), sku_of(i % $levels), place_of(i % $levels),
       $receipts + 1 + i / $levels, 'shipment', -1, 0, $receipts * $units - 1 - i / $levels,
       'key:fk_1', 'shipment', CAST(made_id(i / 2, i / 2) AS VARCHAR(36)), FALSE, made_at(i / 2),
       made_at(i / 2)
FROM n WHERE i < 2 * $shipped;

INSERT INTO holds (id, cart_ref, status, expires_at, plan, actor, created_at)
$each_order
SELECT made_id(i, i), 'cart-' || i, 'expired', made_at(i),
       '{"shipments": [], "unfilled": [], "complete": true, "deliver_by": null,
         "cost": {"total": "0.00", "currency": "USD"}, "explanation": {}}', 'key:fk_1', made_at(i)
FROM n;

INSERT INTO promises (id, owner_kind, owner_id, hold_id, reference, sku, facility, quantity,
                      at_risk, actor, created_at, expires_at, closed_at, outcome)
$each_order
SELECT made_id(i, 2 * $orders + i), 'hold', made_id(i, i), made_id(i, i), 'cart-' || i,
       sku_of(i % $levels), place_of(i % $levels), 1, FALSE, 'key:fk_1', made_at(i), made_at(i),
       made_at(i), 'expired'
FROM n;

INSERT INTO orders (id, order_ref, customer_ref, priority, destination, awaiting, decision, actor,
                    placed_at, version)
$each_order
SELECT made_id(i, i + 1), 'order-' || i, 'customer-' || i % 1000, 0,
       '{"lat": 39.5, "lng": -98.4, "country": "US"}',
       i >= $promised, '{}', 'key:fk_1', made_at(i), 1
FROM n;

INSERT INTO order_lines (order_id, sku, position, quantity, cancelled, excluded)
$each_line
SELECT made_id(i / 2, i / 2 + 1), sku_of(i % $levels), i % 2, 1, 0, '[]'
FROM n;

INSERT INTO promises (id, owner_kind, owner_id, reference, sku, facility, quantity, ship_on,
                      at_risk, actor, created_at, closed_at, outcome)
$each_line
SELECT made_id(i / 2, i), 'order', made_id(i / 2, i / 2 + 1), 'order-' || i / 2,
       sku_of(i % $levels), place_of(i % $levels), 1, DATE(made_at(i / 2)), FALSE, 'key:fk_1',
       made_at(i / 2), CASE WHEN i < 2 * $shipped THEN made_at(i / 2) END,
       CASE WHEN i < 2 * $shipped THEN 'shipped' END
FROM n WHERE i < 2 * $promised;

INSERT INTO shipments (id, order_id, order_ref, facility, status, destination, distance_km, cost,
                       ship_by, deliver_by, priority, actor, created_at, updated_at,
                       handed_over_at, delivered_at, version)
$each_order
SELECT made_id(i, i), made_id(i, i + 1), 'order-' || i, place_of(2 * i % $levels),
       CASE WHEN i >= $shipped THEN 'planned' WHEN i % 5 > 0 THEN 'delivered'
            WHEN i % 10 > 0 THEN 'in_transit' ELSE 'handed_over' END,
       '{"lat": 39.5, "lng": -98.4, "country": "US"}', 700, 9, made_at(i), DATE(made_at(i)), 0,
       'key:fk_1', made_at(i), made_at(i), CASE WHEN i < $shipped THEN made_at(i) END,
       CASE WHEN i < $shipped AND i % 5 > 0 THEN made_at(i) END, 1
FROM n WHERE i < $promised;

INSERT INTO shipment_lines (shipment_id, sku, promise_id, quantity)
$each_line
SELECT made_id(i / 2, i / 2), sku_of(i % $levels), made_id(i / 2, i), 1
FROM n WHERE i < 2 * $promised;

INSERT INTO packages (id, shipment_id, number, sscc, actor, created_at)
$each_order
SELECT made_id(i, i), made_id(i, i), 1, CAST(100000000000000000 + i AS VARCHAR(18)), 'key:fk_1',
       made_at(i)
FROM n WHERE i < $shipped;

INSERT INTO package_lines (package_id, sku, quantity)
$each_line
SELECT made_id(i / 2, i / 2), sku_of(i % $levels), 1
FROM n WHERE i < 2 * $shipped;

INSERT INTO tracking_events (id, shipment_id, carrier, event_id, word, rank, status, vocabulary,
                             actor, occurred_at, received_at)
$each_line
SELECT made_id(i / 2, i), made_id(i / 2, i / 2), '', 'event-' || i,
       CASE WHEN i / 2 % 5 > 0 THEN 'delivered' WHEN i / 2 % 10 > 0 THEN 'in_transit'
            ELSE 'pre_transit' END,
       CASE WHEN i / 2 % 5 > 0 THEN 5 WHEN i / 2 % 10 > 0 THEN 2 ELSE 1 END, 'as it was told',
       'easypost', 'key:fk_1', made_at(i / 2), made_at(i / 2)
FROM n WHERE i < 2 * $shipped;

INSERT INTO journeys (shipment_id, order_id, customer_ref, carrier, service, facility, band,
                      handed_over_at, left_at, due_at, ended_at, days, raised)
$each_order
SELECT made_id(i, i), made_id(i, i + 1), 'customer-' || i % 1000, '', '',
       place_of(2 * i % $levels), 3, made_at(i), made_at(i), made_at(i), CASE WHEN i % 5 > 0 THEN made_at(i) END,
       CASE WHEN i % 5 > 0 THEN i % 9 END, CASE WHEN i % 5 > 0 THEN 0 ELSE 2 END
FROM n WHERE i < $shipped;

INSERT INTO returns (id, order_id, order_ref, facility, external_ref, status, actor, created_at,
                     updated_at, cancelled_at, version)
$each_order
SELECT made_id(i, i), made_id(i, i + 1), 'order-' || i, place_of(2 * i % $levels), 'rma-' || i,
       CASE WHEN i % 1000 = 0 THEN 'expected' ELSE 'cancelled' END, 'key:fk_1', made_at(i),
       made_at(i), CASE WHEN i % 1000 > 0 THEN made_at(i) END, 1
FROM n WHERE i % 10 = 0 AND i < $shipped;

INSERT INTO return_lines (return_id, shipment_id, sku, quantity, received, unavailable, short)
$each_order
SELECT made_id(i, i), made_id(i, i), sku_of(2 * i % $levels), 1, 0, 0,
       CASE WHEN i % 1000 = 0 THEN 0 ELSE 1 END
FROM n WHERE i % 10 = 0 AND i < $shipped;

INSERT INTO shops (code, kind, url, secrets, locations, unsigned_reads, active, failures,
                   created_at, updated_at, version)
$each_level
SELECT place_of(i), 'shopify', 'https://192.0.2.1/', '["hush"]', '{}', FALSE, TRUE, 0, made_at(0),
       made_at(0), 1
FROM n WHERE i = $skus;

INSERT INTO shop_orders (shop, external_id, name, order_id)
$each_order
SELECT place_of($skus), 'gid-' || i, '#' || i, made_id(i, i + 1)
FROM n WHERE i % 10 = 0;

INSERT INTO shop_messages (id, shop, direction, topic, key, subject, body, status, attempts,
                           problem, created_at, queued_at, finished_at)
$each_line
SELECT made_id(i / 2, i), place_of($skus), CASE WHEN i % 2 = 0 THEN 'in' ELSE 'out' END,
       'FULFILLMENT_REQUEST', 'key-' || i, 'gid-' || i / 2, '{}',
       CASE WHEN i % 1000 = 0 THEN 'refused' ELSE 'done' END, 1,
       CASE WHEN i % 1000 = 0 THEN 'as it was told' END, made_at(i / 2), made_at(i / 2),
       made_at(i / 2)
FROM n;

INSERT INTO tracking_links (order_id, token, digest, created_at)
$each_order
SELECT made_id(i, i + 1), 'token-' || i, 'digest-' || i, made_at(i)
FROM n;

INSERT INTO carriers (code, name, type, active, tracking_prefix, next_number, working_days,
                      created_at, updated_at, version)
$each_level
SELECT 'FAST', 'Fast', 'table', TRUE, 'FA', 1, '[1, 2, 3, 4, 5]', made_at(0), made_at(0), 1
FROM n WHERE i = 0;

INSERT INTO manifests (id, facility, carrier, shipments, packages, weight_g, actor, created_at,
                       handed_over_at, version)
$each_order
SELECT made_id(i, i), place_of(2 * i % $levels), 'FAST', 1, 1, 500, 'key:fk_1', made_at(i),
       made_at(i), 1
FROM n WHERE i % 10 = 0 AND i < $shipped;

INSERT INTO manifest_lines (manifest_id, sscc, shipment_id, order_ref, taken)
$each_order
SELECT made_id(i, i), CAST(100000000000000000 + i AS VARCHAR(18)), made_id(i, i), 'order-' || i,
       TRUE
FROM n WHERE i % 10 = 0 AND i < $shipped;

INSERT INTO carrier_requests (id, carrier, kind, shipment_id, payload, status, attempts, created_at,
                              queued_at, finished_at, answer, tracking_number)
$each_order
SELECT made_id(i, i), 'FAST', 'shipment', made_id(i, i), '{}',
       CASE WHEN i % 1000 = 0 THEN 'refused' ELSE 'confirmed' END, 1, made_at(i), made_at(i),
       made_at(i), 200, 'number-' || i
FROM n WHERE i < $shipped;

INSERT INTO transfers (id, reference, from_facility, to_facility, status, actor, created_at,
                       updated_at, version)
$each_order
SELECT made_id(i, i), 'move-' || i, place_of(0), place_of($skus),
       CASE WHEN i % 1000 = 0 THEN 'proposed' ELSE 'cancelled' END, 'key:fk_1', made_at(i),
       made_at(i), 1
FROM n WHERE i % 10 = 0;

INSERT INTO transfer_lines (transfer_id, sku, quantity, shipped, in_transit, received, discrepancy)
$each_order
SELECT made_id(i, i), sku_of(i % $levels), 1, 0, 0, 0, 0
FROM n WHERE i % 10 = 0;

INSERT INTO events (id, kind, subject, payload, occurred_at, attempts)
$each_line
SELECT made_id(i / 2, i), CASE WHEN i % 2 = 0 THEN 'order.placed' ELSE 'shipment.handed_over' END,
       CAST(made_id(i / 2, i / 2) AS VARCHAR(36)), '{}', made_at(i / 2), 0
FROM n;

INSERT INTO webhooks (code, url, events, active, secret, failures, created_at, updated_at, version)
$each_level
SELECT place_of(i), 'https://192.0.2.1/', '["*"]', TRUE, 'whsec_', 0, made_at(0), made_at(0), 1
FROM n WHERE i = $skus;

INSERT INTO webhook_deliveries (webhook, event_id, kind, subject, status, attempts, queued_at,
                                finished_at)
$each_line
SELECT place_of($skus), made_id(i / 2, i),
       CASE WHEN i % 2 = 0 THEN 'order.placed' ELSE 'shipment.handed_over' END,
       CAST(made_id(i / 2, i / 2) AS VARCHAR(36)),
       CASE WHEN i % 1000 = 0 THEN 'parked' ELSE 'delivered' END, 1, made_at(i / 2), made_at(i / 2)
FROM n;

INSERT INTO idempotency_keys (actor, key, fingerprint, created_at, status, headers, body)
$each_order
SELECT 'key:fk_1', 'key-' || i, 'request-' || i, made_at(i), 201, '{}', '{"is": "an answer"}'
FROM n;

INSERT INTO job_runs (job, scheduled_for, started_at, finished_at, outcome)
$each_order
SELECT 'expire-holds', made_at(i), made_at(i), made_at(i), 'done'
FROM n;

INSERT INTO plans (id, kind, status, parameters, apply, progress, summary, actor, created_at)
$each_order
SELECT made_id(i, i), 'allocation', CASE WHEN i % 1000 = 0 THEN 'failed' ELSE 'applied' END, '{}',
       TRUE, 1, '{"as_of": "2026-01-01T00:00:00+00:00"}', 'job', made_at(i)
FROM n WHERE i % 10 = 0;

INSERT INTO plan_lines (plan_id, number, order_id, facility, sku, quantity, outcome)
$each_order
SELECT made_id(i / 10 * 10, i / 10 * 10), i % 10, made_id(i, i + 1), place_of(2 * i % $levels),
       sku_of(2 * i % $levels), 1, 'applied'
FROM n WHERE i < $promised;

INSERT INTO plan_prices (plan_id, number, kind, facility, sku, quantity, price)
$each_order
SELECT made_id(i / 10 * 10, i / 10 * 10), i % 10, 'stock', place_of(i % $levels),
       sku_of(i % $levels), 1, 1.5
FROM n;

INSERT INTO plan_stock (plan_id, sku, units)
$each_order
SELECT made_id(i / 10 * 10, i / 10 * 10), sku_of(i % 10), '{}'
FROM n;

INSERT INTO demand_days (sku, facility, day, asked, shipped, censored, ran_out, imported)
$each_order
SELECT sku_of(i % $levels), place_of(i % $levels), date(made_at(i)), 1, 1, FALSE, FALSE,
       FALSE
FROM n WHERE i % 10 = 0;

INSERT INTO forecast_runs (id, as_of, weeks, series, accuracy, seconds, actor, finished_at)
SELECT made_id(0, 0), date(made_at(0)), 104, $levels, '[]', '{}', 'job', made_at(0);

INSERT INTO forecasts (sku, facility, run_id, as_of, pattern, model, per_day, lead_weeks, deviation,
                       quantiles, weeks_known, borrowed)
$each_level
SELECT sku_of(i), place_of(i), made_id(0, 0), date(made_at(0)), 'smooth', 'SES', 1, 2, 1, '[]', 104,
       FALSE
FROM n;

INSERT INTO counts (id, sku, facility, status, abc_class, rank, reasons, actor, created_at, expected,
                    quantity, counted_by, note, closed_by, closed_at)
$each_order
SELECT made_id(i, i), sku_of(i % $levels), place_of(i % $levels),
       CASE WHEN i % 1000 = 0 THEN 'skipped' ELSE 'done' END, 'C', -30, '[]', 'key:fk_1',
       made_at(i), CASE WHEN i % 1000 > 0 THEN $units END,
       CASE WHEN i % 1000 > 0 THEN $units - i % 2 END, 'key:fk_1', 'the aisle was blocked',
       'key:fk_1', made_at(i)
FROM n;

INSERT INTO counts (id, sku, facility, status, abc_class, rank, reasons, actor, created_at)
$each_level
SELECT made_id(0, $orders + i), sku_of(i), place_of(i), 'open', 'C', -20 - i % 20, '[]', 'key:fk_1',
       made_at(0)
FROM n WHERE i % 4 = 0;

INSERT INTO replenishment_policies (facility, sku, kind, service_measure, service_level, review_days,
                                    created_at, updated_at, version)
$each_level
SELECT place_of(i), sku_of(i), 's_S', 'cycle_service', 0.95, 1, made_at(0), made_at(0), 1
FROM n;
