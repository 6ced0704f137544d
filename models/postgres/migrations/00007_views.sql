-- What a person chooses for himself, which is no evidence of anything: saved views and preferences. And which printed copies
-- were opened: a print's link is good once.
-- +goose Up
CREATE TABLE saved_views (
    org_id   uuid NOT NULL,
    user_id  uuid NOT NULL,
    id       uuid NOT NULL,
    screen   text NOT NULL,
    name     text NOT NULL,
    query    text NOT NULL,
    saved_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, user_id, id),
    CONSTRAINT saved_views_name UNIQUE (org_id, user_id, screen, name)
);

CREATE TABLE preferences (
    org_id   uuid NOT NULL,
    user_id  uuid NOT NULL,
    settings jsonb NOT NULL,
    saved_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, user_id)
);

-- The print itself is the audit event of that id.
CREATE TABLE opened_prints (
    org_id    uuid NOT NULL,
    event_id  uuid NOT NULL,
    opened_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, event_id)
);

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['saved_views', 'preferences', 'opened_prints'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = NULLIF(current_setting(''app.org'', true), '''')::uuid)', t);
    END LOOP;
END $$;
-- +goose StatementEnd

-- +goose Down
SELECT 'migrations only go forward';
