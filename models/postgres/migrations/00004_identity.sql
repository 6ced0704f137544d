-- People, sessions and credentials: what login and signing read in one statement, and what apply writes of them.
-- +goose Up

-- What a check of credentials needs: the person, the secrets' hashes, and the receipt if the command was answered before.
-- p_user or p_username names the person.
-- +goose StatementBegin
CREATE FUNCTION credential(p_org uuid, p_user uuid, p_username text, p_command uuid, p_at timestamptz) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE v_user uuid := p_user;
BEGIN
    PERFORM set_config('app.org', p_org::text, true);
    IF v_user IS NULL THEN
        SELECT u.id INTO v_user FROM users u WHERE u.org_id = p_org AND u.username = p_username;
    END IF;
    RETURN jsonb_build_object(
        'person', person(p_org, v_user, p_at),
        'stored', (SELECT jsonb_build_object('fingerprint', r.fingerprint, 'receipt', r.receipt) FROM receipts r WHERE r.org_id = p_org AND r.command_id = p_command),
        'settings', (SELECT o.settings FROM organizations o WHERE o.org_id = p_org),
        'credential', (SELECT to_jsonb(c) FROM credentials c WHERE c.org_id = p_org AND c.user_id = v_user));
END $$;
-- +goose StatementEnd

-- A one-time code counts once: true for the one caller that moves the last used time step forward (RFC 6238 section 5.2).
-- +goose StatementBegin
CREATE FUNCTION use_totp(p_org uuid, p_user uuid, p_step bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('app.org', p_org::text, true);
    UPDATE credentials SET totp_last = p_step WHERE org_id = p_org AND user_id = p_user AND totp_last < p_step;
    RETURN FOUND;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION apply_identity(c jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO organization_slugs SELECT n.slug, n.org_id FROM jsonb_populate_recordset(NULL::organizations, c->'new_organizations') n;
    INSERT INTO organizations SELECT * FROM jsonb_populate_recordset(NULL::organizations, c->'new_organizations');
    IF c ? 'organizations' THEN
        UPDATE organizations o SET settings = n.settings, name = n.name, revision = n.revision, letter = n.letter
            FROM jsonb_populate_recordset(NULL::organizations, c->'organizations') n WHERE o.org_id = n.org_id AND o.revision = n.revision - 1;
        IF NOT FOUND THEN -- somebody else changed it since it was read: the command is decided again
            RAISE EXCEPTION 'the organization has moved on' USING ERRCODE = 'serialization_failure';
        END IF;
    END IF;
    INSERT INTO calendars SELECT * FROM jsonb_populate_recordset(NULL::calendars, c->'calendars');
    INSERT INTO sites SELECT * FROM jsonb_populate_recordset(NULL::sites, c->'sites')
        ON CONFLICT (org_id, id) DO UPDATE SET name = EXCLUDED.name, zone = EXCLUDED.zone, calendar_id = EXCLUDED.calendar_id;
    INSERT INTO users SELECT * FROM jsonb_populate_recordset(NULL::users, c->'new_users');
    UPDATE users u SET name = n.name, email = n.email, active = n.active, locked_at = n.locked_at, failures = n.failures,
            statement_signed_at = n.statement_signed_at, identity_verified_at = n.identity_verified_at,
            identity_verified_by = n.identity_verified_by, identity_method = n.identity_method, credential_reset_at = n.credential_reset_at,
            credential_reset_by = n.credential_reset_by
        FROM jsonb_populate_recordset(NULL::users, c->'users') n WHERE u.org_id = n.org_id AND u.id = n.id;
    UPDATE users u SET failures = u.failures + 1, locked_at = CASE WHEN u.failures + 1 >= n.lock_after THEN COALESCE(u.locked_at, n.at) ELSE u.locked_at END
        FROM jsonb_to_recordset(c->'failed') AS n(org_id uuid, id uuid, lock_after integer, at timestamptz) WHERE u.org_id = n.org_id AND u.id = n.id;
    UPDATE users u SET failures = 0 FROM jsonb_to_recordset(c->'passed') AS n(org_id uuid, id uuid)
        WHERE u.org_id = n.org_id AND u.id = n.id AND u.failures > 0 AND u.locked_at IS NULL;
    INSERT INTO groups SELECT * FROM jsonb_populate_recordset(NULL::groups, c->'groups')
        ON CONFLICT (org_id, id) DO UPDATE SET name = EXCLUDED.name;
    INSERT INTO group_members SELECT * FROM jsonb_populate_recordset(NULL::group_members, c->'members') ON CONFLICT DO NOTHING;
    DELETE FROM group_members m USING jsonb_populate_recordset(NULL::group_members, c->'removed_members') n
        WHERE m.org_id = n.org_id AND m.group_id = n.group_id AND m.user_id = n.user_id;
    INSERT INTO grants SELECT * FROM jsonb_populate_recordset(NULL::grants, c->'grants')
        ON CONFLICT (org_id, id) DO UPDATE SET revoked_at = EXCLUDED.revoked_at, revoked_by = EXCLUDED.revoked_by;
    INSERT INTO credentials AS k SELECT * FROM jsonb_populate_recordset(NULL::credentials, c->'credentials')
        ON CONFLICT (org_id, user_id) DO UPDATE SET password_hash = EXCLUDED.password_hash, password_set = EXCLUDED.password_set,
            password_old = EXCLUDED.password_old, must_change = EXCLUDED.must_change, totp_secret = EXCLUDED.totp_secret,
            totp_confirmed = EXCLUDED.totp_confirmed, -- the codes of another secret are others, and none of them was used
            totp_last = CASE WHEN k.totp_secret IS DISTINCT FROM EXCLUDED.totp_secret THEN 0 ELSE k.totp_last END;
    INSERT INTO sessions SELECT * FROM jsonb_populate_recordset(NULL::sessions, c->'sessions');
    UPDATE sessions s SET ended_at = n.at FROM jsonb_to_recordset(c->'ended') AS n(org_id uuid, id uuid, user_id uuid, keep text, at timestamptz)
        WHERE s.org_id = n.org_id AND s.ended_at IS NULL AND (s.id = n.id OR s.user_id = n.user_id) AND s.id::text IS DISTINCT FROM n.keep;
    INSERT INTO absences SELECT * FROM jsonb_populate_recordset(NULL::absences, c->'absences')
        ON CONFLICT (org_id, id) DO UPDATE SET ends_at = EXCLUDED.ends_at, ended_at = EXCLUDED.ended_at;
    INSERT INTO signing_keys SELECT * FROM jsonb_populate_recordset(NULL::signing_keys, c->'signing_keys')
        ON CONFLICT (org_id, id) DO UPDATE SET revoked_at = EXCLUDED.revoked_at;
END $$;
-- +goose StatementEnd

-- +goose Down
SELECT 'migrations only go forward';
