// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"context"
	"time"

	"github.com/countersign/countersign/models"
)

// maxFollowUp bounds how far away a follow-up date may lie.
const maxFollowUp = 366 * 24 * time.Hour

// applyFollowUp puts a task off: its holder wants to look at it again at an instant. The due date and the clock stay where
// they are, and so do warnings and escalations.
func applyFollowUp(_ context.Context, t *tx) error {
	body, err := read[models.FollowUp](t.cmd)
	if err != nil {
		return err
	}
	task, err := t.openTask()
	if err != nil {
		return err
	}
	var at *time.Time
	if body.At != nil {
		instant := body.At.UTC().Truncate(time.Microsecond)
		at = &instant
		switch {
		case !at.After(t.now):
			return models.InvalidField("at", "past", "A follow-up is at an instant in the future.")
		case at.Sub(t.now) > maxFollowUp:
			return models.InvalidField("at", "too_late", "A follow-up is at most a year ahead.")
		}
	}
	t.note("follow_up_at", task.FollowUpAt, at)
	task.FollowUpAt = at
	t.putTask(task)
	return nil
}
