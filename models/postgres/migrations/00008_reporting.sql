-- What managers and BI tools read: what a record is counted by, and views over records, tasks and service levels.
-- +goose Up

-- What reports group by stands deep in a record's data, which is too long to be read for every record of a figure. So a trigger
-- keeps it beside the record, in the same transaction: nobody writes it by hand, and it can always be made again.
CREATE TABLE record_facets (
    org_id      uuid NOT NULL,
    record_id   uuid NOT NULL,
    area        text NOT NULL,
    products    text[] NOT NULL,
    repeat      boolean NOT NULL,
    human_error boolean NOT NULL,
    PRIMARY KEY (org_id, record_id)
);
ALTER TABLE record_facets ENABLE ROW LEVEL SECURITY;
ALTER TABLE record_facets FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON record_facets USING (org_id = NULLIF(current_setting('app.org', true), '')::uuid);

-- +goose StatementBegin
CREATE FUNCTION record_facets_of(r records) RETURNS record_facets LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE f record_facets;
BEGIN
    f.org_id := r.org_id;
    f.record_id := r.id;
    f.area := btrim(COALESCE(r.data #>> '{report,department}', ''));
    SELECT COALESCE(array_agg(DISTINCT btrim(p #>> '{}') ORDER BY btrim(p #>> '{}')), '{}') INTO f.products
        FROM jsonb_path_query(r.data, '$.report.batches[*].product') p WHERE btrim(p #>> '{}') <> '';
    f.repeat := COALESCE(r.flags->>'repeat' = 'true', false);
    f.human_error := COALESCE(r.flags->>'human_error' = 'true', false);
    RETURN f;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION keep_record_facets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO record_facets SELECT f.* FROM record_facets_of(NEW) f
    ON CONFLICT (org_id, record_id) DO UPDATE SET area = EXCLUDED.area, products = EXCLUDED.products, repeat = EXCLUDED.repeat,
        human_error = EXCLUDED.human_error;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER facets_of_new AFTER INSERT ON records FOR EACH ROW EXECUTE FUNCTION keep_record_facets();
-- Facets are part of the content, and content that changes changes its hash. Flags are derived from it.
CREATE TRIGGER facets_of_changed AFTER UPDATE ON records FOR EACH ROW
    WHEN (OLD.content_hash IS DISTINCT FROM NEW.content_hash OR OLD.flags IS DISTINCT FROM NEW.flags) EXECUTE FUNCTION keep_record_facets();

-- Records that were there before. Row security binds the owner too, so it goes organization by organization.
-- +goose StatementBegin
DO $$
DECLARE o uuid;
BEGIN
    FOR o IN SELECT org_id FROM organization_slugs LOOP
        PERFORM set_config('app.org', o::text, true);
        INSERT INTO record_facets SELECT f.* FROM records r CROSS JOIN LATERAL record_facets_of(r) f WHERE r.org_id = o;
    END LOOP;
    PERFORM set_config('app.org', '', true);
END $$;
-- +goose StatementEnd

-- What was over, decided or asked for in a period, by site. A row enters each of them once in its life, so they cost one write.
CREATE INDEX records_closed ON records (org_id, site, closed_at, id) WHERE closed_at IS NOT NULL;
CREATE INDEX tasks_decided ON tasks (org_id, site, completed_at, id) WHERE state = 'done';
CREATE INDEX tasks_requested ON tasks (org_id, site, opened_at, id) WHERE requester_id IS NOT NULL;

-- The views are a stable surface: columns may be added at the end, none is renamed or dropped (docs/reporting.md). They run with
-- the rights of whoever reads, so that row security holds for a BI tool's role as it does for the application's.
CREATE SCHEMA reporting;

CREATE VIEW reporting.records WITH (security_invoker = true) AS
SELECT r.org_id, r.id, r.type, r.number, r.title, r.state, r.class, r.site, s.name AS site_name,
    COALESCE(f.area, '') AS area, COALESCE(f.products, '{}') AS products,
    r.owner_id, o.name AS owner_name, r.reporter_id, p.name AS reporter_name,
    r.aware_at, r.created_at, r.original_due_at, r.due_at, r.extensions, r.held_at, r.closed_at,
    r.state = 'closed' AS is_closed,
    r.closed_at <= r.original_due_at AS on_time_original,
    r.closed_at <= r.due_at AS on_time,
    date_part('epoch', r.closed_at - r.aware_at) AS cycle_seconds,
    COALESCE(f.repeat, false) AS is_repeat, COALESCE(f.human_error, false) AS is_human_error,
    r.late_seconds, r.migrated, r.version, r.updated_at
FROM records r
LEFT JOIN record_facets f ON f.org_id = r.org_id AND f.record_id = r.id
LEFT JOIN sites s ON s.org_id = r.org_id AND s.id = r.site
LEFT JOIN users o ON o.org_id = r.org_id AND o.id = r.owner_id
LEFT JOIN users p ON p.org_id = r.org_id AND p.id = r.reporter_id;

CREATE VIEW reporting.deviations WITH (security_invoker = true) AS
SELECT org_id, id, number, title, state, class, site, site_name, area, products, owner_id, owner_name, reporter_id, reporter_name,
    aware_at, created_at, original_due_at, due_at, extensions, held_at, closed_at, is_closed, on_time_original, on_time, cycle_seconds,
    is_repeat, is_human_error, late_seconds, migrated, version, updated_at
FROM reporting.records WHERE type = 'deviation';

-- A task that was given to somebody when it opened waited for nobody.
CREATE VIEW reporting.tasks WITH (security_invoker = true) AS
SELECT t.org_id, t.id, t.record_id, r.number AS record_number, t.record_type, t.step, t.round, t.slot, t.kind, t.title, t.state, t.outcome,
    t.site, s.name AS site_name, r.class, COALESCE(f.area, '') AS area, COALESCE(f.products, '{}') AS products,
    t.assignee_id, a.name AS assignee_name, t.requester_id, t.completed_by, c.name AS completed_by_name,
    t.opened_at, t.claimed_at, t.due_at, t.breached_at, t.completed_at,
    date_part('epoch', COALESCE(t.claimed_at, t.opened_at) - t.opened_at) AS waiting_seconds,
    date_part('epoch', t.completed_at - COALESCE(t.claimed_at, t.opened_at)) AS touch_seconds,
    t.completed_at <= t.due_at AS on_time
FROM tasks t
LEFT JOIN records r ON r.org_id = t.org_id AND r.id = t.record_id
LEFT JOIN record_facets f ON f.org_id = t.org_id AND f.record_id = t.record_id
LEFT JOIN sites s ON s.org_id = t.org_id AND s.id = t.site
LEFT JOIN users a ON a.org_id = t.org_id AND a.id = t.assignee_id
LEFT JOIN users c ON c.org_id = t.org_id AND c.id = t.completed_by;

-- One row a promise: each task and each record has one due date. met is unknown while it is open; withdrawn and cancelled work
-- promises nothing any more. What a task's due date was before extensions is in its audit trail only.
CREATE VIEW reporting.sla WITH (security_invoker = true) AS
SELECT t.org_id, 'task' AS subject, t.id, t.record_id, t.record_type, t.step, t.site, t.class, t.area,
    t.opened_at AS starts_at, NULL::timestamptz AS original_due_at, t.due_at, t.completed_at AS ended_at, t.on_time AS met
FROM reporting.tasks t WHERE t.state <> 'withdrawn'
UNION ALL
SELECT r.org_id, 'record', r.id, r.id, r.type, '', r.site, r.class, r.area,
    r.aware_at, r.original_due_at, r.due_at, r.closed_at, r.on_time
FROM reporting.records r WHERE r.closed_at IS NULL OR r.is_closed;

-- +goose Down
SELECT 'migrations only go forward';
