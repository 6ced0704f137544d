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

