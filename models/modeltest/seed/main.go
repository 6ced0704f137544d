// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// Command seed fills the database of a test server with open tasks, to measure what their number costs:
//
//	go run ./models/modeltest/seed -like DEV-2026-0042 -size 1000000
//
// Each stands beside a record of its own that is at the step of the record it is like. It takes the database of
// DATABASE_ADMIN_URL, as deploy/devstack exports it, and is no part of any program that is shipped.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Getenv, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "seed:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	flags := flag.NewFlagSet("seed", flag.ContinueOnError)
	flags.SetOutput(out)
	number := flags.String("like", "", "`number` of a record at a step that a role approves")
	size := flags.Int("size", 1_000_000, "how many records there are afterwards, at two sites of the organization")
	if err := flags.Parse(args); err != nil {
		return err
	}
	database := getenv("DATABASE_ADMIN_URL")
	if database == "" {
		return errors.New("DATABASE_ADMIN_URL is not set: run it under bin/devstack")
	}
	seeding, err := like(ctx, database, *number)
	if err != nil {
		return fmt.Errorf("look at record %q: %w", *number, err)
	}
	started := time.Now()
	seeding.Told = func(have int) {
		fmt.Fprintf(out, "seed: %d open tasks after %s\n", have, time.Since(started).Round(time.Second))
	}
	if err := modeltest.Seed(ctx, seeding, *size); err != nil {
		return err
	}
	fmt.Fprintf(out, "seed: analyzed after %s\n", time.Since(started).Round(time.Second))
	return nil
}

// likeSQL reads the open approval of a record, and what is short of its report. Of the plan it leaves out what was for this record
// only, and what rows of clocks say, which seeded ones have none of: a million of them would be long in being written.
const likeSQL = `SELECT r.org_id, r.type, t.step, t.title, t.meaning, r.owner_id, s.plan - '{barred,warn,ladder}'::text[],
	jsonb_build_object('report', (SELECT jsonb_object_agg(key, value) FROM jsonb_each(r.data->'report') WHERE length(value::text) < 40)),
	r.site, COALESCE((SELECT min(o.id) FROM sites o WHERE o.org_id = r.org_id AND o.id <> r.site), r.site)
FROM records r JOIN tasks t ON t.org_id = r.org_id AND t.record_id = r.id AND t.state = 'open' AND t.kind = 'approval'
JOIN steps s ON s.org_id = t.org_id AND s.record_id = t.record_id AND s.step = t.step AND s.round = t.round
WHERE r.number = $1`

// like makes a seeding of what a record is: the page of each seeded one is drawn from the same plan and form.
func like(ctx context.Context, database, number string) (modeltest.Seeding, error) {
	s := modeltest.Seeding{Database: database}
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		return s, err
	}
	defer conn.Close(ctx)
	err = conn.QueryRow(ctx, likeSQL, number).Scan(&s.Org, &s.Type, &s.Step, &s.Title, &s.Meaning, &s.Owner, &s.Plan, &s.Data, &s.Sites[0], &s.Sites[1])
	if err != nil {
		return s, err
	}
	var plan models.Plan
	if err := json.Unmarshal(s.Plan, &plan); err != nil {
		return s, fmt.Errorf("read the plan of its step: %w", err)
	}
	if len(plan.Candidates) != 1 || plan.Candidates[0].Role == "" {
		return s, errors.New("its task is not offered to one role")
	}
	s.Role = plan.Candidates[0].Role
	return s, nil
}
