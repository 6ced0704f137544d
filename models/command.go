// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// Command is one intended change, by a person, an integration, a timer or the process. Its id makes it idempotent.
// It carries no secrets: signature components are checked before, and only which of them were is told here.
type Command struct {
	ID          uuid.UUID       `json:"id"`
	Org         uuid.UUID       `json:"org"`
	Name        string          `json:"name"`           // "record.create", "task.complete"...
	Type        string          `json:"type,omitempty"` // record type
	Record      uuid.UUID       `json:"record"`
	Task        uuid.UUID       `json:"task"`
	Actor       uuid.UUID       `json:"actor"` // uuid.Nil is the system
	Behalf      uuid.UUID       `json:"behalf"`
	Source      Source          `json:"source"`
	IfMatch     *int            `json:"if_match,omitempty"` // record version that the actor saw
	Fingerprint Bytes           `json:"fingerprint"`        // SHA-256 of the body without secrets
	Signing     *Signing        `json:"signing,omitempty"`
	Body        json.RawMessage `json:"body,omitempty"`
	Refusal     *Error          `json:"refusal,omitempty"` // a refusal met before Commit, to be recorded (11.300(d))
}

// Signing says that a person proved who he is for one intent.
type Signing struct {
	Intent  uuid.UUID `json:"intent"`
	Factors []string  `json:"factors"` // "username", "password", "totp", "passkey"
}

// Commands that the process itself gives.
const (
	CommandOpenStep = "process.open_step"
	CommandClose    = "process.close"
	CommandSync     = "process.sync"
	CommandClock    = "process.clock"
)

// Receipt is the answer to a command, stored with it and returned again for the same id.
type Receipt struct {
	Command   uuid.UUID  `json:"command"`
	At        time.Time  `json:"at"`
	Record    uuid.UUID  `json:"record"`
	Number    string     `json:"number,omitempty"`
	State     string     `json:"state,omitempty"`
	Version   int        `json:"version"`
	Hash      Bytes      `json:"hash,omitempty"` // content hash of that version
	Event     uuid.UUID  `json:"event"`          // audit event
	Seq       int64      `json:"seq"`
	Task      *uuid.UUID `json:"task,omitempty"`
	Signature *uuid.UUID `json:"signature,omitempty"`
	Policy    uuid.UUID  `json:"policy"` // policy decision
	Revision  int        `json:"revision"`
	Rule      string     `json:"rule,omitempty"`
	Refused   *Error     `json:"refused,omitempty"`
	Case      *CaseState `json:"case,omitempty"` // what the process needs to know
	Result    any        `json:"result,omitempty"`
}

// CaseState is where Postgres says that a record stands. The process holds nothing else.
type CaseState struct {
	State     string          `json:"state"`
	Class     string          `json:"class"`
	Flags     map[string]bool `json:"flags"`
	Closed    bool            `json:"closed"`
	Reopening bool            `json:"reopening,omitempty"` // closed, and a request to reopen it waits for its decision
	Steps     []StepState     `json:"steps"`               // open and done ones; superseded and withdrawn ones are gone
	Next      time.Time       `json:"next"`                // the earliest instant at which a clock of the record rings; zero if none
	Seq       int64           `json:"seq"`                 // of the audit event, so that of two receipts the newer is known
}

// Over says that nothing more will happen to the record by itself.
func (s CaseState) Over() bool { return s.Closed && !s.Reopening }

// StepState is one step's standing.
type StepState struct {
	Step    string `json:"step"`
	Round   int    `json:"round"`
	State   string `json:"state"`
	Outcome string `json:"outcome,omitempty"`
}

// CaseInput starts the process of one record.
type CaseInput struct {
	Org    uuid.UUID `json:"org"`
	Type   string    `json:"type"`
	Record uuid.UUID `json:"record"`
	// State is where the record stood when the process was started; nil: the process asks Postgres first.
	State *CaseState `json:"state,omitempty"`
}
