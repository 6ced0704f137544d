// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// Task is one human task in the inbox. JSON names are the column names.
type Task struct {
	Org         uuid.UUID   `json:"org_id"`
	ID          uuid.UUID   `json:"id"`
	Record      uuid.UUID   `json:"record_id"`
	RecordType  string      `json:"record_type"`
	Step        string      `json:"step"`
	Round       int         `json:"round"`
	Slot        int         `json:"slot"` // 1 to quorum
	Kind        StepKind    `json:"kind"`
	State       string      `json:"state"`
	Title       string      `json:"title"`
	Site        string      `json:"site"`
	RecordOwner uuid.UUID   `json:"record_owner"`
	Requester   *uuid.UUID  `json:"requester_id"`
	Assignee    *uuid.UUID  `json:"assignee_id"`
	Owner       *uuid.UUID  `json:"owner_id"` // while delegated: who keeps it
	Candidates  []string    `json:"candidates"`
	Barred      []uuid.UUID `json:"barred"`
	Priority    int         `json:"priority"`
	Meaning     string      `json:"meaning"`
	OpenedAt    time.Time   `json:"opened_at"`
	ClaimedAt   *time.Time  `json:"claimed_at"`
	DueAt       time.Time   `json:"due_at"`
	BreachedAt  *time.Time  `json:"breached_at"`
	FollowUpAt  *time.Time  `json:"follow_up_at"`
	CompletedAt *time.Time  `json:"completed_at"`
	CompletedBy *uuid.UUID  `json:"completed_by"`
	Outcome     string      `json:"outcome"`
}

// Task states.
const (
	TaskOpen      = "open"
	TaskDone      = "done"
	TaskWithdrawn = "withdrawn"
)

// Facts is the task as policy sees it.
func (t Task) Facts() *TaskFacts {
	return &TaskFacts{
		ID: t.ID, Step: t.Step, Round: t.Round, Kind: t.Kind, State: t.State, Assignee: t.Assignee, Owner: t.Owner,
		Candidates: orEmpty(t.Candidates), Barred: orEmpty(t.Barred), Meaning: t.Meaning, Requester: t.Requester,
	}
}

// UserKey is the scope key of one person.
func UserKey(id uuid.UUID) string { return "u:" + id.String() }

// RoleKey is the scope key of a role at a site, or at AllSites.
func RoleKey(role Role, site string) string { return "r:" + string(role) + ":" + site }

// Decision is what a person decided on a task.
type Decision struct {
	Org       uuid.UUID  `json:"org_id"`
	ID        uuid.UUID  `json:"id"`
	Record    uuid.UUID  `json:"record_id"`
	Task      uuid.UUID  `json:"task_id"`
	Step      string     `json:"step"`
	Round     int        `json:"round"`
	Kind      StepKind   `json:"kind"`
	Person    uuid.UUID  `json:"person_id"`
	Behalf    *uuid.UUID `json:"behalf_id"`
	Outcome   string     `json:"outcome"`
	ReturnTo  string     `json:"return_to"`
	Comment   string     `json:"comment"`
	Version   int        `json:"version"`
	Signature *uuid.UUID `json:"signature_id"`
	Policy    uuid.UUID  `json:"policy_id"`
	At        time.Time  `json:"at"`
}

// Intent is what a person is about to sign, as stored: single use, expiring.
type IntentRow struct {
	Org       uuid.UUID       `json:"org_id"`
	ID        uuid.UUID       `json:"id"`
	Record    uuid.UUID       `json:"record_id"`
	Task      uuid.UUID       `json:"task_id"`
	Signer    uuid.UUID       `json:"signer_id"`
	Bytes     Bytes           `json:"bytes"` // canonical intent
	View      Bytes           `json:"view"`  // the exact HTML that was shown
	Request   json.RawMessage `json:"request"`
	CreatedAt time.Time       `json:"created_at"`
	ExpiresAt time.Time       `json:"expires_at"`
	UsedAt    *time.Time      `json:"used_at"`
}

// SignatureRow is one e-signature as stored.
type SignatureRow struct {
	Org          uuid.UUID  `json:"org_id"`
	ID           uuid.UUID  `json:"id"`
	Record       uuid.UUID  `json:"record_id"`
	Version      int        `json:"version"`
	Task         *uuid.UUID `json:"task_id"`
	Step         string     `json:"step"`
	Round        int        `json:"round"`
	Signer       uuid.UUID  `json:"signer_id"`
	Meaning      string     `json:"meaning"`
	Intent       uuid.UUID  `json:"intent_id"`
	ContentHash  Bytes      `json:"content_hash"`
	Manifest     Bytes      `json:"manifest"`
	ManifestHash Bytes      `json:"manifest_hash"`
	Signature    Bytes      `json:"signature"`
	KeyID        string     `json:"key_id"`
	SignedAt     time.Time  `json:"signed_at"`
}

// Comment is a remark on a record or a task. It changes nothing and is kept.
type Comment struct {
	Org       uuid.UUID  `json:"org_id"`
	ID        uuid.UUID  `json:"id"`
	Record    uuid.UUID  `json:"record_id"`
	Task      *uuid.UUID `json:"task_id"`
	Author    uuid.UUID  `json:"author_id"`
	Text      string     `json:"text"`
	CreatedAt time.Time  `json:"created_at"`
}
