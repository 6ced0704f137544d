// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/postgres"
)

// AuditEvent is one entry of the audit trail, read out of its leaf: who, with which role, did or tried what, when and where,
// old to new, why, and what policy said (21 CFR 11.10(e)).
type AuditEvent struct {
	ID         uuid.UUID     `json:"id" format:"uuid"`
	Seq        int64         `json:"seq,omitempty" doc:"Without gaps within the record; absent where there is none."`
	Record     *uuid.UUID    `json:"record,omitempty" format:"uuid"`
	RecordNo   string        `json:"record_number,omitempty"`
	Task       *uuid.UUID    `json:"task,omitempty" format:"uuid"`
	At         time.Time     `json:"at" doc:"UTC."`
	Zone       string        `json:"zone" doc:"IANA name of the zone in force where it happened."`
	Offset     string        `json:"offset" example:"+01:00"`
	Actor      Actor         `json:"actor"`
	Source     string        `json:"source" doc:"Through which door it came: ui, api, api_key, integration, timer, system."`
	Action     string        `json:"action" example:"task.complete"`
	Outcome    string        `json:"outcome" enum:"done,refused"`
	From       string        `json:"from_state,omitempty"`
	To         string        `json:"to_state,omitempty"`
	Changes    []FieldChange `json:"changes"`
	Reason     string        `json:"reason,omitempty" doc:"Why, as the person said it; of a refusal, what was answered."`
	Rule       string        `json:"rule,omitempty" doc:"The policy rule that decided."`
	Reasons    []string      `json:"reasons,omitempty"`
	Decision   *uuid.UUID    `json:"policy_decision,omitempty" format:"uuid"`
	Revision   int64         `json:"policy_revision,omitempty"`
	Version    int           `json:"version,omitempty" doc:"Of the record, as it stood after this."`
	Signature  *uuid.UUID    `json:"signature,omitempty" format:"uuid"`
	LeafIndex  *int64        `json:"leaf_index,omitempty" doc:"Place in the sealed log; absent until it is sealed."`
	LeafSHA256 string        `json:"leaf_sha256" doc:"Hash of the leaf in the tree (RFC 6962)."`
}

// Actor is who acted. The name is absent once it was erased after retention.
type Actor struct {
	ID         *uuid.UUID `json:"id,omitempty" format:"uuid"`
	Kind       string     `json:"kind" enum:"person,service,system"`
	Name       string     `json:"name,omitempty"`
	Role       string     `json:"role,omitempty"`
	OnBehalfOf *Named     `json:"on_behalf_of,omitempty"`
}

// FieldChange is one field with its old and its new value.
type FieldChange struct {
	Field string `json:"field"`
	Old   any    `json:"old"`
	New   any    `json:"new"`
}

func auditEventOf(row postgres.EventItem) (AuditEvent, error) {
	var e ledger.Event
	if err := json.Unmarshal(row.Leaf, &e); err != nil {
		return AuditEvent{}, fmt.Errorf("read audit event %s: %w", row.ID, err)
	}
	out := AuditEvent{
		ID: row.ID, Seq: e.Seq, Record: notNil(e.Record), RecordNo: e.RecordNo, Task: notNil(e.Task), At: e.At, Zone: e.Zone, Offset: e.Offset,
		Actor:  Actor{ID: notNil(e.Actor.ID), Kind: e.Actor.Kind, Name: row.ActorName, Role: e.Actor.Role},
		Source: e.Source.Kind, Action: e.Action, Outcome: e.Outcome, From: e.From, To: e.To, Changes: make([]FieldChange, len(e.Changes)),
		Reason: e.Reason, Rule: e.Rule, Reasons: e.Reasons, Decision: notNil(e.Decision), Revision: e.Revision, Version: e.Version,
		LeafIndex: row.LeafIndex, LeafSHA256: ledger.LeafHash(row.Leaf).String(),
	}
	if e.Actor.OnBehalfOf != uuid.Nil {
		out.Actor.OnBehalfOf = &Named{ID: e.Actor.OnBehalfOf, Name: row.BehalfName}
	}
	if e.Signature != nil {
		out.Signature = &e.Signature.ID
	}
	for i, c := range e.Changes {
		change := FieldChange{Field: c.Field}
		if err := json.Unmarshal(orNull(c.Old), &change.Old); err != nil {
			return out, fmt.Errorf("read audit event %s: %w", row.ID, err)
		}
		if err := json.Unmarshal(orNull(c.New), &change.New); err != nil {
			return out, fmt.Errorf("read audit event %s: %w", row.ID, err)
		}
		out.Changes[i] = change
	}
	return out, nil
}

func orNull(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("null")
	}
	return raw
}

func auditEventsOf(rows []postgres.EventItem) ([]AuditEvent, error) {
	events := make([]AuditEvent, len(rows))
	for i, row := range rows {
		var err error
		if events[i], err = auditEventOf(row); err != nil {
			return nil, err
		}
	}
	return events, nil
}
