// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package modeltest

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// History writes n deviations with the tasks, steps and decisions of their lives, some closed and some open, over the two years
// before an instant. Everything follows from the number of a record, so that the same call makes the same history; all instants
// are whole seconds before at. It writes rows as Commit would, in bulk and without audit events: it is for figures over many
// records, whose correctness and speed it shows, and for nothing else.
//
// Of ten records one is at the other site, two are open (one of them for its first days) and one of twenty is cancelled. A
// closed one went through triage, assessment, its approval, perhaps after a return, a cause and the final approval.
func (w *World) History(ctx context.Context, n int, at time.Time) error {
	conn, err := pgx.Connect(ctx, w.DB.AdminURL)
	if err != nil {
		return fmt.Errorf("connect to seed: %w", err)
	}
	defer conn.Close(ctx)
	for from := 1; from <= n; from += seedChunk {
		to := min(n, from+seedChunk-1)
		if err := w.historyRange(ctx, conn, from, to, at.UTC().Truncate(time.Second)); err != nil {
			return err
		}
	}
	if _, err := conn.Exec(ctx, "VACUUM ANALYZE records, record_facets, tasks, task_candidates, steps, decisions"); err != nil {
		return fmt.Errorf("analyze what was seeded: %w", err)
	}
	return nil
}

func (w *World) historyRange(ctx context.Context, conn *pgx.Conn, from, to int, at time.Time) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		args := pgx.NamedArgs{
			"org": w.Org, "from": from, "to": to, "at": at, "berlin": Berlin, "brooklyn": Brooklyn, "rita": w.People["rita"], "otto": w.People["otto"],
			"olga": w.People["olga"], "quinn": w.People["quinn"], "quentin": w.People["quentin"], "policy": w.Org,
		}
		for i, sql := range historyStatements {
			if _, err := tx.Exec(ctx, sql, args); err != nil {
				return fmt.Errorf("seed history %d to %d, statement %d: %w", from, to, i+1, err)
			}
		}
		return nil
	})
}

// The life of a record: plan has one row a step that it went through, with its instants. What is decided after at is open.
var historyStatements = []string{
	`CREATE TEMPORARY TABLE life ON COMMIT DROP AS
	SELECT n, md5('history' || n)::uuid AS id, CASE WHEN n % 10 = 0 THEN @brooklyn ELSE @berlin END AS site,
		@at::timestamptz - make_interval(secs => CASE WHEN n % 10 IN (3, 7) THEN 7200 + n::bigint * 7919 % 864000 ELSE 864000 + n::bigint * 104729 % 62208000 END) AS aware,
		CASE n % 7 WHEN 0 THEN 'critical' WHEN 1 THEN 'major' WHEN 2 THEN 'major' ELSE 'minor' END AS class,
		(ARRAY['Packaging', 'Filling', 'Granulation', 'Warehouse', ''])[n % 5 + 1] AS area,
		CASE n % 4 WHEN 0 THEN '[]'::jsonb WHEN 1 THEN '[{"product": "Amlodipine 5 mg"}]' WHEN 2 THEN '[{"product": "Ramipril 10 mg"}]'
			ELSE '[{"product": "Amlodipine 5 mg"}, {"product": "Bisoprolol 2.5 mg"}, {"product": "Amlodipine 5 mg"}]' END AS batches,
		n % 9 = 0 AS repeat, n % 11 = 0 AS human, n % 20 = 11 AS cancelled, n % 6 = 5 AS returned, n % 8 = 1 AS extended
	FROM generate_series(@from::int, @to::int) n`,
	// Steps in order, each so many seconds after the one before: waiting, then touch.
	`CREATE TEMPORARY TABLE plan ON COMMIT DROP AS
	SELECT l.*, s.place, s.step, s.round, s.kind, s.outcome, s.wait, s.touch,
		aware + make_interval(secs => 3600 + COALESCE(sum(s.wait + s.touch) OVER (PARTITION BY l.n ORDER BY s.place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)) AS opened
	FROM life l CROSS JOIN LATERAL (VALUES
		(1, 'triage', 1, 'task', 'done', l.n * 31 % 7200, 600 + l.n * 37 % 10000),
		(2, 'assessment', 1, 'task', 'done', l.n * 41 % 90000, 900 + l.n * 43 % 200000),
		(3, 'assessment_approval', 1, 'approval', CASE WHEN l.returned THEN 'returned' ELSE 'approved' END, l.n * 47 % 180000, 300 + l.n * 53 % 90000),
		(4, 'assessment', 2, 'task', 'done', l.n * 59 % 50000, 900 + l.n * 61 % 100000),
		(5, 'assessment_approval', 2, 'approval', 'approved', l.n * 67 % 100000, 300 + l.n * 71 % 50000),
		(6, 'cause', 1, 'task', 'done', l.n * 73 % 300000, 3600 + l.n::bigint * 79777 % 1900000),
		(7, 'final_approval', 1, 'approval', 'approved', l.n * 83 % 250000, 300 + l.n * 89 % 120000)) s(place, step, round, kind, outcome, wait, touch)
	WHERE l.returned OR s.place NOT IN (4, 5)`,
	`CREATE TEMPORARY TABLE over ON COMMIT DROP AS
	SELECT n, CASE WHEN cancelled THEN min(opened) FILTER (WHERE place = 6) ELSE max(opened + make_interval(secs => wait + touch)) END AS closed
	FROM plan GROUP BY n, cancelled`,
	`DELETE FROM over WHERE closed >= @at`,
	`DELETE FROM plan p USING over o WHERE p.n = o.n AND p.opened >= o.closed`,
	`DELETE FROM plan WHERE opened >= @at`,
	`CREATE TEMPORARY TABLE stand ON COMMIT DROP AS
	SELECT n, (array_agg(step ORDER BY place DESC))[1] AS step, max(place) >= 6 AS classified FROM plan GROUP BY n`,
	`ANALYZE life, plan, over, stand`,
	`INSERT INTO records (org_id, id, type, number, title, state, class, site, owner_id, reporter_id, flags, data, version, content_hash, aware_at,
		due_at, original_due_at, extensions, last_seq, created_at, updated_at, closed_at)
	SELECT @org, l.id, 'deviation', 'HIST-' || l.n, CASE l.n % 16 WHEN 4 THEN '=HYPERLINK("http://evil","' || l.n || '")' ELSE 'Seeded deviation ' || l.n END,
		CASE WHEN o.closed IS NULL THEN s.step WHEN l.cancelled THEN 'cancelled' ELSE 'closed' END,
		CASE WHEN s.classified THEN l.class ELSE '' END, l.site,
		CASE WHEN l.n % 10 = 0 THEN @olga::uuid ELSE @otto::uuid END, @rita,
		jsonb_build_object('repeat', l.repeat, 'human_error', l.human),
		jsonb_build_object('report', jsonb_build_object('title', 'Seeded deviation ' || l.n, 'department', l.area, 'batches', l.batches,
			'observed', repeat('What the recorder showed, line by line. ', 40))),
		1, decode(md5('content' || l.n), 'hex'), l.aware, l.aware + make_interval(days => CASE WHEN l.extended AND l.n % 16 = 1 THEN 45 ELSE 30 END - l.n % 13),
		l.aware + make_interval(days => 30 - l.n % 13), CASE WHEN l.extended AND l.n % 16 = 1 THEN 1 ELSE 0 END, 1,
		l.aware + interval '1 hour', @at, o.closed
	FROM life l JOIN stand s ON s.n = l.n LEFT JOIN over o ON o.n = l.n`,
	`INSERT INTO steps (org_id, record_id, step, round, kind, state, outcome, plan, opened_at, due_at, done_at)
	SELECT @org, id, step, round, kind, CASE WHEN done THEN 'done' ELSE 'open' END, CASE WHEN done THEN outcome ELSE '' END, '{}', opened, opened + interval '3 days',
		CASE WHEN done THEN opened + make_interval(secs => wait + touch) END
	FROM (SELECT *, opened + make_interval(secs => wait + touch) < @at AS done FROM plan) p`,
	// Of the open ones, some are claimed; every third triage is given to its owner when it opens.
	`INSERT INTO tasks (org_id, id, record_id, record_type, step, round, slot, kind, state, title, site, record_owner, assignee_id, candidates, priority, meaning,
		opened_at, claimed_at, due_at, completed_at, completed_by, outcome)
	SELECT @org, md5('task' || n || step || round)::uuid, id, 'deviation', step, round, 1, kind, CASE WHEN done THEN 'done' ELSE 'open' END, step, site,
		CASE WHEN n % 10 = 0 THEN @olga::uuid ELSE @otto::uuid END,
		CASE WHEN done OR given OR opened + make_interval(secs => wait) < @at THEN who END, ARRAY['r:qa_approver:' || site], 3, '', opened,
		CASE WHEN NOT given AND opened + make_interval(secs => wait) < @at THEN opened + make_interval(secs => wait) END,
		opened + make_interval(secs => 86400 + n::bigint * 15485863 % 900000), CASE WHEN done THEN opened + make_interval(secs => wait + touch) END,
		CASE WHEN done THEN who END, CASE WHEN done THEN outcome ELSE '' END
	FROM (SELECT *, opened + make_interval(secs => wait + touch) < @at AS done, step = 'triage' AND n % 3 = 0 AS given,
		CASE WHEN kind = 'approval' THEN CASE WHEN n % 2 = 0 THEN @quinn::uuid ELSE @quentin::uuid END WHEN n % 10 = 0 THEN @olga::uuid ELSE @otto::uuid END AS who FROM plan) p`,
	`INSERT INTO task_candidates (org_id, key, task_id, due_at, opened_at)
	SELECT t.org_id, k, t.id, t.due_at, t.opened_at FROM tasks t JOIN life l ON l.id = t.record_id CROSS JOIN LATERAL unnest(t.candidates) k
	WHERE t.org_id = @org AND t.state = 'open' AND t.assignee_id IS NULL`,
	// Requests for more time, half a day after the assessment was opened or, for some, the cause.
	`INSERT INTO steps (org_id, record_id, step, round, kind, state, outcome, requester_id, request, plan, opened_at, due_at, done_at)
	SELECT @org, id, 'extension_approval', 1, 'approval', 'done', CASE WHEN n % 16 = 1 THEN 'approved' ELSE 'rejected' END, @otto, '{}', '{}',
		opened + interval '12 hours', opened + interval '3 days', opened + interval '14 hours'
	FROM plan WHERE extended AND place = CASE WHEN n % 3 = 0 THEN 2 ELSE 6 END AND opened + interval '14 hours' < @at`,
	`INSERT INTO tasks (org_id, id, record_id, record_type, step, round, slot, kind, state, title, site, record_owner, requester_id, assignee_id, priority, meaning,
		opened_at, claimed_at, due_at, completed_at, completed_by, outcome)
	SELECT @org, md5('extension' || l.n)::uuid, l.id, 'deviation', s.step, 1, 1, 'approval', 'done', 'Approve the extension', l.site, @otto, @otto, @quinn, 2,
		'extension_approval', s.opened_at, s.opened_at + interval '1 hour', s.due_at, s.done_at, @quinn, s.outcome
	FROM steps s JOIN life l ON l.id = s.record_id WHERE s.org_id = @org AND s.step = 'extension_approval'`,
	`INSERT INTO decisions (org_id, id, record_id, task_id, step, round, kind, person_id, outcome, version, policy_id, at)
	SELECT t.org_id, md5('decision' || t.id)::uuid, t.record_id, t.id, t.step, t.round, t.kind, t.completed_by, t.outcome, 1, @policy, t.completed_at
	FROM tasks t JOIN life l ON l.id = t.record_id WHERE t.org_id = @org AND t.state = 'done'`,
}
