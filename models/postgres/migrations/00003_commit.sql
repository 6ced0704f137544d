-- The two halves of the one write, each one round trip: enter locks and reads, apply writes.
-- A function runs each of its statements on a fresh snapshot (READ COMMITTED), so facts are read after the locks are held.
-- +goose Up

-- What policy may know of a person: facts and every grant in force, own or through a group. It is PL/pgSQL because that keeps
-- its plan: a function in SQL would be planned again at every call.
-- +goose StatementBegin
CREATE FUNCTION person(p_org uuid, p_user uuid, p_at timestamptz) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    u users;
    v_grants jsonb;
    v_absent boolean;
BEGIN
    SELECT * INTO u FROM users x WHERE x.org_id = p_org AND x.id = p_user;
    IF u.id IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT COALESCE(jsonb_agg(DISTINCT jsonb_build_object('role', g.role, 'site', g.site)), '[]') INTO v_grants FROM grants g
        WHERE g.org_id = p_org AND g.revoked_at IS NULL
          AND (g.user_id = p_user OR g.group_id IN (SELECT m.group_id FROM group_members m WHERE m.org_id = p_org AND m.user_id = p_user));
    SELECT EXISTS (SELECT 1 FROM absences a WHERE a.org_id = p_org AND a.user_id = p_user AND a.starts_at <= p_at AND a.ends_at > p_at) INTO v_absent;
    RETURN jsonb_build_object(
        'id', u.id, 'kind', u.kind, 'username', u.username, 'name', u.name, 'active', u.active, 'locked', u.locked_at IS NOT NULL,
        'statement_signed', u.statement_signed_at IS NOT NULL, 'identity_verified', u.identity_verified_at IS NOT NULL,
        'credential_reset', u.credential_reset_at IS NOT NULL, 'absent', v_absent, 'grants', v_grants);
END $$;
-- +goose StatementEnd

-- Who asks, and about which task if the request names one: one statement a request. A session is alive until its idle or absolute timeout, its end, or its person's deactivation or lock.
-- +goose StatementBegin
CREATE FUNCTION session(p_org uuid, p_token bytea, p_at timestamptz, p_task uuid) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE s sessions;
BEGIN
    PERFORM set_config('app.org', p_org::text, true);
    SELECT * INTO s FROM sessions WHERE org_id = p_org AND token_hash = p_token;
    IF s.id IS NULL OR s.ended_at IS NOT NULL OR s.expires_at <= p_at
       OR (s.idle_seconds > 0 AND s.seen_at + make_interval(secs => s.idle_seconds) <= p_at) THEN
        RETURN NULL;
    END IF;
    -- Seen is kept to a tenth of the idle timeout, a minute at most, so that reading does not write every time.
    IF s.idle_seconds > 0 AND s.seen_at + make_interval(secs => least(60, s.idle_seconds / 10.0)) <= p_at THEN
        UPDATE sessions SET seen_at = p_at WHERE org_id = p_org AND token_hash = p_token;
    END IF;
    RETURN jsonb_build_object('id', s.id, 'org', s.org_id, 'kind', s.kind, 'started_at', s.created_at, 'expires_at', s.expires_at,
        'signed_in_session', s.signed_at IS NOT NULL,
        'must_change', COALESCE((SELECT c.must_change FROM credentials c WHERE c.org_id = p_org AND c.user_id = s.user_id), false), 'person', person(p_org, s.user_id, p_at),
        'settings', (SELECT o.settings FROM organizations o WHERE o.org_id = p_org))
        || CASE WHEN p_task IS NULL THEN '{}' ELSE jsonb_build_object('task', task_ref(p_org, p_task)) END;
END $$;
-- +goose StatementEnd

-- What the API has to know of a task or a record to give a command about it, in one statement.
-- +goose StatementBegin
CREATE FUNCTION task_ref(p_org uuid, p_task uuid) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('app.org', p_org::text, true);
    RETURN (SELECT jsonb_build_object('id', t.id, 'record_id', t.record_id, 'record_type', t.record_type, 'step', t.step, 'meaning', t.meaning)
        FROM tasks t WHERE t.org_id = p_org AND t.id = p_task);
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION record_ref(p_org uuid, p_record uuid) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('app.org', p_org::text, true);
    RETURN (SELECT jsonb_build_object('id', r.id, 'type', r.type) FROM records r WHERE r.org_id = p_org AND r.id = p_record);
END $$;
-- +goose StatementEnd

-- enter sets the organization, takes the locks (record, then people by id, then the number counter: always in this order), and
-- returns the facts. p: org, at, command, record, task, intent, people (ids), lock_people (exclusive: role changes), prefix, site,
-- calendars (the "<id>:<version>" that the caller has at hand, so that their text is not sent again).
-- +goose StatementBegin
CREATE FUNCTION enter(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_org    uuid := (p->>'org')::uuid;
    v_record uuid := (p->>'record')::uuid;
    v_at     timestamptz := (p->>'at')::timestamptz;
    v_rec    records;
    v_person uuid;
    v_number bigint;
    v_receipt jsonb;
    v_people uuid[];
    v_out    jsonb := '{}';
BEGIN
    PERFORM set_config('app.org', v_org::text, true);
    IF v_record IS NOT NULL THEN
        SELECT * INTO v_rec FROM records r WHERE r.org_id = v_org AND r.id = v_record FOR NO KEY UPDATE;
    END IF;
    SELECT array_agg(DISTINCT x ORDER BY x) INTO v_people FROM (
        SELECT x::uuid FROM jsonb_array_elements_text(COALESCE(p->'people', '[]')) x
        UNION SELECT unnest(ARRAY[t.assignee_id, t.owner_id]) FROM tasks t WHERE t.org_id = v_org AND t.id = (p->>'task')::uuid) y(x) WHERE x IS NOT NULL;
    FOREACH v_person IN ARRAY COALESCE(v_people, '{}') LOOP
        IF COALESCE((p->>'lock_people')::boolean, false) THEN
            PERFORM 1 FROM users u WHERE u.org_id = v_org AND u.id = v_person FOR UPDATE;
        ELSE
            PERFORM 1 FROM users u WHERE u.org_id = v_org AND u.id = v_person FOR SHARE;
        END IF;
    END LOOP;
    SELECT jsonb_build_object('fingerprint', c.fingerprint, 'receipt', c.receipt) INTO v_receipt
        FROM receipts c WHERE c.org_id = v_org AND c.command_id = (p->>'command')::uuid;
    IF v_receipt IS NOT NULL THEN
        RETURN jsonb_build_object('stored', v_receipt);
    END IF;
    IF p ? 'prefix' AND v_rec.id IS NULL THEN
        SELECT c.last + 1 INTO v_number FROM counters c WHERE c.org_id = v_org AND c.prefix = p->>'prefix' FOR UPDATE;
        IF v_number IS NULL THEN -- the first of the year
            INSERT INTO counters AS c (org_id, prefix, last) VALUES (v_org, p->>'prefix', 0) ON CONFLICT DO NOTHING;
            SELECT c.last + 1 INTO v_number FROM counters c WHERE c.org_id = v_org AND c.prefix = p->>'prefix' FOR UPDATE;
        END IF;
        v_out := v_out || jsonb_build_object('number', v_number);
    END IF;
    IF v_rec.id IS NOT NULL THEN
        v_out := v_out || jsonb_build_object(
            'record', to_jsonb(v_rec),
            'steps', COALESCE((SELECT jsonb_agg(CASE WHEN s.state = 'open' THEN to_jsonb(s) ELSE to_jsonb(s) - 'plan' END ORDER BY s.opened_at, s.step, s.round)
                FROM steps s WHERE s.org_id = v_org AND s.record_id = v_record), '[]'),
            'tasks', COALESCE((SELECT jsonb_agg(to_jsonb(t) ORDER BY t.opened_at, t.slot) FROM tasks t
                WHERE t.org_id = v_org AND t.record_id = v_record
                  AND (t.state = 'open' OR EXISTS (SELECT 1 FROM steps s WHERE s.org_id = v_org AND s.record_id = v_record
                       AND s.step = t.step AND s.round = t.round AND s.state = 'open'))), '[]'),
            'clocks', COALESCE((SELECT jsonb_agg(to_jsonb(c)) FROM clocks c WHERE c.org_id = v_org AND c.record_id = v_record AND NOT c.stopped), '[]'),
            'done', COALESCE((SELECT jsonb_agg(jsonb_build_object('step', d.step, 'round', d.round, 'kind', d.kind, 'person', d.person_id,
                    'behalf', d.behalf_id, 'signed', d.signature_id IS NOT NULL) ORDER BY d.at)
                FROM decisions d WHERE d.org_id = v_org AND d.record_id = v_record), '[]'));
    END IF;
    IF p ? 'intent' THEN
        v_out := v_out || jsonb_build_object('intent', (SELECT to_jsonb(i) - 'view' FROM intents i WHERE i.org_id = v_org AND i.id = (p->>'intent')::uuid FOR UPDATE));
    END IF;
    IF p ? 'other' THEN
        v_out := v_out || jsonb_build_object('other', (SELECT r.number FROM records r WHERE r.org_id = v_org AND r.id = (p->>'other')::uuid));
    END IF;
    RETURN v_out || jsonb_build_object(
        'org', (SELECT to_jsonb(o) FROM organizations o WHERE o.org_id = v_org),
        'site', (SELECT to_jsonb(s) || jsonb_build_object('calendar_version', c.version,
                'calendar', CASE WHEN p->'calendars' ? (s.calendar_id || ':' || c.version) THEN NULL ELSE c.spec END)
            FROM sites s JOIN LATERAL (SELECT version, spec FROM calendars c WHERE c.org_id = v_org AND c.id = s.calendar_id
                ORDER BY version DESC LIMIT 1) c ON true
            WHERE s.org_id = v_org AND s.id = COALESCE(v_rec.site, p->>'site')),
        'people', COALESCE((SELECT jsonb_object_agg(x, person(v_org, x, v_at)) FROM unnest(v_people) x), '{}'))
        || CASE WHEN NOT COALESCE((p->>'lock_people')::boolean, false) THEN '{}'::jsonb ELSE jsonb_build_object(
            'users', COALESCE((SELECT jsonb_object_agg(u.id, to_jsonb(u)) FROM users u WHERE u.org_id = v_org AND u.id = ANY (v_people)), '{}'),
            'secrets', COALESCE((SELECT jsonb_object_agg(k.user_id, to_jsonb(k)) FROM credentials k WHERE k.org_id = v_org AND k.user_id = ANY (v_people)), '{}'),
            'grants', COALESCE((SELECT jsonb_object_agg(g.id, to_jsonb(g)) FROM grants g WHERE g.org_id = v_org AND g.user_id = ANY (v_people) AND g.revoked_at IS NULL), '{}')) END;
END $$;
-- +goose StatementEnd

-- apply writes what one command changed. c holds arrays of rows by table; an absent table is untouched.
-- +goose StatementBegin
CREATE FUNCTION apply(c jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF c ? 'counters' THEN
        UPDATE counters k SET last = n.last FROM jsonb_populate_recordset(NULL::counters, c->'counters') n
            WHERE k.org_id = n.org_id AND k.prefix = n.prefix;
    END IF;
    IF c ? 'new_records' THEN
        INSERT INTO records SELECT * FROM jsonb_populate_recordset(NULL::records, c->'new_records');
    END IF;
    IF c ? 'records' THEN
        UPDATE records r SET title = n.title, state = n.state, class = n.class, site = n.site, owner_id = n.owner_id, involved = n.involved,
            flags = n.flags, data = n.data, version = n.version, content_hash = n.content_hash, aware_at = n.aware_at,
            late_seconds = n.late_seconds, due_at = n.due_at, extensions = n.extensions, held_at = n.held_at, last_seq = n.last_seq,
            updated_at = n.updated_at, closed_at = n.closed_at, files = n.files
        FROM jsonb_populate_recordset(NULL::records, c->'records') n WHERE r.org_id = n.org_id AND r.id = n.id;
    END IF;
    -- Most commands move nothing but the sequence of the record's audit events.
    IF c ? 'touch' THEN
        UPDATE records r SET last_seq = n.last_seq, updated_at = n.updated_at
        FROM jsonb_populate_recordset(NULL::records, c->'touch') n WHERE r.org_id = n.org_id AND r.id = n.id;
    END IF;
    IF c ? 'record_versions' THEN
        INSERT INTO record_versions SELECT * FROM jsonb_populate_recordset(NULL::record_versions, c->'record_versions');
    END IF;
    IF c ? 'record_files' THEN
        INSERT INTO record_files SELECT * FROM jsonb_populate_recordset(NULL::record_files, c->'record_files') ON CONFLICT DO NOTHING;
    END IF;
    IF c ? 'links' THEN
        INSERT INTO links SELECT * FROM jsonb_populate_recordset(NULL::links, c->'links');
    END IF;
    IF c ? 'steps' THEN
        INSERT INTO steps SELECT * FROM jsonb_populate_recordset(NULL::steps, c->'steps')
        ON CONFLICT (org_id, record_id, step, round) DO UPDATE SET state = EXCLUDED.state, outcome = EXCLUDED.outcome,
            version = EXCLUDED.version, due_at = EXCLUDED.due_at, done_at = EXCLUDED.done_at, request = EXCLUDED.request;
    END IF;
    IF c ? 'clocks' THEN
        INSERT INTO clocks SELECT * FROM jsonb_populate_recordset(NULL::clocks, c->'clocks')
        ON CONFLICT (org_id, record_id, id) DO UPDATE SET due_at = EXCLUDED.due_at, rungs = EXCLUDED.rungs, stopped = EXCLUDED.stopped;
    END IF;
    IF c ? 'tasks' THEN
        INSERT INTO tasks SELECT * FROM jsonb_populate_recordset(NULL::tasks, c->'tasks')
        ON CONFLICT (org_id, id) DO UPDATE SET state = EXCLUDED.state, title = EXCLUDED.title, record_owner = EXCLUDED.record_owner,
            assignee_id = EXCLUDED.assignee_id, owner_id = EXCLUDED.owner_id, candidates = EXCLUDED.candidates, barred = EXCLUDED.barred,
            priority = EXCLUDED.priority, claimed_at = EXCLUDED.claimed_at, due_at = EXCLUDED.due_at, breached_at = EXCLUDED.breached_at,
            follow_up_at = EXCLUDED.follow_up_at, completed_at = EXCLUDED.completed_at, completed_by = EXCLUDED.completed_by,
            outcome = EXCLUDED.outcome;
        DELETE FROM task_candidates k USING jsonb_populate_recordset(NULL::tasks, c->'tasks') n
            WHERE k.org_id = n.org_id AND k.task_id = n.id
              AND (n.state <> 'open' OR n.assignee_id IS NOT NULL OR k.due_at <> n.due_at OR k.key <> ALL (n.candidates));
        INSERT INTO task_candidates (org_id, key, task_id, due_at, opened_at)
            SELECT n.org_id, key, n.id, n.due_at, n.opened_at
            FROM jsonb_populate_recordset(NULL::tasks, c->'tasks') n CROSS JOIN LATERAL unnest(n.candidates) key
            WHERE n.state = 'open' AND n.assignee_id IS NULL
        ON CONFLICT DO NOTHING;
    END IF;
    IF c ? 'decisions' THEN
        INSERT INTO decisions SELECT * FROM jsonb_populate_recordset(NULL::decisions, c->'decisions');
    END IF;
    IF c ? 'comments' THEN
        INSERT INTO comments SELECT * FROM jsonb_populate_recordset(NULL::comments, c->'comments');
    END IF;
    IF c ? 'intents' THEN
        INSERT INTO intents SELECT * FROM jsonb_populate_recordset(NULL::intents, c->'intents');
    END IF;
    IF c ? 'used_intents' THEN
        UPDATE intents i SET used_at = n.used_at FROM jsonb_populate_recordset(NULL::intents, c->'used_intents') n
            WHERE i.org_id = n.org_id AND i.id = n.id;
    END IF;
    IF c ? 'signatures' THEN
        INSERT INTO signatures SELECT * FROM jsonb_populate_recordset(NULL::signatures, c->'signatures');
        UPDATE sessions s SET signed_at = n.signed_at
            FROM jsonb_to_recordset(c->'signed_sessions') AS n(org_id uuid, id uuid, signed_at timestamptz)
            WHERE s.org_id = n.org_id AND s.id = n.id AND s.signed_at IS NULL;
    END IF;
    IF c ? 'policy_decisions' THEN
        INSERT INTO policy_decisions SELECT * FROM jsonb_populate_recordset(NULL::policy_decisions, c->'policy_decisions');
    END IF;
    IF c ? 'audit_events' THEN
        INSERT INTO audit_events SELECT * FROM jsonb_populate_recordset(NULL::audit_events, c->'audit_events');
        INSERT INTO unsealed (org_id, event_id) SELECT n.org_id, n.id FROM jsonb_populate_recordset(NULL::audit_events, c->'audit_events') WITH ORDINALITY n;
        INSERT INTO outbox (org_id, topic, record_id, at) SELECT n.org_id, n.action, n.record_id, n.at
            FROM jsonb_populate_recordset(NULL::audit_events, c->'audit_events') n;
    END IF;
    IF c ? 'personal_values' THEN
        INSERT INTO personal_values SELECT * FROM jsonb_populate_recordset(NULL::personal_values, c->'personal_values');
    END IF;
    IF c ? 'notifications' THEN
        INSERT INTO notifications SELECT * FROM jsonb_populate_recordset(NULL::notifications, c->'notifications');
    END IF;
    IF c ? 'receipts' THEN
        INSERT INTO receipts SELECT * FROM jsonb_populate_recordset(NULL::receipts, c->'receipts');
    END IF;
    IF c ? 'awaiting' THEN
        INSERT INTO awaiting SELECT * FROM jsonb_populate_recordset(NULL::awaiting, c->'awaiting')
        ON CONFLICT (org_id, record_id) DO NOTHING;
    END IF;
    IF c ? 'identity' THEN
        PERFORM apply_identity(c->'identity');
    END IF;
    IF c ? 'acknowledged' THEN
        DELETE FROM awaiting a USING jsonb_populate_recordset(NULL::awaiting, c->'acknowledged') n
            WHERE a.org_id = n.org_id AND a.record_id = n.record_id;
    END IF;
END $$;
-- +goose StatementEnd

-- +goose Down
SELECT 'migrations only go forward';
