-- SPDX-FileCopyrightText: 2026 The Countersign authors
-- SPDX-License-Identifier: Apache-2.0

-- name: Task :one
SELECT sqlc.embed(t), s.plan, s.requester_id AS step_requester, s.request, site.name AS site_name, site.zone AS site_zone,
    COALESCE(a.name, '')::text AS assignee_name, COALESCE(w.name, '')::text AS owner_name,
    COALESCE(q.name, '')::text AS requester_name, COALESCE(o.name, '')::text AS record_owner_name, COALESCE(d.name, '')::text AS completed_by_name
FROM tasks t
JOIN steps s ON s.org_id = t.org_id AND s.record_id = t.record_id AND s.step = t.step AND s.round = t.round
JOIN sites site ON site.org_id = t.org_id AND site.id = t.site
LEFT JOIN users a ON a.org_id = t.org_id AND a.id = t.assignee_id
LEFT JOIN users w ON w.org_id = t.org_id AND w.id = t.owner_id
LEFT JOIN users q ON q.org_id = t.org_id AND q.id = t.requester_id
LEFT JOIN users o ON o.org_id = t.org_id AND o.id = t.record_owner
LEFT JOIN users d ON d.org_id = t.org_id AND d.id = t.completed_by
WHERE t.org_id = @org AND t.id = @id;

-- name: Draft :one
SELECT * FROM drafts WHERE org_id = @org AND task_id = @task AND user_id = @person;

-- name: SaveDraft :execrows
INSERT INTO drafts (org_id, task_id, user_id, data, saved_at)
SELECT t.org_id, t.id, @person, @data, @at FROM tasks t
WHERE t.org_id = @org AND t.id = @task AND t.state = 'open' AND t.assignee_id = @person
ON CONFLICT (org_id, task_id, user_id) DO UPDATE SET data = EXCLUDED.data, saved_at = EXCLUDED.saved_at;

-- name: TaskComments :many
SELECT sqlc.embed(c), COALESCE(u.name, '')::text AS author
FROM comments c
LEFT JOIN users u ON u.org_id = c.org_id AND u.id = c.author_id
WHERE c.org_id = @org AND c.record_id = @record AND c.task_id = @task
ORDER BY c.created_at, c.id;
