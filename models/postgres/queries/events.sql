-- SPDX-FileCopyrightText: 2026 The Countersign authors
-- SPDX-License-Identifier: Apache-2.0

-- Who holds, keeps and may take the tasks of records that changed: each live stream finds its own among them. offered_at is since
-- when a task has been where it is: opened, given back, or offered to more. Of two tasks of one record it may be the other's.

-- name: TasksOfRecords :many
SELECT t.id, t.state, t.assignee_id, t.owner_id, t.record_owner, t.candidates, t.barred, t.claimed_at, t.completed_at, t.completed_by,
    (CASE WHEN t.state = 'open' AND t.claimed_at IS NULL THEN GREATEST(t.opened_at, (
        SELECT max(e.at) FROM audit_events e WHERE e.org_id = t.org_id AND e.record_id = t.record_id AND e.outcome = 'done'
            AND e.action IN ('task.release', 'task.reroute', 'clock.add_candidate', 'clock.hand_to_role', 'clock.reassign')))
    ELSE t.opened_at END)::timestamptz AS offered_at
FROM tasks t WHERE t.org_id = @org AND t.record_id = ANY (@records::uuid[]);

-- Whether a session still lives, and whose it is now. It is not seen by this: an open page must not keep a session from its
-- idle timeout.

-- name: SessionStanding :one
SELECT person(s.org_id, s.user_id, @at::timestamptz)::jsonb AS person,
    (s.ended_at IS NULL AND s.expires_at > @at::timestamptz
        AND (s.idle_seconds = 0 OR s.seen_at + make_interval(secs => s.idle_seconds) > @at::timestamptz))::boolean AS alive
FROM sessions s WHERE s.org_id = @org AND s.id = @id;
