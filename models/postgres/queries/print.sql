-- SPDX-FileCopyrightText: 2026 The Countersign authors
-- SPDX-License-Identifier: Apache-2.0

-- The audit event of a print, as its maker finds it again.

-- name: Print :one
SELECT leaf, at FROM audit_events
WHERE org_id = @org AND id = @id AND record_id = @record AND actor_id = @person AND action = 'record.print' AND outcome = 'done';

-- name: OpenPrint :execrows
INSERT INTO opened_prints (org_id, event_id, opened_at) VALUES (@org, @id, @at) ON CONFLICT DO NOTHING;

-- Printed names of those whom a record's data may name: people, sites, groups, records. The ids of sites are texts, the others are
-- compared as what they are: as texts no index would find them.

-- name: Names :many
SELECT u.id::text AS id, u.name FROM users u WHERE u.org_id = @org AND u.id = ANY (@ids::uuid[])
UNION ALL SELECT s.id, s.name FROM sites s WHERE s.org_id = @org AND s.id = ANY (@texts::text[])
UNION ALL SELECT g.id::text, g.name FROM groups g WHERE g.org_id = @org AND g.id = ANY (@ids::uuid[])
UNION ALL SELECT r.id::text, r.number FROM records r WHERE r.org_id = @org AND r.id = ANY (@ids::uuid[]);
