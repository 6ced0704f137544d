// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Record is one governed thing. JSON names are the column names: rows travel between Go and Postgres as jsonb.
type Record struct {
	Org           uuid.UUID       `json:"org_id"`
	ID            uuid.UUID       `json:"id"`
	Type          string          `json:"type"`
	Number        string          `json:"number"`
	Title         string          `json:"title"`
	State         string          `json:"state"`
	Class         string          `json:"class"`
	Site          string          `json:"site"`
	Owner         uuid.UUID       `json:"owner_id"`
	Reporter      uuid.UUID       `json:"reporter_id"`
	Involved      []uuid.UUID     `json:"involved"`
	Flags         map[string]bool `json:"flags"`
	Data          map[string]any  `json:"data"`
	Version       int             `json:"version"`
	ContentHash   Bytes           `json:"content_hash"`
	AwareAt       time.Time       `json:"aware_at"`
	LateSeconds   int64           `json:"late_seconds"` // how long after awareness it was recorded, beyond what policy allows; 0 if in time
	DueAt         time.Time       `json:"due_at"`
	OriginalDueAt time.Time       `json:"original_due_at"` // never changes
	Extensions    int             `json:"extensions"`
	HeldAt        *time.Time      `json:"held_at"`
	Migrated      bool            `json:"migrated"`
	LastSeq       int64           `json:"last_seq"` // of its audit events, without gaps
	CreatedAt     time.Time       `json:"created_at"`
	UpdatedAt     time.Time       `json:"updated_at"`
	ClosedAt      *time.Time      `json:"closed_at"`
	Files         []File          `json:"files"` // in the order in which they were attached
}

// Facts is the record as policy sees it.
func (r Record) Facts() *RecordFacts {
	return &RecordFacts{
		ID: r.ID, Type: r.Type, Class: r.Class, State: r.State, Site: r.Site, Owner: r.Owner, Reporter: r.Reporter,
		Involved: orEmpty(r.Involved), Flags: r.Flags, Extensions: r.Extensions, DueAt: r.DueAt, AwareAt: r.AwareAt,
		OpenedAt: r.CreatedAt, Migrated: r.Migrated, Closed: r.ClosedAt != nil,
	}
}

// Content is what a version freezes: what signatures bind to. State, owner, due date and decisions are not content.
type Content struct {
	Type  string         `json:"type"`
	Title string         `json:"title"`
	Class string         `json:"class"`
	Data  map[string]any `json:"data"`
	Files []FileHash     `json:"files,omitempty"`
}

// Content returns what a version of the record would freeze.
func (r Record) Content() Content {
	c := Content{Type: r.Type, Title: r.Title, Class: r.Class, Data: r.Data}
	for _, f := range r.Files {
		c.Files = append(c.Files, f.FileHash)
	}
	return c
}

// RecordDraft is what a new or changed record would hold, for the rules of its noun.
type RecordDraft struct {
	Title    string
	Class    string
	Site     string
	AwareAt  time.Time
	Now      time.Time
	Migrated bool
	Late     bool // recorded later than contemporaneous entry allows
	Data     map[string]any
	Similar  []Similar // earlier records that it may repeat, where the rules of the step look at them
}

// Version is an immutable snapshot of a record's content.
type Version struct {
	Org         uuid.UUID `json:"org_id"`
	Record      uuid.UUID `json:"record_id"`
	Version     int       `json:"version"`
	Bytes       Bytes     `json:"bytes"` // canonical JSON (RFC 8785) of Content, exactly as hashed
	ContentHash Bytes     `json:"content_hash"`
	CreatedAt   time.Time `json:"created_at"`
	CreatedBy   uuid.UUID `json:"created_by"`
	Command     uuid.UUID `json:"command_id"`
	Reason      string    `json:"reason"`
}

// Link is a typed edge between two records.
type Link struct {
	Org       uuid.UUID `json:"org_id"`
	From      uuid.UUID `json:"from_id"`
	To        uuid.UUID `json:"to_id"`
	Kind      string    `json:"kind"` // causes, corrects, supersedes, evidence_for, repeats, reopens
	CreatedAt time.Time `json:"created_at"`
	CreatedBy uuid.UUID `json:"created_by"`
}

// Step states as Postgres holds them.
const (
	StepOpen       = "open"
	StepDone       = "done"
	StepSuperseded = "superseded" // decided once, and a return, correction or reclassification made it void
	StepWithdrawn  = "withdrawn"  // left open when the course of the process changed
)

// StepRow is one opened step of one record, with its round and its frozen plan.
type StepRow struct {
	Org       uuid.UUID       `json:"org_id"`
	Record    uuid.UUID       `json:"record_id"`
	Step      string          `json:"step"`
	Round     int             `json:"round"`
	Kind      StepKind        `json:"kind"`
	State     string          `json:"state"`
	Outcome   string          `json:"outcome"`
	Requester *uuid.UUID      `json:"requester_id"` // of a side step
	Request   json.RawMessage `json:"request"`      // what a side step asks for
	Plan      Plan            `json:"plan"`
	Version   int             `json:"version"` // of the record, when the step was decided
	OpenedAt  time.Time       `json:"opened_at"`
	DueAt     time.Time       `json:"due_at"`
	DoneAt    *time.Time      `json:"done_at"`
}

// StepClock is the ladder of one open step, or of the whole record (Step ""). Each rung fires once.
type StepClock struct {
	Org       uuid.UUID   `json:"org_id"`
	ID        uuid.UUID   `json:"id"`
	Record    uuid.UUID   `json:"record_id"`
	Step      string      `json:"step"`
	Round     int         `json:"round"`
	Statutory bool        `json:"statutory"` // runs beside, and no extension or hold moves it
	DueAt     time.Time   `json:"due_at"`
	Rungs     []ClockRung `json:"rungs"`
	Stopped   bool        `json:"stopped"`
}

// ClockRung is one instant of a clock.
type ClockRung struct {
	At     time.Time  `json:"at"`
	Do     string     `json:"do"` // warn, due, or an escalation of Rung.Do
	Role   Role       `json:"role,omitempty"`
	Offset string     `json:"offset,omitempty"` // the duration from due that At came from, to move it by
	Fired  *time.Time `json:"fired,omitempty"`
}

// Next is the earliest instant that has not fired; zero if none.
func (c StepClock) Next() time.Time {
	var next time.Time
	if c.Stopped {
		return next
	}
	for _, r := range c.Rungs {
		if r.Fired == nil && (next.IsZero() || r.At.Before(next)) {
			next = r.At
		}
	}
	return next
}

// Bytes is a byte string that travels in jsonb the way Postgres writes bytea: "\\x…".
type Bytes []byte

// MarshalJSON writes the hex form of bytea.
func (b Bytes) MarshalJSON() ([]byte, error) {
	if b == nil {
		return []byte("null"), nil
	}
	return fmt.Appendf(nil, `"\\x%x"`, []byte(b)), nil
}

// UnmarshalJSON reads the hex form of bytea.
func (b *Bytes) UnmarshalJSON(data []byte) error {
	var s *string
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("read bytea: %w", err)
	}
	if s == nil {
		*b = nil
		return nil
	}
	raw, err := hex.DecodeString(strings.TrimPrefix(*s, `\x`))
	if err != nil {
		return fmt.Errorf("read bytea: %w", err)
	}
	*b = raw
	return nil
}

func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// DeriveTitle reads only a title from the record's data, for records that know no awareness.
func DeriveTitle(data map[string]any) (string, time.Time) {
	filing, _ := data[FilingSection].(map[string]any)
	title, _ := filing["title"].(string)
	return title, time.Time{}
}
