// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package modeltest

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// seedChunk bounds the rows of one transaction.
const seedChunk = 50_000

// Seed brings the number of open records of a type, each at one step with one open group task, up to size. It writes rows as
// Commit would, in bulk and without audit events: it is for measuring what the number of rows costs, and for nothing else.
func (w *World) Seed(ctx context.Context, recordType, step string, size int) error {
	conn, err := pgx.Connect(ctx, w.DB.AdminURL)
	if err != nil {
		return fmt.Errorf("connect to seed: %w", err)
	}
	defer conn.Close(ctx)
	var have int
	if err := conn.QueryRow(ctx, "SELECT count(*) FROM records WHERE number LIKE 'SEED-%'").Scan(&have); err != nil {
		return fmt.Errorf("count what was seeded: %w", err)
	}
	for have < size {
		next := min(size, have+seedChunk)
		if err := w.seedRange(ctx, conn, recordType, step, have+1, next); err != nil {
			return err
		}
		have = next
	}
	if _, err := conn.Exec(ctx, "VACUUM ANALYZE records, tasks, task_candidates, steps"); err != nil {
		return fmt.Errorf("analyze what was seeded: %w", err)
	}
	return nil
}

func (w *World) seedRange(ctx context.Context, conn *pgx.Conn, recordType, step string, from, to int) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		owner := w.People["rita"]
		args := pgx.NamedArgs{"org": w.Org, "from": from, "to": to, "type": recordType, "step": step, "site": Berlin, "other": Brooklyn, "owner": owner}
		for _, sql := range seedStatements {
			if _, err := tx.Exec(ctx, sql, args); err != nil {
				return fmt.Errorf("seed %d to %d: %w", from, to, err)
			}
		}
		return nil
	})
}

// One record in ten is at the other site. Due dates are spread over a year, and order differs from the order of making.
var seedStatements = []string{
	`INSERT INTO records (org_id, id, type, number, title, state, site, owner_id, reporter_id, data, version, content_hash, aware_at,
		due_at, original_due_at, last_seq, created_at, updated_at)
	SELECT @org, md5('record' || n)::uuid, @type, 'SEED-' || n, 'Seeded record ' || n, @step, CASE WHEN n % 10 = 0 THEN @other ELSE @site END,
		@owner, @owner, '{}', 1, '\x00', at, at + make_interval(mins => ((n::bigint * 7919) % 525600)::int), at, 1, at, at
	FROM (SELECT n, now() - make_interval(secs => 2000000 - n) AS at FROM generate_series(@from::int, @to::int) n) s`,
	`INSERT INTO record_versions (org_id, record_id, version, bytes, content_hash, created_at, created_by, command_id)
	SELECT org_id, id, 1, '{}', '\x00', created_at, owner_id, id FROM records
	WHERE org_id = @org AND id IN (SELECT md5('record' || n)::uuid FROM generate_series(@from::int, @to::int) n)`,
	`INSERT INTO steps (org_id, record_id, step, round, kind, state, plan, opened_at, due_at)
	SELECT org_id, id, @step, 1, 'approval', 'open', '{}', created_at, due_at FROM records
	WHERE org_id = @org AND id IN (SELECT md5('record' || n)::uuid FROM generate_series(@from::int, @to::int) n)`,
	`INSERT INTO tasks (org_id, id, record_id, record_type, step, round, slot, kind, state, title, site, record_owner, candidates, priority, meaning, opened_at, due_at)
	SELECT org_id, md5('task' || id)::uuid, id, type, @step, 1, 1, 'approval', 'open', 'Approval', site, owner_id,
		ARRAY['r:qa_approver:' || site, 'r:qa_approver:*'], 3, 'final_approval', created_at, due_at FROM records
	WHERE org_id = @org AND id IN (SELECT md5('record' || n)::uuid FROM generate_series(@from::int, @to::int) n)`,
	`INSERT INTO task_candidates (org_id, key, task_id, due_at, opened_at)
	SELECT t.org_id, k, t.id, t.due_at, t.opened_at FROM tasks t CROSS JOIN LATERAL unnest(t.candidates) k
	WHERE t.org_id = @org AND t.record_id IN (SELECT md5('record' || n)::uuid FROM generate_series(@from::int, @to::int) n)`,
}
