// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres/queries"
)

// TaskClock is by when a task should be decided, and how that came about.
type TaskClock struct {
	DueAt       time.Time   `json:"due_at"`
	Goal        string      `json:"goal" example:"3 working days after it opens"`
	From        string      `json:"from" enum:"opened,record_due,aware" doc:"From when the goal runs."`
	After       string      `json:"after" example:"3wd" doc:"How long, as in the policy matrix; negative is before."`
	Calendar    string      `json:"calendar" doc:"Name of the working calendar of the site."`
	Zone        string      `json:"zone"`
	LeftSeconds int64       `json:"left_seconds" doc:"Working time left, negative when it is overdue. It stands while the record is on hold."`
	HeldSince   *time.Time  `json:"held_since,omitempty" doc:"The clock stands still since then."`
	Statutory   bool        `json:"statutory" doc:"No extension and no hold moves it."`
	Warnings    []ClockRung `json:"warnings" doc:"Before it is due."`
	Ladder      []ClockRung `json:"ladder" doc:"At the due date and after it."`
}

// taskClock describes the clock of an open task.
func (a *API) taskClock(ctx context.Context, read *taskRead, plan models.Plan) (*TaskClock, error) {
	row, record := read.row.Task, read.record
	if row.State != models.TaskOpen {
		return nil, nil
	}
	clocks, err := a.clocks.of(ctx, a, row.OrgID)
	if err != nil {
		return nil, err
	}
	held := record.HeldAt
	if plan.Statutory {
		held = nil
	}
	site := clocks[row.Site]
	clock := &TaskClock{
		DueAt: row.DueAt, Goal: goal(plan.Due), From: plan.Due.From, After: plan.Due.After, Calendar: site.name, Zone: read.row.SiteZone,
		LeftSeconds: workingLeft(site.clock, row.DueAt, held, a.Now()), HeldSince: held, Statutory: plan.Statutory,
		Warnings: []ClockRung{}, Ladder: []ClockRung{},
	}
	return clock, a.readRungs(ctx, clock, row)
}

func (a *API) readRungs(ctx context.Context, clock *TaskClock, row queries.Task) error {
	return a.DB.Read(ctx, row.OrgID, func(q *queries.Queries, _ pgx.Tx) error {
		rows, err := q.RecordClocks(ctx, queries.RecordClocksParams{Org: row.OrgID, Record: row.RecordID})
		if err != nil {
			return fmt.Errorf("read the clocks: %w", err)
		}
		for _, r := range rows {
			if r.Step != row.Step || r.Round != row.Round || r.Stopped {
				continue
			}
			view, err := clockOf(r)
			if err != nil {
				return err
			}
			for _, rung := range view.Rungs {
				if rung.Do == "warn" {
					clock.Warnings = append(clock.Warnings, rung)
				} else {
					clock.Ladder = append(clock.Ladder, rung)
				}
			}
		}
		return nil
	})
}

// goal is a due rule as people say it.
func goal(rule models.DueRule) string {
	d, err := models.ParseDuration(rule.After)
	if err != nil {
		return rule.After // a rule of a later version: shown as it is
	}
	when := "after"
	if d.N < 0 {
		d, when = d.Negate(), "before"
	}
	what := map[string]string{"record_due": "the record is due", "aware": "somebody became aware"}[rule.From]
	if what == "" {
		what = "it opens"
	}
	return d.Words() + " " + when + " " + what
}
