// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
	"github.com/countersign/countersign/models/postgres/queries"
)

// maxTold bounds what a stream remembers of tasks. Beyond it, it forgets, and an event may come twice.
const maxTold = 2000

// changedTask is a task of a record that changed.
type changedTask = queries.TasksOfRecordsRow

// concerns says whether a task may move one of the person's counts.
func (s *stream) concerns(t changedTask) bool {
	me := s.caller.Person.ID
	_, known := s.told[t.ID]
	return known || t.RecordOwner == me || is(t.AssigneeID, me) || is(t.OwnerID, me) || is(t.CompletedBy, me) || s.offered(t)
}

func (s *stream) offered(t changedTask) bool {
	return slices.ContainsFunc(t.Candidates, func(key string) bool { return slices.Contains(s.keys, key) })
}

// box is where the person finds an open task; "" if he does not.
func (s *stream) box(t changedTask) string {
	me := s.caller.Person.ID
	switch {
	case t.State != models.TaskOpen:
		return ""
	case is(t.AssigneeID, me):
		return postgres.BoxMine
	case t.AssigneeID == nil && s.offered(t) && !slices.Contains(t.Barred, me):
		return postgres.BoxGroup
	}
	return ""
}

// eventOf says what there is to tell of a task. Of one that this stream has not told of yet, only what happened since it
// began is news.
func (s *stream) eventOf(t changedTask) (TaskEvent, bool) {
	if !s.concerns(t) {
		return TaskEvent{}, false
	}
	before, known := s.told[t.ID]
	now := s.box(t)
	if len(s.told) >= maxTold {
		clear(s.told)
	}
	s.told[t.ID] = now
	event := TaskEvent{ID: t.ID, What: "arrived", Box: now}
	switch {
	case known && before == now:
		return event, false
	case now == postgres.BoxGroup:
		return event, known || t.OfferedAt.After(s.since)
	case now == postgres.BoxMine:
		return event, known || after(t.ClaimedAt, s.since) || t.OfferedAt.After(s.since)
	case t.State == models.TaskOpen:
		event.What = "taken"
		return event, known || after(t.ClaimedAt, s.since)
	}
	event.What = "done"
	return event, known || after(t.CompletedAt, s.since)
}

func is(id *uuid.UUID, me uuid.UUID) bool { return id != nil && *id == me }

func after(at *time.Time, since time.Time) bool { return at != nil && at.After(since) }
