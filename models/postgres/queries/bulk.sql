-- SPDX-FileCopyrightText: 2026 The Countersign authors
-- SPDX-License-Identifier: Apache-2.0

-- What policy may know of a person; no row where there is none.

-- name: PersonFacts :one
SELECT person(u.org_id, u.id, @at::timestamptz)::jsonb AS person FROM users u WHERE u.org_id = @org AND u.id = @id;

-- Who did what on a record so far: segregation of duties looks at it.

-- name: Performed :many
SELECT step, round, kind, person_id, behalf_id, (signature_id IS NOT NULL)::boolean AS signed
FROM decisions WHERE org_id = @org AND record_id = @record ORDER BY at, id;
