-- name: Organization :one
SELECT * FROM organizations WHERE org_id = $1;

-- name: Sites :many
SELECT * FROM sites WHERE org_id = $1 ORDER BY name;

-- name: Calendar :one
SELECT * FROM calendars WHERE org_id = $1 AND id = $2 AND version = $3;
