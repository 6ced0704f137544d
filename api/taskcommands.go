// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
)

// errNoTask is the answer for a task that is not there.
var errNoTask = models.Refuse(models.CodeNotFound, "There is no such task.")

// findTask finds the task that a command is about.
func (a *API) findTask(ctx context.Context, id uuid.UUID) (*models.TaskRef, error) {
	if named := callerOf(ctx).Session.Task; named != nil && named.ID == id {
		return named, nil
	}
	ref, err := a.DB.TaskRef(ctx, callerOf(ctx).Org, id)
	if err != nil {
		return nil, err
	}
	if ref == nil {
		return nil, errNoTask
	}
	return ref, nil
}

// on makes a command about a task.
func (c *caller) on(t *models.TaskRef, in intended) models.Command {
	in.typ, in.record, in.task = t.RecordType, t.Record, t.ID
	return c.command(in)
}

type taskInput struct {
	ByID
	Keyed
}

// empty is the body of what needs none.
type empty struct{}

func (a *API) claim(ctx context.Context, in *taskInput) (*recorded, error) {
	return a.hold(ctx, "task.claim", in)
}

func (a *API) release(ctx context.Context, in *taskInput) (*recorded, error) {
	return a.hold(ctx, "task.release", in)
}

func (a *API) hold(ctx context.Context, name string, in *taskInput) (*recorded, error) {
	task, err := a.findTask(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return a.give(ctx, callerOf(ctx).on(task, intended{name: name, key: in.Key, body: empty{}}))
}

type handoverInput struct {
	ByID
	Keyed
	Body struct {
		To     uuid.UUID `json:"to" format:"uuid" doc:"Id of the person."`
		Reason string    `json:"reason" minLength:"1" maxLength:"10000"`
	}
}

// handover gives a task to another person: delegated, it stays its owner's and comes back; reassigned, it does not.
func (a *API) handover(name string) func(context.Context, *handoverInput) (*recorded, error) {
	return func(ctx context.Context, in *handoverInput) (*recorded, error) {
		task, err := a.findTask(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return a.give(ctx, callerOf(ctx).on(task, intended{name: name, key: in.Key, body: models.Handover(in.Body)}))
	}
}

type commentInput struct {
	ByID
	Keyed
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"10000"`
	}
}

func (a *API) commentTask(ctx context.Context, in *commentInput) (*recorded, error) {
	task, err := a.findTask(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return a.give(ctx, callerOf(ctx).on(task, intended{name: "record.comment", key: in.Key, body: models.NewComment(in.Body)}))
}
