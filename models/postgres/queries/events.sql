-- SPDX-FileCopyrightText: 2026 The Countersign authors
-- SPDX-License-Identifier: Apache-2.0

-- Who holds, keeps and may take the tasks of records that changed: each live stream finds its own among them.

-- name: TasksOfRecords :many
SELECT id, state, assignee_id, owner_id, record_owner, candidates, barred, opened_at, claimed_at, completed_at, completed_by
FROM tasks WHERE org_id = @org AND record_id = ANY (@records::uuid[]);

-- Whether a session still lives, and whose it is now. It is not seen by this: an open page must not keep a session from its
-- idle timeout.

-- name: SessionStanding :one
SELECT person(s.org_id, s.user_id, @at::timestamptz)::jsonb AS person,
    (s.ended_at IS NULL AND s.expires_at > @at::timestamptz
        AND (s.idle_seconds = 0 OR s.seen_at + make_interval(secs => s.idle_seconds) > @at::timestamptz))::boolean AS alive
FROM sessions s WHERE s.org_id = @org AND s.id = @id;
