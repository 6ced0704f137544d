// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres/queries"
)

type reassignInput struct {
	Keyed
	Body struct {
		Tasks  []uuid.UUID `json:"tasks" minItems:"1" maxItems:"100" uniqueItems:"true"`
		To     uuid.UUID   `json:"to" format:"uuid" doc:"Id of the person."`
		Reason string      `json:"reason" minLength:"1" maxLength:"10000"`
		DryRun bool        `json:"dry_run,omitempty" doc:"Only say what would be: nothing is changed, and nothing recorded."`
	}
}

// Reassigned is what became of one task, or would become of it.
type Reassigned struct {
	Task    uuid.UUID `json:"task" format:"uuid"`
	Title   string    `json:"title,omitempty"`
	Number  string    `json:"number,omitempty" example:"DEV-2026-0001"`
	From    *Named    `json:"from,omitempty" doc:"Who held it."`
	Result  string    `json:"result" enum:"reassigned,allowed,refused" doc:"allowed: of a dry run. Whoever reassigns is asked again at the act."`
	Receipt *Receipt  `json:"receipt,omitempty"`
	Problem *Problem  `json:"problem,omitempty" doc:"Why it was refused, or that the outcome of this one is not known."`
}

type reassignOutput struct {
	Body struct {
		DryRun bool         `json:"dry_run"`
		Items  []Reassigned `json:"items" doc:"In the order of the request. Each task is decided and recorded by itself."`
	}
}

// reassignMany gives tasks to a person one by one, each with a commit and an answer of its own: that one is refused keeps no
// other from being reassigned.
func (a *API) reassignMany(ctx context.Context, in *reassignInput) (*reassignOutput, error) {
	c := callerOf(ctx)
	out := &reassignOutput{}
	out.Body.DryRun, out.Body.Items = in.Body.DryRun, make([]Reassigned, len(in.Body.Tasks))
	for i, id := range in.Body.Tasks {
		item := &out.Body.Items[i]
		item.Task = id
		read, err := a.readTask(ctx, c, id)
		switch {
		case err != nil:
		case in.Body.DryRun:
			item.describe(read)
			err = a.mayReassign(ctx, c, read, in.Body.To)
			item.Result = "allowed"
		default:
			item.describe(read)
			err = a.reassignOne(ctx, c, item, read, in)
		}
		if err != nil {
			item.Result, item.Problem = "refused", problemOf(ctx, err)
		}
	}
	return out, nil
}

func (r *Reassigned) describe(read *taskRead) {
	r.Title, r.Number, r.From = read.row.Task.Title, read.record.Number, named(read.row.Task.AssigneeID, read.row.AssigneeName)
}

func (a *API) reassignOne(ctx context.Context, c *caller, item *Reassigned, read *taskRead, in *reassignInput) error {
	t := read.row.Task
	done, err := a.give(ctx, c.command(intended{
		name: "task.reassign", route: "tasks.reassign", typ: t.RecordType, record: t.RecordID, task: t.ID, key: in.Key,
		body: models.Handover{To: in.Body.To, Reason: in.Body.Reason},
	}))
	if err != nil {
		return err
	}
	item.Result, item.Receipt = "reassigned", &done.Body
	return nil
}

// mayReassign asks policy what it would say, on the facts as they are read now. Commit asks again, on facts that it has locked.
func (a *API) mayReassign(ctx context.Context, c *caller, read *taskRead, to uuid.UUID) error {
	task := read.facts()
	ask := models.Ask{
		Action: "task.reassign", At: a.Now(), Actor: c.Person, Record: read.record.Facts(), Task: task.Facts(), Step: task.Step, Round: task.Round,
		Signing: task.Meaning != "", Done: []models.Performed{}, Org: c.Settings,
	}
	if err := a.readDuties(ctx, c, read, to, &ask); err != nil {
		return err
	}
	verdict, err := a.Policy.Decide(ctx, ask)
	if err != nil {
		logger(ctx).ErrorContext(ctx, "policy gave no answer: denied", "action", ask.Action, "error", err)
	}
	if !verdict.Allow {
		return models.Refuse(models.CodeForbidden, "You may not do this.", verdict.Reasons...)
	}
	return nil
}

// readDuties reads the person named, and who did what on the record.
func (a *API) readDuties(ctx context.Context, c *caller, read *taskRead, to uuid.UUID, ask *models.Ask) error {
	return a.DB.Read(ctx, c.Org, func(q *queries.Queries, _ pgx.Tx) error {
		raw, err := q.PersonFacts(ctx, queries.PersonFactsParams{Org: c.Org, ID: to, At: ask.At})
		if errors.Is(err, pgx.ErrNoRows) {
			return models.InvalidField("to", "unknown", "There is no such person.")
		}
		if err != nil {
			return fmt.Errorf("read the person named: %w", err)
		}
		if err := json.Unmarshal(raw, &ask.Target); err != nil {
			return fmt.Errorf("read the person named: %w", err)
		}
		rows, err := q.Performed(ctx, queries.PerformedParams{Org: c.Org, Record: read.record.ID})
		if err != nil {
			return fmt.Errorf("read who did what: %w", err)
		}
		for _, r := range rows {
			ask.Done = append(ask.Done, models.Performed{
				Step: r.Step, Round: int(r.Round), Kind: models.StepKind(r.Kind), Person: r.PersonID, Behalf: r.BehalfID, Signed: r.Signed,
			})
		}
		return nil
	})
}

// problemOf is an error as the answer to one of many.
func problemOf(ctx context.Context, err error) *Problem {
	return newProblem(explain(ctx, http.StatusInternalServerError, "", []error{err}, true), requestID(ctx), true)
}
