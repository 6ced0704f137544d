// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package modeltest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/countersign/countersign/models"
)

const (
	seedChunk  = 50_000 // most rows of one transaction
	seedAtOnce = 2      // transactions
)

// Seeding says what Seed fills a database with: open records that stand at one step, each with one task in a group's inbox.
type Seeding struct {
	Database string // address, as a superuser
	Org      uuid.UUID
	Type     string
	Step     string
	Title    string // of the tasks
	Role     models.Role
	Meaning  string // of the signature that is asked for
	Sites    [2]string
	Owner    uuid.UUID
	Plan     json.RawMessage // of the step
	Data     json.RawMessage // of each record; a report in it gets the record's title
	Told     func(have int)  // after each transaction, from any goroutine; may be nil
}

// seedTables are those that get rows.
var seedTables = []string{"records", "record_versions", "record_facets", "record_words", "steps", "tasks", "task_candidates"}

// Seed brings the number of seeded records up to size. It writes rows as Commit would, in bulk and without audit events: it is for
// measuring what the number of rows costs, and for nothing else. Indexes that no constraint needs are taken away meanwhile and made
// again from all rows, which takes a fraction of the time; where that fails the database is of no use any more.
func Seed(ctx context.Context, s Seeding, size int) error {
	conn, err := pgx.Connect(ctx, s.Database)
	if err != nil {
		return fmt.Errorf("connect to seed: %w", err)
	}
	defer conn.Close(ctx)
	var have int
	if err := conn.QueryRow(ctx, "SELECT count(*) FROM records WHERE number LIKE 'SEED-%'").Scan(&have); err != nil {
		return fmt.Errorf("count what was seeded: %w", err)
	}
	if have >= size {
		return nil
	}
	indexes, err := dropIndexes(ctx, conn)
	if err != nil {
		return err
	}
	if err := s.fill(ctx, have, size); err != nil {
		return err
	}
	if err := s.together(ctx, len(indexes), func(i int) []string { return []string{"SET maintenance_work_mem = '512MB'", indexes[i]} }); err != nil {
		return err
	}
	return s.together(ctx, len(seedTables), func(i int) []string { return []string{"VACUUM ANALYZE " + seedTables[i]} })
}

// dropIndexes takes away what no constraint needs, and returns the statements that make it again.
func dropIndexes(ctx context.Context, conn *pgx.Conn) ([]string, error) {
	rows, err := conn.Query(ctx, `SELECT x.indexrelid::regclass::text, pg_get_indexdef(x.indexrelid) FROM pg_index x
		WHERE x.indrelid = ANY ($1::text[]::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = x.indexrelid)`, seedTables)
	if err != nil {
		return nil, fmt.Errorf("list indexes: %w", err)
	}
	var names, again []string
	var name, definition string
	_, err = pgx.ForEachRow(rows, []any{&name, &definition}, func() error {
		names, again = append(names, name), append(again, definition)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list indexes: %w", err)
	}
	if _, err := conn.Exec(ctx, "DROP INDEX "+strings.Join(names, ", ")); err != nil {
		return nil, fmt.Errorf("take indexes away: %w", err)
	}
	return again, nil
}

// together runs n lists of statements, each on a connection of its own, some at once.
func (s Seeding) together(ctx context.Context, n int, statements func(i int) []string) error {
	var g errgroup.Group
	g.SetLimit(seedAtOnce)
	for i := range n {
		g.Go(func() error {
			conn, err := pgx.Connect(ctx, s.Database)
			if err != nil {
				return fmt.Errorf("connect to seed: %w", err)
			}
			defer conn.Close(ctx)
			for _, sql := range statements(i) {
				if _, err := conn.Exec(ctx, sql); err != nil {
					return fmt.Errorf("%s: %w", sql, err)
				}
			}
			return nil
		})
	}
	return g.Wait()
}

// fill writes the rows beyond those that there are.
func (s Seeding) fill(ctx context.Context, have, size int) error {
	var g errgroup.Group
	g.SetLimit(seedAtOnce)
	var done atomic.Int64
	done.Store(int64(have))
	for from := have + 1; from <= size; from += seedChunk {
		to := min(size, from+seedChunk-1)
		g.Go(func() error {
			if err := s.insert(ctx, from, to); err != nil {
				return err
			}
			if now := done.Add(int64(to - from + 1)); s.Told != nil {
				s.Told(int(now))
			}
			return nil
		})
	}
	return g.Wait()
}

// Seed brings the number of open records of a type in the standard world, each at one step with one open group task, up to size.
func (w *World) Seed(ctx context.Context, recordType, step string, size int) error {
	return Seed(ctx, Seeding{
		Database: w.DB.AdminURL, Org: w.Org, Type: recordType, Step: step, Title: "Approval", Role: models.RoleQA, Meaning: "final_approval",
		Sites: [2]string{Berlin, Brooklyn}, Owner: w.People["rita"], Plan: json.RawMessage("{}"), Data: json.RawMessage("{}"),
	}, size)
}

func (s Seeding) insert(ctx context.Context, from, to int) error {
	conn, err := pgx.Connect(ctx, s.Database)
	if err != nil {
		return fmt.Errorf("connect to seed: %w", err)
	}
	defer conn.Close(ctx)
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		args := pgx.NamedArgs{
			"org": s.Org, "from": from, "to": to, "type": s.Type, "step": s.Step, "title": s.Title, "role": string(s.Role), "meaning": s.Meaning,
			"site": s.Sites[0], "other": s.Sites[1], "owner": s.Owner, "plan": s.Plan, "data": s.Data,
		}
		for i, sql := range seedStatements {
			if _, err := tx.Exec(ctx, sql, args); err != nil {
				return fmt.Errorf("seed %d to %d, statement %d: %w", from, to, i+1, err)
			}
		}
		return nil
	})
}

// One record in ten is at the other site. Due dates are spread over a year, and order differs from the order of making.
var seedStatements = []string{
	// What refers to what is right by construction, and a million rows are long in being looked after one by one: foreign keys are
	// not checked here, and what two triggers write, facets and words, is done by statements below.
	`SET LOCAL session_replication_role = replica`,
	`CREATE TEMPORARY TABLE seeded ON COMMIT DROP AS
	SELECT s.*, convert_to(jsonb_build_object('type', @type::text, 'title', title, 'class', '', 'data', data)::text, 'UTF8') AS content
	FROM (SELECT md5('record' || n)::uuid AS id, md5('task' || n)::uuid AS task, 'SEED-' || n AS number, 'Seeded record ' || n AS title,
			CASE WHEN n % 10 = 0 THEN @other::text ELSE @site::text END AS site,
			jsonb_set(@data::jsonb, '{report,title}', to_jsonb('Seeded record ' || n)) AS data,
			now() - make_interval(secs => 2000000 - n) AS at,
			now() - make_interval(secs => 2000000 - n) + make_interval(mins => ((n::bigint * 7919) % 525600)::int) AS due
		FROM generate_series(@from::int, @to::int) n) s ORDER BY id`, // as indexes like it
	`INSERT INTO records (org_id, id, type, number, title, state, site, owner_id, reporter_id, data, version, content_hash, aware_at,
		due_at, original_due_at, last_seq, created_at, updated_at)
	SELECT @org, id, @type, number, title, @step, site, @owner, @owner, data, 1, sha256(content), at, due, due, 1, at, at FROM seeded`,
	`INSERT INTO record_versions (org_id, record_id, version, bytes, content_hash, created_at, created_by, command_id)
	SELECT @org, id, 1, content, sha256(content), at, @owner, id FROM seeded`,
	`INSERT INTO record_facets (org_id, record_id, area, products, repeat, human_error)
	SELECT @org, id, COALESCE(data #>> '{report,department}', ''), '{}', false, false FROM seeded`,
	`INSERT INTO record_words (org_id, word, record_id)
	SELECT @org, w, id FROM seeded CROSS JOIN LATERAL unnest(words_of(title)) w ORDER BY w, id`,
	`INSERT INTO steps (org_id, record_id, step, round, kind, state, plan, opened_at, due_at)
	SELECT @org, id, @step, 1, 'approval', 'open', @plan::jsonb, at, due FROM seeded`,
	`INSERT INTO tasks (org_id, id, record_id, record_type, step, round, slot, kind, state, title, site, record_owner, candidates, priority, meaning, opened_at, due_at)
	SELECT @org, task, id, @type, @step, 1, 1, 'approval', 'open', @title, site, @owner,
		ARRAY['r:' || @role::text || ':' || site, 'r:' || @role::text || ':*'], 3, @meaning, at, due FROM seeded`,
	`INSERT INTO task_candidates (org_id, key, task_id, due_at, opened_at)
	SELECT @org, 'r:' || @role::text || ':' || place, task, due, at FROM seeded CROSS JOIN LATERAL unnest(ARRAY[site, '*']) place`,
}
