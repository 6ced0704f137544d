-- SPDX-FileCopyrightText: 2026 The Countersign authors
-- SPDX-License-Identifier: Apache-2.0

-- name: Groups :many
SELECT g.id, g.name, g.created_at, (SELECT count(*) FROM group_members m WHERE m.org_id = g.org_id AND m.group_id = g.id) AS members
FROM groups g WHERE g.org_id = @org ORDER BY g.name;

-- name: Group :one
SELECT * FROM groups WHERE org_id = @org AND id = @id;

-- name: GroupMembers :many
SELECT u.id, u.kind, u.username, u.name, u.active FROM group_members m JOIN users u ON u.org_id = m.org_id AND u.id = m.user_id
WHERE m.org_id = @org AND m.group_id = @id ORDER BY u.name, u.id;

-- name: GroupGrants :many
SELECT sqlc.embed(g), COALESCE(b.name, '')::text AS granted_by_name, COALESCE(r.name, '')::text AS revoked_by_name
FROM grants g
LEFT JOIN users b ON b.org_id = g.org_id AND b.id = g.granted_by
LEFT JOIN users r ON r.org_id = g.org_id AND r.id = g.revoked_by
WHERE g.org_id = @org AND g.group_id = @id::uuid
ORDER BY g.revoked_at IS NOT NULL, g.granted_at, g.id;
