-- SPDX-FileCopyrightText: 2026 The Countersign authors
-- SPDX-License-Identifier: Apache-2.0

-- The manager's board: aggregates over the views of schema reporting, each at the sites that the reader sees and narrowed by the
-- same five filters. An empty filter does not narrow. What the rows mean is said in models/postgres/board.go.

-- name: BoardOpen :many
-- The age bounds are instants of each site: what was opened at or before them is at least that old in working time.
SELECT t.record_type, t.step, t.site, count(*) AS open,
    count(*) FILTER (WHERE t.due_at < @at::timestamptz) AS breached,
    count(*) FILTER (WHERE t.due_at >= @at::timestamptz AND t.due_at < @risk::timestamptz) AS at_risk,
    count(*) FILTER (WHERE t.due_at >= @risk::timestamptz) AS met,
    count(*) FILTER (WHERE t.opened_at <= b.first) AS older1,
    count(*) FILTER (WHERE t.opened_at <= b.second) AS older2,
    count(*) FILTER (WHERE t.opened_at <= b.third) AS older3,
    count(*) FILTER (WHERE t.opened_at <= b.fourth) AS older4
FROM reporting.tasks t
JOIN (SELECT unnest(@sites::text[]) AS site, unnest(@first::timestamptz[]) AS first, unnest(@second::timestamptz[]) AS second,
    unnest(@third::timestamptz[]) AS third, unnest(@fourth::timestamptz[]) AS fourth) b ON b.site = t.site
WHERE t.org_id = @org AND t.state = 'open' AND t.site = ANY (@sites::text[])
    AND (@type::text = '' OR t.record_type = @type::text) AND (@class::text = '' OR t.class = @class::text)
    AND (@area::text = '' OR t.area = @area::text) AND (@product::text = '' OR @product::text = ANY (t.products))
GROUP BY t.record_type, t.step, t.site
ORDER BY t.record_type, t.step, t.site;

-- name: BoardLoad :many
-- A null person is nobody: offered to a group.
SELECT t.assignee_id, COALESCE(min(t.assignee_name), '')::text AS assignee_name, count(*) AS open,
    count(*) FILTER (WHERE t.due_at < @at::timestamptz) AS overdue,
    count(*) FILTER (WHERE t.due_at >= @at::timestamptz AND t.due_at < @week::timestamptz) AS due_this_week
FROM reporting.tasks t
WHERE t.org_id = @org AND t.state = 'open' AND t.site = ANY (@sites::text[])
    AND (@type::text = '' OR t.record_type = @type::text) AND (@class::text = '' OR t.class = @class::text)
    AND (@area::text = '' OR t.area = @area::text) AND (@product::text = '' OR @product::text = ANY (t.products))
GROUP BY t.assignee_id
ORDER BY open DESC, t.assignee_id
LIMIT @rows;

-- name: BoardFlow :many
SELECT t.record_type, t.step, count(*) AS decided, count(*) FILTER (WHERE t.outcome = 'returned') AS returned,
    sum(t.waiting_seconds)::double precision AS waiting_total, sum(t.touch_seconds)::double precision AS touch_total,
    percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY t.waiting_seconds)::double precision[] AS waiting,
    percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY t.touch_seconds)::double precision[] AS touch
FROM reporting.tasks t
WHERE t.org_id = @org AND t.state = 'done' AND t.site = ANY (@sites::text[]) AND t.completed_at >= @since::timestamptz AND t.completed_at < @until::timestamptz
    AND (@type::text = '' OR t.record_type = @type::text) AND (@class::text = '' OR t.class = @class::text)
    AND (@area::text = '' OR t.area = @area::text) AND (@product::text = '' OR @product::text = ANY (t.products))
GROUP BY t.step, t.record_type
ORDER BY t.record_type, t.step;

-- name: BoardReturns :many
WITH d AS MATERIALIZED (
    SELECT t.record_type, t.step, t.site, t.area, t.products, count(*) AS decided, count(*) FILTER (WHERE t.outcome = 'returned') AS returned
    FROM reporting.tasks t
    WHERE t.org_id = @org AND t.state = 'done' AND t.site = ANY (@sites::text[]) AND t.completed_at >= @since::timestamptz AND t.completed_at < @until::timestamptz
        AND (@type::text = '' OR t.record_type = @type::text) AND (@class::text = '' OR t.class = @class::text)
        AND (@area::text = '' OR t.area = @area::text) AND (@product::text = '' OR @product::text = ANY (t.products))
    GROUP BY t.record_type, t.step, t.site, t.area, t.products)
SELECT y.dimension, y.key, y.record_type, y.step, y.decided, y.returned
FROM (SELECT x.dimension::text AS dimension, x.key::text AS key, x.record_type::text AS record_type, x.step::text AS step,
    sum(x.decided)::bigint AS decided, sum(x.returned)::bigint AS returned,
    row_number() OVER (PARTITION BY x.dimension ORDER BY sum(x.decided) DESC, x.key, x.record_type, x.step) AS place
FROM (
    SELECT 'site' AS dimension, site AS key, record_type, step, decided, returned FROM d
    UNION ALL SELECT 'area', area, record_type, step, decided, returned FROM d
    UNION ALL SELECT 'product', p, record_type, step, decided, returned
        FROM d CROSS JOIN LATERAL unnest(CASE WHEN d.products = '{}' THEN '{""}'::text[] ELSE d.products END) p
        WHERE @product::text IN ('', p)) x
GROUP BY x.dimension, x.key, x.record_type, x.step) y
WHERE y.place <= @rows::bigint
ORDER BY y.dimension, y.place;

-- name: BoardTouch :many
-- The median touch time of each step, for the forecast.
SELECT t.record_type, t.step, count(*) AS decided,
    (percentile_cont(0.5) WITHIN GROUP (ORDER BY t.touch_seconds))::double precision AS median
FROM reporting.tasks t
WHERE t.org_id = @org AND t.state = 'done' AND t.site = ANY (@sites::text[]) AND t.completed_at >= @since::timestamptz AND t.completed_at < @until::timestamptz
GROUP BY t.step, t.record_type
ORDER BY t.record_type, t.step;

-- name: BoardForecast :many
-- What is due in time and cannot be done by then, if it takes as long as its step does.
SELECT t.record_type, t.step,
    count(*) FILTER (WHERE t.due_at < @day1::timestamptz) AS within1,
    count(*) FILTER (WHERE t.due_at < @day3::timestamptz) AS within3,
    count(*) FILTER (WHERE t.due_at < @day7::timestamptz) AS within7
FROM reporting.tasks t
JOIN (SELECT unnest(@types::text[]) AS record_type, unnest(@steps::text[]) AS step, unnest(@seconds::double precision[]) AS seconds) m
    ON m.record_type = t.record_type AND m.step = t.step
WHERE t.org_id = @org AND t.state = 'open' AND t.site = ANY (@sites::text[])
    AND t.due_at >= @at::timestamptz AND t.due_at < @day7::timestamptz
    AND t.due_at < COALESCE(t.claimed_at, @at::timestamptz) + make_interval(secs => m.seconds)
    AND (@type::text = '' OR t.record_type = @type::text) AND (@class::text = '' OR t.class = @class::text)
    AND (@area::text = '' OR t.area = @area::text) AND (@product::text = '' OR @product::text = ANY (t.products))
GROUP BY t.record_type, t.step
ORDER BY t.record_type, t.step;

-- name: BoardExtensions :many
-- Requests for more time, by the step of the main line that was opened last when each was made.
SELECT t.record_type, COALESCE(during.step, '')::text AS step, count(*) AS requested, count(*) FILTER (WHERE s.outcome = 'approved') AS approved
FROM reporting.tasks t
JOIN steps s ON s.org_id = t.org_id AND s.record_id = t.record_id AND s.step = t.step AND s.round = t.round
LEFT JOIN LATERAL (SELECT m.step FROM steps m WHERE m.org_id = t.org_id AND m.record_id = t.record_id AND m.opened_at <= t.opened_at
    AND m.step <> ALL (@side::text[]) ORDER BY m.opened_at DESC, m.step, m.round LIMIT 1) during ON true
WHERE t.org_id = @org AND t.requester_id IS NOT NULL AND t.slot = 1 AND t.step = @step AND t.site = ANY (@sites::text[])
    AND t.opened_at >= @since::timestamptz AND t.opened_at < @until::timestamptz
    AND (@type::text = '' OR t.record_type = @type::text) AND (@class::text = '' OR t.class = @class::text)
    AND (@area::text = '' OR t.area = @area::text) AND (@product::text = '' OR @product::text = ANY (t.products))
GROUP BY t.record_type, during.step
ORDER BY t.record_type, during.step;

-- name: BoardClosed :many
WITH c AS MATERIALIZED (
    SELECT r.class, r.site, r.area, r.products, r.on_time, r.on_time_original, r.is_repeat, r.is_human_error, r.cycle_seconds
    FROM reporting.records r
    WHERE r.org_id = @org AND r.is_closed AND r.site = ANY (@sites::text[]) AND r.closed_at >= @since::timestamptz AND r.closed_at < @until::timestamptz
        AND (@type::text = '' OR r.type = @type::text) AND (@class::text = '' OR r.class = @class::text)
        AND (@area::text = '' OR r.area = @area::text) AND (@product::text = '' OR @product::text = ANY (r.products)))
SELECT y.dimension, y.key, y.closed, y.on_time, y.on_time_original, y.repeats, y.human_errors, y.cycle
FROM (SELECT x.dimension::text AS dimension, x.key::text AS key, count(*) AS closed,
    count(*) FILTER (WHERE x.on_time) AS on_time, count(*) FILTER (WHERE x.on_time_original) AS on_time_original,
    count(*) FILTER (WHERE x.is_repeat) AS repeats, count(*) FILTER (WHERE x.is_human_error) AS human_errors,
    percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY x.cycle_seconds)::double precision[] AS cycle,
    row_number() OVER (PARTITION BY x.dimension ORDER BY count(*) DESC, x.key) AS place
FROM (
    SELECT 'all' AS dimension, '' AS key, c.* FROM c
    UNION ALL SELECT 'class', class, c.* FROM c
    UNION ALL SELECT 'site', site, c.* FROM c
    UNION ALL SELECT 'area', area, c.* FROM c
    UNION ALL SELECT 'product', p, c.* FROM c CROSS JOIN LATERAL unnest(CASE WHEN c.products = '{}' THEN '{""}'::text[] ELSE c.products END) p
        WHERE @product::text IN ('', p)) x
GROUP BY x.dimension, x.key) y
WHERE y.place <= @rows::bigint
ORDER BY y.dimension, y.place;

-- name: SiteIDs :many
SELECT id FROM sites WHERE org_id = @org ORDER BY id;
