-- A page that asks by itself, on a timer or for an event, does not keep its session: only what a person does moves the time at which
-- a session was last seen, so an inbox that nobody looks at ends like any other (draft Annex 11, 11.8).
-- +goose Up
DROP FUNCTION session(uuid, bytea, timestamptz, uuid);

-- Who asks, and about which task if the request names one: one statement a request. A session is alive until its idle or absolute
-- timeout, its end, or its person's deactivation or lock.
-- +goose StatementBegin
CREATE FUNCTION session(p_org uuid, p_token bytea, p_at timestamptz, p_task uuid, p_background boolean) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE s sessions;
BEGIN
    PERFORM set_config('app.org', p_org::text, true);
    SELECT * INTO s FROM sessions WHERE org_id = p_org AND token_hash = p_token;
    IF s.id IS NULL OR s.ended_at IS NOT NULL OR s.expires_at <= p_at
       OR (s.idle_seconds > 0 AND s.seen_at + make_interval(secs => s.idle_seconds) <= p_at) THEN
        RETURN NULL;
    END IF;
    -- Seen is kept to a tenth of the idle timeout, a minute at most, so that reading does not write every time.
    IF NOT p_background AND s.idle_seconds > 0 AND s.seen_at + make_interval(secs => least(60, s.idle_seconds / 10.0)) <= p_at THEN
        UPDATE sessions SET seen_at = p_at WHERE org_id = p_org AND token_hash = p_token;
    END IF;
    RETURN jsonb_build_object('id', s.id, 'org', s.org_id, 'kind', s.kind, 'started_at', s.created_at, 'expires_at', s.expires_at,
        'signed_in_session', s.signed_at IS NOT NULL,
        'must_change', COALESCE((SELECT c.must_change FROM credentials c WHERE c.org_id = p_org AND c.user_id = s.user_id), false), 'person', person(p_org, s.user_id, p_at),
        'settings', (SELECT o.settings FROM organizations o WHERE o.org_id = p_org))
        || CASE WHEN p_task IS NULL THEN '{}' ELSE jsonb_build_object('task', task_ref(p_org, p_task)) END;
END $$;
-- +goose StatementEnd

-- +goose Down
SELECT 'migrations only go forward';
