// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"time"

	"github.com/google/uuid"
)

// The kinds of notification. Each is one sentence, which is written when it is read.
const (
	NoticeTaskOpened     = "task_opened"
	NoticeTaskAssigned   = "task_assigned"
	NoticeTaskStandIn    = "task_stand_in"     // the reader acts for an absent person
	NoticeTaskReturned   = "task_returned"     // to its owner, because who had it is away
	NoticeTaskUnheld     = "task_unheld"       // back to its group, because who had it is away
	NoticeNobodyStandsIn = "nobody_stands_in"  // and a manager hears of it
	NoticeDueSoon        = "due_soon"          // before the due date
	NoticeOverdue        = "overdue"           // at the due date, and after it
	NoticeEscalated      = "escalated"         // a manager or another role hears that something is late
	NoticeOffered        = "offered"           // a role may take what is late, beside those who may already
	NoticeHandedOver     = "handed_over"       // a role has what is late, instead of those who had it
	NoticeWithdrawn      = "request_withdrawn" // nobody will decide it any more
	NoticeNobodyEligible = "nobody_eligible"   // too few people may do a step
	NoticeAbsenceEntered = "absence_entered"   // somebody else said that the reader is away
	NoticeAbsenceEnded   = "absence_ended"     // and that he is back
)

// Notification tells the holders of a scope key something about a record or, without one, about themselves. Who is told by
// several keys has one id in all of them, and reads it once.
type Notification struct {
	Org       uuid.UUID  `json:"org_id"`
	ID        uuid.UUID  `json:"id"`
	Key       string     `json:"user_key"`
	Record    *uuid.UUID `json:"record_id"`
	Task      *uuid.UUID `json:"task_id"`
	Kind      string     `json:"kind"`
	About     About      `json:"about"`
	CreatedAt time.Time  `json:"created_at"`
}

// About is what a notification's sentence is made of. It names people by their ids: a name can be erased after retention, and a
// sentence that held it could not.
type About struct {
	What       string     `json:"what,omitempty"` // title of the task, the step or the type of record
	By         *uuid.UUID `json:"by,omitempty"`   // who did it, where a person did
	Absent     *uuid.UUID `json:"absent,omitempty"`
	Substitute *uuid.UUID `json:"substitute,omitempty"`
	DueAt      *time.Time `json:"due_at,omitempty"`
	From       *time.Time `json:"from,omitempty"` // of an absence
	To         *time.Time `json:"to,omitempty"`
	Needed     int        `json:"needed,omitempty"` // people to choose from
	Found      int        `json:"found,omitempty"`
}

// Addresses are the keys by which a person is told something: his own, and one for each role that he holds.
func (p Person) Addresses() []string {
	keys := []string{UserKey(p.ID)}
	for _, g := range p.Grants {
		keys = append(keys, RoleKey(g.Role, g.Site))
	}
	return keys
}
