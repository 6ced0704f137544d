-- What people are told, each by his own key or by a role's.
-- +goose Up
-- What a person is told of himself is about no record: that somebody else entered an absence of his.
ALTER TABLE notifications ALTER COLUMN record_id DROP NOT NULL;

-- A sentence is written when it is read, of ids: a name in a stored one could not be erased. Who is told by several keys is told
-- once: the same id stands under each. What somebody has read is his own, and not a role's.
ALTER TABLE notifications DROP COLUMN text, DROP COLUMN read_at, ADD COLUMN about jsonb NOT NULL DEFAULT '{}';
ALTER TABLE notifications DROP CONSTRAINT notifications_pkey, ADD PRIMARY KEY (org_id, id, user_key);
DROP INDEX notifications_key;
CREATE INDEX notifications_key ON notifications (org_id, user_key, created_at, id);
CREATE INDEX notifications_at ON notifications (org_id, created_at);

-- Up to which instant a person has read. It is no evidence of anything.
CREATE TABLE notice_marks (
    org_id  uuid NOT NULL,
    user_id uuid NOT NULL,
    through timestamptz NOT NULL,
    PRIMARY KEY (org_id, user_id)
);
ALTER TABLE notice_marks ENABLE ROW LEVEL SECURITY;
ALTER TABLE notice_marks FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON notice_marks USING (org_id = NULLIF(current_setting('app.org', true), '')::uuid);

-- +goose Down
SELECT 'migrations only go forward';
