-- SPDX-FileCopyrightText: 2026 The Countersign authors
-- SPDX-License-Identifier: Apache-2.0

-- Open tasks by step and site: breached, at risk within the next day, on time. sites is null for all of them.

-- name: ServiceLevels :many
SELECT record_type, step, site, min(title)::text AS title,
    count(*) FILTER (WHERE due_at <= @at) AS breached,
    count(*) FILTER (WHERE due_at > @at AND due_at <= @risk) AS at_risk,
    count(*) FILTER (WHERE due_at > @risk) AS on_time,
    min(due_at)::timestamptz AS oldest_due
FROM tasks
WHERE org_id = @org AND state = 'open' AND (@everywhere::boolean OR site = ANY (@sites::text[]))
GROUP BY record_type, step, site
ORDER BY record_type, step, site;

-- name: OverdueRecords :many
SELECT site, type, count(*) AS overdue, min(due_at)::timestamptz AS oldest_due
FROM records
WHERE org_id = @org AND closed_at IS NULL AND due_at <= @at AND (@everywhere::boolean OR site = ANY (@sites::text[]))
GROUP BY site, type
ORDER BY site, type;
