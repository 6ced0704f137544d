// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// Why is a request that needs nothing but a reason: to cancel, to reopen, to hold the clock.
type Why struct {
	Reason string `json:"reason"`
}

// Extension asks for more time.
type Extension struct {
	DueAt  time.Time `json:"due_at"`
	Reason string    `json:"reason"`
}

// Reclassification asks for another class.
type Reclassification struct {
	Class  string `json:"class"`
	Reason string `json:"reason"`
}

// Correction changes submitted data.
type Correction struct {
	Changes []FieldChange `json:"changes"`
}

// FieldChange is one corrected field: "report.equipment_id", "investigation.five_whys[1].evidence".
type FieldChange struct {
	Field  string          `json:"field"`
	To     json.RawMessage `json:"to"`
	Reason string          `json:"reason"`
}

// SignalBody is what an integration tells a process.
type SignalBody struct {
	Name    string          `json:"name"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// NewLink ties a record to another.
type NewLink struct {
	To   uuid.UUID `json:"to"`
	Kind string    `json:"kind"`
}

// LinkKinds are the typed edges between records.
var LinkKinds = []string{"causes", "corrects", "supersedes", "evidence_for", "repeats", "follows"}
