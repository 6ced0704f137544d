-- What a person is told of himself is about no record: that somebody else entered an absence of his.
-- +goose Up
ALTER TABLE notifications ALTER COLUMN record_id DROP NOT NULL;

-- +goose Down
SELECT 'migrations only go forward';
