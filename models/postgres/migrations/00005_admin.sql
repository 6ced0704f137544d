-- Administration: what it records of people and of the organization, and what its commands read under lock.
-- +goose Up

-- Who reset the credentials does not confirm the person afterwards: misuse takes two (21 CFR 11.200(a)(3)).
ALTER TABLE users ADD COLUMN credential_reset_by uuid;

-- The certification to the agency that electronic signatures here are binding (21 CFR 11.100(c)): reference, day, who recorded it, when.
ALTER TABLE organizations ADD COLUMN letter jsonb;

-- Absences are ended, never deleted: for whom somebody acted stays to be seen.
ALTER TABLE absences
    ADD COLUMN reason text NOT NULL DEFAULT '',
    ADD COLUMN created_at timestamptz NOT NULL,
    ADD COLUMN created_by uuid NOT NULL,
    ADD COLUMN ended_at timestamptz;
CREATE INDEX absences_now ON absences (org_id, ends_at);
CREATE TRIGGER kept_rows BEFORE DELETE ON absences FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept_table BEFORE TRUNCATE ON absences FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE INDEX users_name ON users (org_id, lower(name), id);
CREATE INDEX sessions_person ON sessions (org_id, user_id, created_at);
CREATE INDEX sessions_api_keys ON sessions (org_id, created_at, id) WHERE kind = 'api_key';

-- The group, calendar, absence or session that a command names beside people. Changing a group changes what its members hold: it
-- is locked, and then they are, as a grant locks its person.
-- +goose StatementBegin
CREATE FUNCTION named(p_org uuid, p_id uuid, p_at timestamptz) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_group  groups;
    v_member uuid;
BEGIN
    PERFORM set_config('app.org', p_org::text, true);
    SELECT * INTO v_group FROM groups g WHERE g.org_id = p_org AND g.id = p_id FOR UPDATE;
    IF v_group.id IS NOT NULL THEN
        FOR v_member IN SELECT m.user_id FROM group_members m WHERE m.org_id = p_org AND m.group_id = p_id ORDER BY m.user_id LOOP
            PERFORM 1 FROM users u WHERE u.org_id = p_org AND u.id = v_member FOR UPDATE;
        END LOOP;
        RETURN jsonb_build_object('group', to_jsonb(v_group) || jsonb_build_object(
            'members', COALESCE((SELECT jsonb_agg(person(p_org, m.user_id, p_at) ORDER BY m.user_id) FROM group_members m
                WHERE m.org_id = p_org AND m.group_id = p_id), '[]'),
            'grants', COALESCE((SELECT jsonb_agg(to_jsonb(g) ORDER BY g.granted_at, g.id) FROM grants g
                WHERE g.org_id = p_org AND g.group_id = p_id AND g.revoked_at IS NULL), '[]')));
    END IF;
    RETURN jsonb_build_object(
        'calendar', (SELECT to_jsonb(c) FROM calendars c WHERE c.org_id = p_org AND c.id = p_id ORDER BY c.version DESC LIMIT 1),
        'absence', (SELECT to_jsonb(a) FROM absences a WHERE a.org_id = p_org AND a.id = p_id FOR UPDATE),
        'session', (SELECT jsonb_build_object('id', s.id, 'user_id', s.user_id, 'kind', s.kind, 'name', s.name, 'ended_at', s.ended_at)
            FROM sessions s WHERE s.org_id = p_org AND s.id = p_id));
END $$;
-- +goose StatementEnd

-- +goose Down
SELECT 'migrations only go forward';
