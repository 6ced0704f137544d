-- SPDX-FileCopyrightText: 2026 The Countersign authors
-- SPDX-License-Identifier: Apache-2.0

-- Absences that are not over, or all; of one person, or of everybody. Their reader sees his own, those that he stands in for, and those
-- of who holds a role at one of the sites that he looks after ('*' for all of them).
-- name: Absences :many
SELECT sqlc.embed(a), u.name AS user_name, s.name AS substitute_name, COALESCE(b.name, '')::text AS created_by_name
FROM absences a
JOIN users u ON u.org_id = a.org_id AND u.id = a.user_id
JOIN users s ON s.org_id = a.org_id AND s.id = a.substitute_id
LEFT JOIN users b ON b.org_id = a.org_id AND b.id = a.created_by
WHERE a.org_id = @org AND (@past::boolean OR a.ends_at > @at) AND (sqlc.narg(person)::uuid IS NULL OR a.user_id = sqlc.narg(person))
  AND (@reader::uuid IN (a.user_id, a.substitute_id) OR '*' = ANY (@sites::text[]) OR (cardinality(@sites) > 0 AND EXISTS (
    SELECT 1 FROM grants g WHERE g.org_id = a.org_id AND g.revoked_at IS NULL AND (g.site = '*' OR g.site = ANY (@sites))
      AND (g.user_id = a.user_id OR g.group_id IN (SELECT m.group_id FROM group_members m WHERE m.org_id = a.org_id AND m.user_id = a.user_id)))))
ORDER BY a.starts_at DESC, a.id LIMIT 1000;

-- name: Absence :one
SELECT * FROM absences WHERE org_id = @org AND id = @id;

-- Open tasks whose holder is away.
-- name: HeldByAbsent :many
SELECT t.id, t.record_id, t.record_type, t.owner_id, a.id AS absence, a.substitute_id
FROM absences a JOIN tasks t ON t.org_id = a.org_id AND t.assignee_id = a.user_id AND t.state = 'open'
WHERE a.org_id = @org AND a.starts_at <= @at AND a.ends_at > @at
ORDER BY t.due_at, t.id, a.starts_at LIMIT @max;
