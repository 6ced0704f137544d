// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"time"

	"github.com/countersign/countersign/models"
)

type followUpInput struct {
	ByID
	Keyed
	Body struct {
		At *time.Time `json:"at" nullable:"true" required:"true" doc:"When I want to see it again; null takes the date away. The due date stays where it is."`
	}
}

// followUp puts a task off for its holder. It moves no clock.
func (a *API) followUp(ctx context.Context, in *followUpInput) (*recorded, error) {
	task, err := a.findTask(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return a.give(ctx, callerOf(ctx).on(task, intended{name: "task.follow_up", key: in.Key, body: models.FollowUp{At: in.Body.At}}))
}

// The dates of a row: which of them matters now.
const (
	dateOverdue  = "overdue"
	dateDue      = "due"
	dateFollowUp = "follow_up"
)

// dueSoon is how close a due date has to be to matter more than a follow-up.
const dueSoon = 24 * time.Hour

// DateNow is the one date of a task that matters now: overdue beats due beats follow-up. A follow-up counts where it comes
// before the due date and the due date is more than a day away.
type DateNow struct {
	Kind string    `json:"kind" enum:"overdue,due,follow_up"`
	At   time.Time `json:"at"`
}

func dateNow(due time.Time, followUp *time.Time, now time.Time) DateNow {
	switch {
	case due.Before(now):
		return DateNow{Kind: dateOverdue, At: due}
	case followUp != nil && followUp.Before(due) && due.Sub(now) > dueSoon:
		return DateNow{Kind: dateFollowUp, At: *followUp}
	}
	return DateNow{Kind: dateDue, At: due}
}
