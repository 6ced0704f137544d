// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"time"

	"github.com/google/uuid"
)

// AuditRow is one audit event as stored. Leaf is what the tamper-evident log hashes; the rest is for finding it.
type AuditRow struct {
	Org     uuid.UUID  `json:"org_id"`
	ID      uuid.UUID  `json:"id"`
	Record  *uuid.UUID `json:"record_id"`
	Seq     int64      `json:"seq"`
	Actor   uuid.UUID  `json:"actor_id"`
	Action  string     `json:"action"`
	Outcome string     `json:"outcome"` // done or refused
	Command uuid.UUID  `json:"command_id"`
	Leaf    Bytes      `json:"leaf"`
	At      time.Time  `json:"at"`
}

// PersonalRow is a value whose salted commitment is in a leaf.
type PersonalRow struct {
	Org   uuid.UUID `json:"org_id"`
	Event uuid.UUID `json:"event_id"`
	Name  string    `json:"name"`
	Value string    `json:"value"`
	Salt  Bytes     `json:"salt"`
}

// PolicyRow is a logged policy decision.
type PolicyRow struct {
	Org      uuid.UUID  `json:"org_id"`
	ID       uuid.UUID  `json:"id"`
	Action   string     `json:"action"`
	Record   *uuid.UUID `json:"record_id"`
	Actor    uuid.UUID  `json:"actor_id"`
	Revision int        `json:"revision"`
	Allow    bool       `json:"allow"`
	Rule     string     `json:"rule"`
	Reasons  []Reason   `json:"reasons"`
	Bytes    Bytes      `json:"bytes"` // canonical PolicyDecision, exactly as hashed into the audit event
	Micros   int        `json:"micros"`
	At       time.Time  `json:"at"`
}
