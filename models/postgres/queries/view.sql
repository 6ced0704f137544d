-- SPDX-FileCopyrightText: 2026 The Countersign authors
-- SPDX-License-Identifier: Apache-2.0

-- name: Views :many
SELECT * FROM saved_views WHERE org_id = @org AND user_id = @person ORDER BY screen, lower(name), id;

-- One person's views are counted and kept in turn, so that two at once do not pass the limit.

-- name: LockViews :exec
SELECT pg_advisory_xact_lock(hashtextextended('views:' || @person::text, 0));

-- name: CountOtherViews :one
SELECT count(*) FROM saved_views WHERE org_id = @org AND user_id = @person AND id <> @id;

-- name: SaveView :exec
INSERT INTO saved_views (org_id, user_id, id, screen, name, query, saved_at)
VALUES (@org, @person, @id, @screen, @name, @query, @at)
ON CONFLICT (org_id, user_id, id) DO UPDATE SET screen = EXCLUDED.screen, name = EXCLUDED.name, query = EXCLUDED.query, saved_at = EXCLUDED.saved_at;

-- name: DeleteView :execrows
DELETE FROM saved_views WHERE org_id = @org AND user_id = @person AND id = @id;

-- name: Preferences :one
SELECT settings FROM preferences WHERE org_id = @org AND user_id = @person;

-- name: SavePreferences :exec
INSERT INTO preferences (org_id, user_id, settings, saved_at) VALUES (@org, @person, @settings, @at)
ON CONFLICT (org_id, user_id) DO UPDATE SET settings = EXCLUDED.settings, saved_at = EXCLUDED.saved_at;
