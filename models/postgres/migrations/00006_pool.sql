-- Who could do a task, so that none waits for nobody; and what deviations have in common, so that a repeat is seen.
-- +goose Up

-- pool counts the active people under scope keys ("r:<role>:<site>", "u:<person>") whom segregation does not keep out, up to
-- p_enough: a role that thousands hold costs no more than one that two hold.
-- +goose StatementBegin
CREATE FUNCTION pool(p_org uuid, p_keys text[], p_barred uuid[], p_enough integer) RETURNS integer LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_seen   uuid[] := COALESCE(p_barred, '{}');
    v_count  integer := 0;
    v_person uuid;
BEGIN
    FOR v_person IN
        SELECT u.id FROM unnest(p_keys) k(key)
        CROSS JOIN LATERAL (SELECT split_part(k.key, ':', 2) AS role, substr(k.key, length(split_part(k.key, ':', 2)) + 4) AS site) s
        CROSS JOIN LATERAL (
            SELECT g.user_id AS id FROM grants g
                WHERE k.key LIKE 'r:%' AND g.org_id = p_org AND g.role = s.role AND g.site = s.site AND g.revoked_at IS NULL AND g.user_id IS NOT NULL
            UNION ALL SELECT m.user_id FROM grants g JOIN group_members m ON m.org_id = p_org AND m.group_id = g.group_id
                WHERE k.key LIKE 'r:%' AND g.org_id = p_org AND g.role = s.role AND g.site = s.site AND g.revoked_at IS NULL AND g.group_id IS NOT NULL
            UNION ALL SELECT CASE WHEN k.key LIKE 'u:%' THEN substr(k.key, 3)::uuid END) h
        JOIN users u ON u.org_id = p_org AND u.id = h.id
        WHERE u.kind = 'person' AND u.active AND u.locked_at IS NULL
    LOOP
        CONTINUE WHEN v_person = ANY (v_seen);
        v_seen := v_seen || v_person;
        v_count := v_count + 1;
        EXIT WHEN v_count >= p_enough;
    END LOOP;
    RETURN v_count;
END $$;
-- +goose StatementEnd

-- What a deviation shares with others: one row a product, its equipment and its cause. They are kept apart from the record's
-- data because no operator on jsonb may use an index under row security.
CREATE TABLE record_traits (
    org_id    uuid NOT NULL,
    record_id uuid NOT NULL,
    trait     text NOT NULL, -- "<type>/<kind>:<value>"
    aware_at  timestamptz NOT NULL,
    PRIMARY KEY (org_id, record_id, trait)
);
CREATE INDEX record_traits_aware ON record_traits (org_id, trait, aware_at, record_id);
ALTER TABLE record_traits ENABLE ROW LEVEL SECURITY;
ALTER TABLE record_traits FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON record_traits USING (org_id = NULLIF(current_setting('app.org', true), '')::uuid);

-- traits reads them from the data of a deviation. The cause stands in the step of its class, as models.Deviation has it. Values
-- are cut, because an index takes no long ones.
-- +goose StatementBegin
CREATE FUNCTION traits(p_type text, p_class text, p_data jsonb) RETURNS SETOF text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    v_cause text := CASE WHEN p_class IN ('major', 'critical') THEN 'investigation' ELSE 'cause' END;
BEGIN
    IF p_type <> 'deviation' THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT DISTINCT p_type || '/' || x.kind || ':' || left(lower(btrim(x.value)), 200) FROM (
        SELECT 'equipment' AS kind, p_data #>> '{report,equipment_id}' AS value
        UNION ALL SELECT 'cause', p_data #>> ARRAY[v_cause, 'cause_code']
        UNION ALL SELECT 'product', b.value ->> 'product' FROM jsonb_array_elements(
            CASE jsonb_typeof(p_data #> '{report,batches}') WHEN 'array' THEN p_data #> '{report,batches}' ELSE '[]' END) b) x
        WHERE btrim(x.value) <> '';
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION keep_traits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM record_traits WHERE org_id = NEW.org_id AND record_id = NEW.id;
    END IF;
    INSERT INTO record_traits (org_id, record_id, trait, aware_at)
        SELECT NEW.org_id, NEW.id, t, NEW.aware_at FROM traits(NEW.type, NEW.class, NEW.data) t;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER new_traits AFTER INSERT ON records FOR EACH ROW WHEN (NEW.type = 'deviation') EXECUTE FUNCTION keep_traits();
CREATE TRIGGER changed_traits AFTER UPDATE OF data, class, aware_at ON records FOR EACH ROW
    WHEN (NEW.type = 'deviation' AND (OLD.class <> NEW.class OR OLD.aware_at <> NEW.aware_at OR OLD.data IS DISTINCT FROM NEW.data))
    EXECUTE FUNCTION keep_traits();

-- similar finds the newest records of the twelve months before p_aware that share a product or the equipment with a record, the
-- likeliest repeats first: those that share the cause as well. Those withdrawn or never reported do not count.
-- +goose StatementBegin
CREATE FUNCTION similar_records(p_org uuid, p_record uuid, p_type text, p_class text, p_data jsonb, p_aware timestamptz, p_limit integer)
RETURNS TABLE (id uuid, number text, title text, state text, class text, site text, owner_id uuid, reporter_id uuid, aware_at timestamptz, matches text[])
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    WITH mine AS MATERIALIZED (SELECT t AS trait FROM traits(p_type, p_class, p_data) t),
    near AS MATERIALIZED (SELECT DISTINCT s.record_id FROM mine CROSS JOIN LATERAL (
        SELECT t.record_id FROM record_traits t
        WHERE t.org_id = p_org AND t.trait = mine.trait AND t.aware_at > p_aware - interval '12 months' AND t.aware_at <= p_aware AND t.record_id <> p_record
        ORDER BY t.aware_at DESC, t.record_id DESC LIMIT 100) s
        WHERE mine.trait NOT LIKE p_type || '/cause:%'),
    shared AS (SELECT n.record_id, array_agg(DISTINCT split_part(split_part(t.trait, ':', 1), '/', 2)) AS kinds
        FROM near n JOIN record_traits t ON t.org_id = p_org AND t.record_id = n.record_id JOIN mine ON mine.trait = t.trait GROUP BY n.record_id)
    SELECT r.id, r.number, r.title, r.state, r.class, r.site, r.owner_id, r.reporter_id, r.aware_at, shared.kinds
    FROM shared JOIN records r ON r.org_id = p_org AND r.id = shared.record_id
    WHERE r.state NOT IN ('draft', 'cancelled')
    ORDER BY 'cause' = ANY (shared.kinds) DESC, r.aware_at DESC, r.id DESC LIMIT p_limit;
END $$;
-- +goose StatementEnd

-- +goose Down
SELECT 'migrations only go forward';
