-- SPDX-FileCopyrightText: 2026 The Countersign authors
-- SPDX-License-Identifier: Apache-2.0

-- name: Checkpoint :one
SELECT * FROM checkpoints WHERE org_id = @org ORDER BY size DESC LIMIT 1;

-- name: CheckpointOf :one
SELECT * FROM checkpoints WHERE org_id = @org AND size = @size;

-- name: Leaf :one
SELECT l.index, l.hash, e.record_id FROM leaves l
JOIN audit_events e ON e.org_id = l.org_id AND e.id = l.event_id
WHERE l.org_id = @org AND l.event_id = @event;

-- name: PolicyRevision :one
SELECT * FROM policy_revisions WHERE digest = @digest;

-- name: KeepPolicyRevision :exec
INSERT INTO policy_revisions (digest, revision, files, first_seen) VALUES (@digest, @revision, @files, @first_seen) ON CONFLICT DO NOTHING;
