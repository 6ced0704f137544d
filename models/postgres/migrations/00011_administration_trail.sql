-- Run it with the servers stopped: while it builds its indexes on big tables nobody can write to them.
-- The trail of administration is read by itself, by those who read no records: among a million acts on records it is found at once.
-- +goose Up
CREATE INDEX audit_events_administration ON audit_events (org_id, at, id) WHERE record_id IS NULL;
CREATE INDEX policy_decisions_administration ON policy_decisions (org_id, at, id) WHERE record_id IS NULL;

-- +goose Down
SELECT 'migrations only go forward';
