// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/google/uuid"
)

// LeafVersion is the format version of the leaves this package writes.
const LeafVersion = 1

// Kinds of actors, sources and outcomes: the closed lists of a leaf.
const (
	ActorPerson  = "person"
	ActorService = "service"
	ActorSystem  = "system"

	SourceUI          = "ui"
	SourceAPI         = "api"
	SourceAPIKey      = "api_key"
	SourceIntegration = "integration"
	SourceTimer       = "timer"
	SourceSystem      = "system"

	OutcomeDone    = "done"
	OutcomeRefused = "refused"
)

// Event is one audit event, the leaf of the log (21 CFR 11.10(e), Annex 11 section 9): who,
// with which role, did or tried what, when, from where, old to new, why, and what the
// policy said. Its canonical bytes are made once by [Event.Leaf] and stored as they are.
type Event struct {
	V        int       `json:"v"`
	Org      uuid.UUID `json:"org"`
	ID       uuid.UUID `json:"id"`
	Seq      int64     `json:"seq"` // gap-free from 1 within the record, 0 without a record
	Record   uuid.UUID `json:"record,omitzero"`
	RecordNo string    `json:"record_no,omitempty"`
	Task     uuid.UUID `json:"task,omitzero"`
	At       time.Time `json:"at"`     // UTC
	Zone     string    `json:"zone"`   // IANA name in force for the actor, "Etc/UTC" for the system
	Offset   string    `json:"offset"` // of At in Zone, "+01:00"
	Actor    Actor     `json:"actor"`
	Source   Source    `json:"source"`
	Action   string    `json:"action"`  // "task.complete"
	Outcome  string    `json:"outcome"` // OutcomeDone or OutcomeRefused
	Command  uuid.UUID `json:"command,omitzero"`

	From    string   `json:"from,omitempty"` // state before
	To      string   `json:"to,omitempty"`   // state after
	Changes []Change `json:"changes,omitempty"`
	Reason  string   `json:"reason,omitempty"` // the person's why

	Rule         string    `json:"rule,omitempty"`    // the policy rule that decided
	Reasons      []string  `json:"reasons,omitempty"` // its reasons
	Decision     uuid.UUID `json:"decision,omitzero"` // policy decision id
	DecisionHash Hash      `json:"decision_hash,omitzero"`
	Revision     int64     `json:"revision,omitempty"` // policy bundle revision

	Version     int           `json:"version,omitempty"`     // record version that stands after the event
	ContentHash Hash          `json:"content_hash,omitzero"` // of that version
	Signature   *SignatureRef `json:"signature,omitempty"`   // made by this event
	Personal    Commitments   `json:"personal,omitempty"`    // of values kept, erasably, outside the leaf
}

// Actor is who acted. The name is not here: it is a personal value, or in the signature.
type Actor struct {
	ID         uuid.UUID `json:"id,omitzero"` // none for the system
	Kind       string    `json:"kind"`
	Role       string    `json:"role,omitempty"`
	OnBehalfOf uuid.UUID `json:"on_behalf_of,omitzero"`
}

// Source is the kind of door an event came through and the device (21 CFR 11.10(h)).
type Source struct {
	Kind   string `json:"kind"`
	Device string `json:"device,omitempty"`
}

// Change is one field with its old and new value, each a JSON value; absent is null.
type Change struct {
	Field string          `json:"field"`
	Old   json.RawMessage `json:"old"`
	New   json.RawMessage `json:"new"`
}

// SignatureRef binds a signature to the event that made it: [ContentHash] of its manifest.
type SignatureRef struct {
	ID       uuid.UUID `json:"id"`
	Manifest Hash      `json:"manifest"`
}

// Commitments are salted hashes of personal values, by the name of the value.
type Commitments map[string]Hash

// PersonalActorName is the personal value that holds the actor's printed name.
const PersonalActorName = "actor_name"

// Salt blinds the commitment of one personal value; erasing it with the value leaves a
// commitment that can no longer be tried against guesses.
type Salt [16]byte

// MarshalText writes 32 lower-case hexadecimal digits.
func (s Salt) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, s[:]), nil }

// UnmarshalText reads 32 hexadecimal digits.
func (s *Salt) UnmarshalText(text []byte) error {
	if hex.DecodedLen(len(text)) != len(s) {
		return fmt.Errorf("read salt: %d characters, want %d", len(text), 2*len(s))
	}
	if _, err := hex.Decode(s[:], text); err != nil {
		return fmt.Errorf("read salt: %w", err)
	}
	return nil
}

// Commit returns SHA-256(salt || 0x00 || name || 0x00 || value).
func Commit(name, value string, salt [16]byte) Hash {
	buf := make([]byte, 0, len(salt)+len(name)+len(value)+2)
	buf = append(buf, salt[:]...)
	buf = append(buf, 0)
	buf = append(buf, name...)
	buf = append(buf, 0)
	buf = append(buf, value...)
	return sha256.Sum256(buf)
}

// Leaf returns the canonical bytes of the event, after checking that it is well formed. At
// is written in UTC.
func (e Event) Leaf() ([]byte, error) {
	e.At = e.At.UTC()
	if err := e.check(); err != nil {
		return nil, fmt.Errorf("encode audit event %s: %w", e.ID, err)
	}
	b, err := Canonical(e)
	if err != nil {
		return nil, fmt.Errorf("encode audit event %s: %w", e.ID, err)
	}
	return b, nil
}

// ParseEvent reads a leaf strictly: unknown fields are refused, and so is every text that
// [Event.Leaf] would not have written byte for byte.
func ParseEvent(leaf []byte) (Event, error) {
	var e Event
	if err := decodeStrict(leaf, &e); err != nil {
		return Event{}, fmt.Errorf("read audit event: %w", err)
	}
	again, err := e.Leaf()
	if err != nil {
		return Event{}, fmt.Errorf("read audit event: %w", err)
	}
	if !bytes.Equal(again, leaf) {
		return Event{}, errors.New("read audit event: not in canonical form")
	}
	return e, nil
}

func (e *Event) check() error {
	switch {
	case e.V != LeafVersion:
		return fmt.Errorf("format version %d, want %d", e.V, LeafVersion)
	case e.Org == uuid.Nil, e.ID == uuid.Nil:
		return errors.New("organization or id is missing")
	case e.Record == uuid.Nil && e.Seq != 0, e.Record != uuid.Nil && e.Seq < 1:
		return fmt.Errorf("sequence %d: events of a record count from 1, others have 0", e.Seq)
	case e.At.IsZero(), e.Zone == "":
		return errors.New("instant or zone is missing")
	case e.Action == "":
		return errors.New("action is missing")
	case !oneOf(e.Outcome, OutcomeDone, OutcomeRefused):
		return fmt.Errorf("unknown outcome %q", e.Outcome)
	case !oneOf(e.Actor.Kind, ActorPerson, ActorService, ActorSystem):
		return fmt.Errorf("unknown kind of actor %q", e.Actor.Kind)
	case e.Actor.ID == uuid.Nil && e.Actor.Kind != ActorSystem:
		return errors.New("the actor has no id")
	case !oneOf(e.Source.Kind, SourceUI, SourceAPI, SourceAPIKey, SourceIntegration, SourceTimer, SourceSystem):
		return fmt.Errorf("unknown kind of source %q", e.Source.Kind)
	case e.Version < 0, e.Version == 0 && !e.ContentHash.IsZero():
		return errors.New("content hash without a version")
	}
	if _, err := parseOffset(e.Offset); err != nil {
		return err
	}
	return nil
}

func oneOf(s string, list ...string) bool { return slices.Contains(list, s) }

// decodeStrict reads exactly one JSON value into v and refuses unknown fields.
func decodeStrict(b []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("trailing data")
	}
	return nil
}
