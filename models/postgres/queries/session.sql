-- SPDX-FileCopyrightText: 2026 The Countersign authors
-- SPDX-License-Identifier: Apache-2.0

-- name: LiveSessions :many
SELECT id, kind, name, address, device, created_at, seen_at, expires_at, signed_at FROM sessions
WHERE org_id = @org AND user_id = @person AND ended_at IS NULL AND expires_at > @at
  AND (idle_seconds = 0 OR seen_at + make_interval(secs => idle_seconds) > @at)
ORDER BY created_at DESC, id;

-- name: SessionOwner :one
SELECT user_id FROM sessions WHERE org_id = @org AND id = @id AND kind <> 'api_key';

-- name: APIKeys :many
SELECT s.id, s.name, s.user_id, u.name AS account_name, s.created_at, s.seen_at, s.expires_at, s.ended_at
FROM sessions s JOIN users u ON u.org_id = s.org_id AND u.id = s.user_id
WHERE s.org_id = @org AND s.kind = 'api_key'
ORDER BY s.created_at DESC, s.id;

-- name: APIKey :one
SELECT user_id FROM sessions WHERE org_id = @org AND id = @id AND kind = 'api_key';
