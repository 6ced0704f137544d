-- SPDX-FileCopyrightText: 2026 The Countersign authors
-- SPDX-License-Identifier: Apache-2.0

-- name: RecordSteps :many
SELECT * FROM steps WHERE org_id = @org AND record_id = @record ORDER BY opened_at, step, round;

-- name: RecordClocks :many
SELECT * FROM clocks WHERE org_id = @org AND record_id = @record ORDER BY due_at, id;

-- name: RecordVersions :many
SELECT sqlc.embed(v), COALESCE(u.name, '')::text AS author
FROM record_versions v
LEFT JOIN users u ON u.org_id = v.org_id AND u.id = v.created_by
WHERE v.org_id = @org AND v.record_id = @record
ORDER BY v.version;

-- name: VersionBytes :many
SELECT version, bytes FROM record_versions WHERE org_id = @org AND record_id = @record AND version = ANY (@versions::integer[]);

-- name: RecordSignatures :many
SELECT sqlc.embed(g), k.public, k.revoked_at, COALESCE(s.state, '')::text AS step_state
FROM signatures g
LEFT JOIN signing_keys k ON k.org_id = g.org_id AND k.id = g.key_id
LEFT JOIN steps s ON s.org_id = g.org_id AND s.record_id = g.record_id AND s.step = g.step AND s.round = g.round
WHERE g.org_id = @org AND g.record_id = @record
ORDER BY g.signed_at, g.id;

-- name: SigningSheet :one
SELECT bytes, view, signer_id, used_at FROM intents WHERE org_id = @org AND record_id = @record AND id = @id;

-- name: RecordLinks :many
SELECT sqlc.embed(l), COALESCE(u.name, '')::text AS author, (l.from_id = @record)::boolean AS outgoing,
    r.id, r.type, r.number, r.title, r.state, r.site, r.owner_id, r.reporter_id
FROM links l
JOIN records r ON r.org_id = l.org_id AND r.id = CASE WHEN l.from_id = @record THEN l.to_id ELSE l.from_id END
LEFT JOIN users u ON u.org_id = l.org_id AND u.id = l.created_by
WHERE l.org_id = @org AND (l.from_id = @record OR l.to_id = @record)
ORDER BY l.created_at, r.number;

-- name: RecordComments :many
SELECT sqlc.embed(c), COALESCE(u.name, '')::text AS author
FROM comments c
LEFT JOIN users u ON u.org_id = c.org_id AND u.id = c.author_id
WHERE c.org_id = @org AND c.record_id = @record
ORDER BY c.created_at, c.id;
