// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"time"

	"github.com/google/uuid"
)

// NewAbsence is the body of the command that says who is away, from when to when, and who acts for him: in his own name, and
// tested for segregation of duties together with him (S9).
type NewAbsence struct {
	ID         uuid.UUID `json:"id"`
	User       uuid.UUID `json:"user"`
	Substitute uuid.UUID `json:"substitute"`
	StartsAt   time.Time `json:"starts_at"`
	EndsAt     time.Time `json:"ends_at"`
	Reason     string    `json:"reason,omitempty"`
}

// AbsenceEnd is the body of the command that cuts an absence short.
type AbsenceEnd struct {
	Absence uuid.UUID `json:"absence"`
	User    uuid.UUID `json:"user"` // whose it is
	Reason  string    `json:"reason,omitempty"`
}

// Reroute is the body of CommandReroute: a task of an absent person goes to his substitute or, where To is uuid.Nil, back to
// whom it is offered to.
type Reroute struct {
	Absence uuid.UUID `json:"absence"`
	To      uuid.UUID `json:"to"`
}

// CommandReroute is given by the server for every open task that an absent person holds.
const CommandReroute = "task.reroute"
