// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"time"

	"github.com/google/uuid"
)

// The bodies of commands: what the API writes into Command.Body and what Commit reads out of it. Those of requests are in request.go.

// NewRecord files a record. Data is the filing section of its form (FilingSection).
type NewRecord struct {
	Site     string         `json:"site"`
	Owner    *uuid.UUID     `json:"owner,omitempty"`
	Draft    bool           `json:"draft,omitempty"`    // numbered and visible, not yet reported; its clock runs
	Migrated bool           `json:"migrated,omitempty"` // came from another system: legacy dates are data, nobody is escalated
	Data     map[string]any `json:"data"`
}

// NewComment adds a remark.
type NewComment struct {
	Text string `json:"text"`
}

// OpenStep asks for a step to be open. It is natural to ask twice: an open or decided step is answered as it stands.
type OpenStep struct {
	Step string `json:"step"`
}

// Completion is a verdict on a task.
type Completion struct {
	Outcome  string         `json:"outcome"`
	Comment  string         `json:"comment,omitempty"`
	ReturnTo string         `json:"return_to,omitempty"`
	Data     map[string]any `json:"data,omitempty"`
}

// FollowUp puts a task off: its holder looks at it again at an instant. nil takes the date away.
type FollowUp struct {
	At *time.Time `json:"at"`
}

// Handover names who gets a task and why.
type Handover struct {
	To     uuid.UUID `json:"to"`
	Reason string    `json:"reason"`
}

// IntentResult is what the signer is shown: the exact bytes that the signature will cover.
type IntentResult struct {
	Intent      uuid.UUID `json:"intent"`
	HTML        string    `json:"html"`
	ViewHash    string    `json:"view_hash"`
	ContentHash string    `json:"content_hash"`
	Version     int       `json:"version"` // of the record, that the signature will bind to
	Meaning     string    `json:"meaning"`
	Components  []string  `json:"components"`
	PrintedName string    `json:"printed_name"`
	Role        string    `json:"role"`
	ExpiresAt   time.Time `json:"expires_at"`
}

// NewUser is a person or a service account to be. The password, if any, was hashed before.
type NewUser struct {
	ID       uuid.UUID `json:"id"`
	Kind     ActorKind `json:"kind"`
	Username string    `json:"username"`
	Name     string    `json:"name"`
	Email    string    `json:"email,omitempty"`
	Reason   string    `json:"reason,omitempty"`
	Secrets  *Secrets  `json:"secrets,omitempty"`
	Issue    string    `json:"issue,omitempty"`
}

// PersonRef names the person that an act of administration concerns.
type PersonRef struct {
	User   uuid.UUID `json:"user"`
	Reason string    `json:"reason,omitempty"`
	Method string    `json:"method,omitempty"` // of an identity check: "passport seen"
	Grant  uuid.UUID `json:"grant,omitempty"`  // the one to revoke

	Role Role   `json:"role,omitempty"`
	Site string `json:"site,omitempty"`

	Secrets *Secrets `json:"secrets,omitempty"`
	// Issue names the secret that was made for this attempt. It comes back as the receipt's result: another name there means that
	// an earlier attempt was answered, and the secret at hand is good for nothing.
	Issue string `json:"issue,omitempty"`
}

// Rehash is the body of CommandRehash.
type Rehash struct {
	User uuid.UUID `json:"user"`
	From string    `json:"from"` // the hash that the password was checked against
	To   string    `json:"to"`
}

// CommandRehash stores the same password under today's parameters.
const CommandRehash = "credential.rehash"
