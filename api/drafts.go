// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
	"github.com/countersign/countersign/models/postgres/queries"
)

// Draft is what somebody has filled in and not yet decided. It is nobody else's to see, and no part of the record.
type Draft struct {
	Data    map[string]any `json:"data"`
	SavedAt time.Time      `json:"saved_at"`
}

type draftOutput struct{ Body Draft }

func (a *API) draft(ctx context.Context, in *ByID) (*draftOutput, error) {
	c := callerOf(ctx)
	var row queries.Draft
	err := a.DB.Read(ctx, c.Org, func(q *queries.Queries, _ pgx.Tx) error {
		var err error
		row, err = q.Draft(ctx, queries.DraftParams{Org: c.Org, Task: in.ID, Person: c.Person.ID})
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, models.Refuse(models.CodeNotFound, "You have no draft of this task.")
	}
	if err != nil {
		return nil, fmt.Errorf("read the draft: %w", err)
	}
	out := &draftOutput{Body: Draft{SavedAt: row.SavedAt}}
	if err := jsonFormat.Unmarshal(row.Data, &out.Body.Data); err != nil {
		return nil, fmt.Errorf("read the draft: %w", err)
	}
	return out, nil
}

type saveDraftInput struct {
	ByID
	Body struct {
		Data map[string]any `json:"data"`
	}
}

// errDraftLost asks for the draft again. There is no doubt about what was recorded, as there is of a command: a draft is no record,
// and whoever sends it twice keeps it once.
var errDraftLost = models.Refuse(codeUnavailable, "The database did not answer, so the draft may not have been kept. Send it again.")

// saveDraft keeps a draft of whoever holds the task. It is work in progress, and leaves no trace in the audit trail.
func (a *API) saveDraft(ctx context.Context, in *saveDraftInput) (*draftOutput, error) {
	c := callerOf(ctx)
	read, err := a.readTask(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	if err := a.mayDraft(ctx, c, read); err != nil {
		return nil, err
	}
	data, err := json.Marshal(in.Body.Data)
	if err != nil {
		return nil, fmt.Errorf("write the draft: %w", err)
	}
	now := a.Now().UTC().Truncate(time.Microsecond)
	var saved int64
	err = a.DB.InOrg(ctx, c.Org, func(q *queries.Queries, _ pgx.Tx) error {
		saved, err = q.SaveDraft(ctx, queries.SaveDraftParams{Org: c.Org, Task: in.ID, Person: c.Person.ID, Data: data, At: now})
		return err
	})
	if postgres.Unavailable(err) {
		logger(ctx).WarnContext(ctx, "a draft was not kept", "task", in.ID, "error", err)
		return nil, errDraftLost
	}
	if err != nil {
		return nil, fmt.Errorf("keep the draft: %w", err)
	}
	if saved == 0 {
		return nil, models.Refuse(models.CodeMoved, "You no longer hold this task, so the draft was not kept. Nothing was changed.")
	}
	return &draftOutput{Body: Draft{Data: in.Body.Data, SavedAt: now}}, nil
}

// mayDraft asks policy, as for every act on a task.
func (a *API) mayDraft(ctx context.Context, c *caller, read *taskRead) error {
	facts := read.facts()
	verdict, err := a.Policy.Decide(ctx, models.Ask{
		Action: "task.draft", At: a.Now(), Actor: c.Person, Record: read.record.Facts(), Task: facts.Facts(), Done: []models.Performed{},
	})
	if err != nil {
		logger(ctx).ErrorContext(ctx, "policy gave no answer: denied", "action", "task.draft", "error", err)
	}
	if !verdict.Allow {
		return models.Refuse(models.CodeForbidden, "You may not do this.", verdict.Reasons...)
	}
	return nil
}
