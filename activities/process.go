// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"context"
	"slices"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
)

// applySync answers where the record stands, and takes the mark off it: the process has heard.
func applySync(_ context.Context, t *tx) error {
	t.silent = true
	t.changes.Acknowledged = []postgres.Awaiting{{Org: t.cmd.Org, Record: t.record.ID, Type: t.record.Type, Since: t.now}}
	return nil
}

// applyClose ends the record. It is natural to ask twice.
func applyClose(_ context.Context, t *tx) error {
	if t.record.ClosedAt != nil {
		t.silent = true
		return nil
	}
	return t.close()
}

// close ends the record as done. What still waits for a decision is withdrawn with it.
func (t *tx) close() error {
	for _, s := range slices.Clone(t.steps) {
		if s.State == models.StepOpen {
			t.endStep(s)
		}
	}
	return t.closeAs(models.StateClosed)
}

// closeAs ends the record in a final state and stops its clocks.
func (t *tx) closeAs(state string) error {
	if err := t.move(state); err != nil {
		return err
	}
	t.record.ClosedAt = &t.now
	if t.record.HeldAt != nil { // what is over stands still no more: reopened, its clocks run
		t.note("held_at", t.record.HeldAt, nil)
		t.record.HeldAt = nil
	}
	for _, c := range slices.Clone(t.clocks) {
		if !c.Stopped {
			c.Stopped = true
			t.putClock(c)
		}
	}
	t.note("closed_at", nil, t.now)
	return nil
}
