-- Turns the ledger into a table partitioned by month (PostgreSQL 14 or later), in one transaction.
-- No row is copied: all that is there becomes the first partition. Run it again at any time to add
-- months: from then on it only does that. See docs/retention.md.

BEGIN;

DO $$
DECLARE
    bound timestamptz := date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
                         + interval '1 month';
    part text;
BEGIN
    IF (SELECT relkind FROM pg_class WHERE oid = 'movements'::regclass) = 'r' THEN
        LOCK TABLE movements IN ACCESS EXCLUSIVE MODE;
        ALTER TABLE movements RENAME TO movements_first;
        FOR part IN SELECT indexname FROM pg_indexes WHERE tablename = 'movements_first' LOOP
            EXECUTE format('ALTER INDEX %I RENAME TO %I', part, part || '_first');
        END LOOP;

        CREATE TABLE movements (LIKE movements_first INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
            PARTITION BY RANGE (recorded_at);
        -- A unique index must have the bound's column. What it cannot say is held by the lock of
        -- the stock level, under which every movement is numbered, and reversed once.
        CREATE UNIQUE INDEX uq_movements_id ON movements (id, recorded_at);
        CREATE INDEX uq_movements_sku ON movements (sku, facility, entry);
        CREATE INDEX uq_movements_reverses ON movements (reverses);
        CREATE INDEX ix_movements_cause_cause_id ON movements (cause, cause_id);
        CREATE INDEX ix_movements_facility_recorded_at_id ON movements (facility, recorded_at, id);
        CREATE INDEX ix_movements_recorded_at_id ON movements (recorded_at, id);
        CREATE INDEX ix_movements_sku_recorded_at_id ON movements (sku, recorded_at, id);
        ALTER TABLE movements ADD CONSTRAINT fk_movements_sku
            FOREIGN KEY (sku, facility) REFERENCES stock_levels (sku, facility);
        CREATE TRIGGER movements_append_only BEFORE UPDATE OR DELETE ON movements
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_movements();

        -- With the bound as a constraint ATTACH need not look at the rows a second time.
        EXECUTE format('ALTER TABLE movements_first ADD CONSTRAINT until CHECK'
                       ' (recorded_at < %L)', bound);
        EXECUTE format('ALTER TABLE movements ATTACH PARTITION movements_first'
                       ' FOR VALUES FROM (MINVALUE) TO (%L)', bound);
        ALTER TABLE movements_first DROP CONSTRAINT until;
    END IF;

    FOR month IN 0..24 LOOP
        part := 'movements_' || to_char((bound + month * interval '1 month') AT TIME ZONE 'UTC',
                                        'YYYY_MM');
        IF to_regclass(part) IS NULL THEN
            EXECUTE format('CREATE TABLE %I PARTITION OF movements FOR VALUES FROM (%L) TO (%L)',
                           part, bound + month * interval '1 month',
                           bound + (month + 1) * interval '1 month');
            EXECUTE format('CREATE TRIGGER movements_append_only BEFORE UPDATE OR DELETE OR'
                           ' TRUNCATE ON %I FOR EACH STATEMENT'
                           ' EXECUTE FUNCTION refuse_rewriting_movements()', part);
        END IF;
    END LOOP;
END $$;

COMMIT;
