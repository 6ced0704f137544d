-- SPDX-FileCopyrightText: 2026 The Countersign authors
-- SPDX-License-Identifier: Apache-2.0

-- Users after the one named (by name, then id). An empty filter does not narrow; a role counts if held through a group, too.
-- name: Users :many
SELECT u.id, u.kind, u.username, u.name, u.email, u.active, u.locked_at, u.created_at,
    l.created_at AS signed_in_at
FROM users u
LEFT JOIN sessions l ON l.org_id = u.org_id AND l.id = (SELECT s.id FROM sessions s
    WHERE s.org_id = u.org_id AND s.user_id = u.id AND s.kind <> 'api_key' ORDER BY s.created_at DESC LIMIT 1)
WHERE u.org_id = @org
  AND (@q::text = '' OR strpos(lower(u.name), lower(@q)) > 0 OR strpos(u.username, lower(@q)) > 0)
  AND (@state::text = '' OR @state = CASE WHEN NOT u.active THEN 'deactivated' WHEN u.locked_at IS NOT NULL THEN 'locked' ELSE 'active' END)
  AND (@kind::text = '' OR u.kind = @kind)
  AND ((@role::text = '' AND @site::text = '') OR EXISTS (SELECT 1 FROM grants g
        WHERE g.org_id = u.org_id AND g.revoked_at IS NULL AND (@role = '' OR g.role = @role) AND (@site = '' OR g.site = @site OR g.site = '*')
          AND (g.user_id = u.id OR g.group_id IN (SELECT m.group_id FROM group_members m WHERE m.org_id = u.org_id AND m.user_id = u.id))))
  AND (sqlc.narg(after)::uuid IS NULL OR (lower(u.name), u.id) > (SELECT lower(a.name), a.id FROM users a WHERE a.org_id = @org AND a.id = sqlc.narg(after)))
ORDER BY lower(u.name), u.id LIMIT @max;

-- name: User :one
SELECT sqlc.embed(u), person(u.org_id, u.id, @at)::jsonb AS facts,
    COALESCE(v.name, '')::text AS verified_by_name, COALESCE(r.name, '')::text AS reset_by_name, COALESCE(b.name, '')::text AS created_by_name,
    COALESCE(c.must_change, false)::boolean AS must_change, COALESCE(c.totp_confirmed, false)::boolean AS totp_confirmed, c.password_set,
    l.created_at AS signed_in_at
FROM users u
LEFT JOIN users v ON v.org_id = u.org_id AND v.id = u.identity_verified_by
LEFT JOIN users r ON r.org_id = u.org_id AND r.id = u.credential_reset_by
LEFT JOIN users b ON b.org_id = u.org_id AND b.id = u.created_by
LEFT JOIN credentials c ON c.org_id = u.org_id AND c.user_id = u.id
LEFT JOIN sessions l ON l.org_id = u.org_id AND l.id = (SELECT s.id FROM sessions s
    WHERE s.org_id = u.org_id AND s.user_id = u.id AND s.kind <> 'api_key' ORDER BY s.created_at DESC LIMIT 1)
WHERE u.org_id = @org AND u.id = @id;

-- What a person holds and has held, himself or through a group that he is in: the register of access (12.3).
-- name: UserGrants :many
SELECT sqlc.embed(g), COALESCE(o.name, '')::text AS group_name, COALESCE(b.name, '')::text AS granted_by_name, COALESCE(r.name, '')::text AS revoked_by_name
FROM grants g
LEFT JOIN groups o ON o.org_id = g.org_id AND o.id = g.group_id
LEFT JOIN users b ON b.org_id = g.org_id AND b.id = g.granted_by
LEFT JOIN users r ON r.org_id = g.org_id AND r.id = g.revoked_by
WHERE g.org_id = @org AND (g.user_id = @person::uuid
    OR g.group_id IN (SELECT m.group_id FROM group_members m WHERE m.org_id = @org AND m.user_id = @person::uuid))
ORDER BY g.revoked_at IS NOT NULL, g.granted_at, g.id;

-- name: UserGroups :many
SELECT g.id, g.name FROM group_members m JOIN groups g ON g.org_id = m.org_id AND g.id = m.group_id
WHERE m.org_id = @org AND m.user_id = @person ORDER BY g.name;

-- name: UserName :one
SELECT id, name, kind FROM users WHERE org_id = @org AND id = @id;
