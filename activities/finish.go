// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/postgres"
)

// event is what a command's audit event will say, gathered while it is applied.
type event struct {
	action       string // the command's name unless set
	changes      []ledger.Change
	reason       string
	task         uuid.UUID
	signature    *ledger.SignatureRef
	decisionHash ledger.Hash
	personal     map[string]string // values that go into the leaf only as salted commitments
}

// note adds one changed field to the audit event, old value and new.
func (t *tx) note(field string, old, new any) {
	o, errOld := json.Marshal(old)
	n, errNew := json.Marshal(new)
	if errOld != nil || errNew != nil || bytes.Equal(o, n) {
		return
	}
	t.event.changes = append(t.event.changes, ledger.Change{Field: field, Old: o, New: n})
}

// settle brings what is derived in line with what was applied: flags, version, and who is barred from the open tasks.
func (t *tx) settle(ctx context.Context) error {
	if t.record == nil {
		return nil
	}
	if err := t.freeze(); err != nil {
		return err
	}
	return t.refreshBarred(ctx)
}

// freeze makes a new version if the content changed, and only then.
func (t *tx) freeze() error {
	content, err := ledger.Canonical(t.record.Content())
	if err != nil {
		return models.InvalidField("data", "not_canonical", err.Error())
	}
	hash := ledger.ContentHash(content)
	if bytes.Equal(hash[:], t.record.ContentHash) {
		return nil
	}
	typ := t.Types[t.record.Type]
	t.record.Version++
	t.record.ContentHash = hash[:]
	if typ.Flags != nil {
		t.record.Flags = typ.Flags(t.record.Class, t.record.Data)
	}
	if typ.Involved != nil {
		t.record.Involved = typ.Involved(t.record.Data)
	}
	t.changes.Versions = append(t.changes.Versions, models.Version{
		Org: t.cmd.Org, Record: t.record.ID, Version: t.record.Version, Bytes: content, ContentHash: hash[:], CreatedAt: t.now,
		CreatedBy: t.cmd.Actor, Command: t.cmd.ID, Reason: t.event.reason,
	})
	t.noteContent()
	return nil
}

// noteContent lists what changed in title, class and data.
func (t *tx) noteContent() {
	if t.before == nil {
		t.note("title", nil, t.record.Title)
		return
	}
	t.note("title", t.before.Title, t.record.Title)
	t.note("class", t.before.Class, t.record.Class)
	for _, d := range models.Diff(t.before.Data, t.record.Data) {
		t.note("data."+d.Path, d.Old, d.New)
	}
}

// finish writes the audit event, the record and the receipt.
func (t *tx) finish(outcome string, refusal *models.Error) error {
	id := models.NewID()
	if t.record != nil {
		t.record.LastSeq++
		t.record.UpdatedAt = t.now
	}
	e := t.leaf(id, outcome, refusal)
	if err := t.commitPersonal(&e); err != nil {
		return err
	}
	leaf, err := e.Leaf()
	if err != nil {
		return fmt.Errorf("write the audit event: %w", err)
	}
	row := models.AuditRow{
		Org: t.cmd.Org, ID: id, Seq: e.Seq, Actor: t.cmd.Actor, Action: e.Action, Outcome: outcome, Command: t.cmd.ID, Leaf: leaf, At: t.now,
	}
	if t.record != nil {
		row.Record = &t.record.ID
	}
	t.changes.Audit = append(t.changes.Audit, row)
	t.writeRecord(outcome)
	t.writeReceipt(id, e.Seq, refusal)
	if t.handler.awaits && refusal == nil && t.record != nil {
		t.changes.Awaiting = []postgres.Awaiting{{Org: t.cmd.Org, Record: t.record.ID, Type: t.record.Type, Since: t.now}}
	}
	return nil
}

// finishSilently keeps the receipt and the policy decision of a command that decided nothing.
func (t *tx) finishSilently() error {
	if t.cmd.ID == uuid.Nil {
		t.receipt = models.Receipt{At: t.now}
		t.describe()
		if t.changes.Acknowledged == nil {
			t.changes = nil // nothing to write
		}
		return nil
	}
	t.writeReceipt(uuid.Nil, 0, nil)
	return nil
}

func (t *tx) leaf(id uuid.UUID, outcome string, refusal *models.Error) ledger.Event {
	e := ledger.Event{
		V: ledger.LeafVersion, Org: t.cmd.Org, ID: id, At: t.now, Action: t.cmd.Name, Outcome: outcome, Command: t.cmd.ID,
		Actor:  ledger.Actor{ID: t.actor.ID, Kind: string(t.actor.Kind)},
		Source: ledger.Source{Kind: t.cmd.Source.Kind, Device: t.cmd.Source.Device}, Task: t.event.task,
		Changes: t.event.changes, Reason: t.event.reason, Signature: t.event.signature,
		Rule: t.verdict.Rule, Decision: t.verdict.ID, DecisionHash: t.event.decisionHash, Revision: int64(t.verdict.Revision),
	}
	if t.event.action != "" {
		e.Action = t.event.action
	}
	if e.Actor.ID == uuid.Nil && t.cmd.Actor != uuid.Nil { // somebody whom this organization does not know
		e.Actor.ID, e.Actor.Kind = t.cmd.Actor, ledger.ActorPerson
	}
	if t.behalf != nil {
		e.Actor.OnBehalfOf = t.behalf.ID
	}
	e.Zone, e.Offset = t.zone()
	if t.facts.Site != nil {
		e.Actor.Role = string(t.actor.RoleAt(t.facts.Site.ID))
	}
	if t.record != nil {
		e.Record, e.RecordNo, e.Seq, e.Version = t.record.ID, t.record.Number, t.record.LastSeq, t.record.Version
		copy(e.ContentHash[:], t.record.ContentHash)
		e.To = t.record.State
		if t.before != nil {
			e.From = t.before.State
		}
	}
	if e.Task == uuid.Nil {
		e.Task = t.cmd.Task
	}
	if refusal != nil {
		e.Reason = refusal.Message
		for _, r := range refusal.Reasons {
			e.Reasons = append(e.Reasons, r.Rule+": "+r.Text)
			if e.Rule == "" {
				e.Rule = r.Rule
			}
		}
		for _, f := range refusal.Fields {
			e.Reasons = append(e.Reasons, f.Path+": "+f.Message)
		}
		if e.Rule == "" {
			e.Rule = string(refusal.Code)
		}
	}
	return e
}

// zone is the one in force where it happened (draft Annex 11, 12.2).
func (t *tx) zone() (name, offset string) {
	name = "Etc/UTC"
	if t.facts.Site != nil {
		name = t.facts.Site.Zone
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return "Etc/UTC", "+00:00"
	}
	return name, t.now.In(loc).Format("-07:00")
}

// commitPersonal keeps personal values outside the leaf, with a salted commitment in it, so that erasing them after
// retention leaves every proof whole.
func (t *tx) commitPersonal(e *ledger.Event) error {
	values := map[string]string{ledger.PersonalActorName: t.actor.Name}
	if t.cmd.Source.Address != "" {
		values["source_address"] = t.cmd.Source.Address
	}
	for name, value := range t.event.personal {
		values[name] = value
	}
	e.Personal = ledger.Commitments{}
	for name, value := range values {
		if value == "" {
			continue
		}
		var salt [16]byte
		if _, err := rand.Read(salt[:]); err != nil {
			return fmt.Errorf("salt a personal value: %w", err)
		}
		e.Personal[name] = ledger.Commit(name, value, salt)
		t.changes.Personal = append(t.changes.Personal, models.PersonalRow{Org: t.cmd.Org, Event: e.ID, Name: name, Value: value, Salt: salt[:]})
	}
	return nil
}

func (t *tx) writeRecord(outcome string) {
	switch {
	case t.record == nil:
	case t.before == nil && outcome == ledger.OutcomeDone:
		t.changes.NewRecords = []models.Record{*t.record}
	case outcome == ledger.OutcomeRefused || t.onlyTouched():
		t.changes.Touch = []postgres.Touch{{Org: t.cmd.Org, ID: t.record.ID, LastSeq: t.record.LastSeq, UpdatedAt: t.now}}
	default:
		t.changes.Records = []models.Record{*t.record}
	}
}

// onlyTouched says whether nothing of the record moved but its sequence.
func (t *tx) onlyTouched() bool {
	a, b := *t.before, *t.record
	return a.Version == b.Version && a.State == b.State && a.Owner == b.Owner && a.Site == b.Site && a.DueAt.Equal(b.DueAt) &&
		a.Extensions == b.Extensions && a.AwareAt.Equal(b.AwareAt) && (a.HeldAt == nil) == (b.HeldAt == nil) &&
		(a.ClosedAt == nil) == (b.ClosedAt == nil)
}

func (t *tx) writeReceipt(eventID uuid.UUID, seq int64, refusal *models.Error) {
	result := t.receipt.Result
	t.receipt = models.Receipt{
		Command: t.cmd.ID, At: t.now, Event: eventID, Seq: seq, Policy: t.verdict.ID, Revision: t.verdict.Revision, Rule: t.verdict.Rule,
		Refused: refusal, Signature: t.receipt.Signature,
	}
	if refusal == nil {
		t.receipt.Result = result
	}
	if t.cmd.Task != uuid.Nil {
		t.receipt.Task = &t.cmd.Task
	}
	t.describe()
	if t.cmd.ID != uuid.Nil {
		t.changes.Receipts = append(t.changes.Receipts, postgres.Receipt{
			Org: t.cmd.Org, Command: t.cmd.ID, Fingerprint: t.cmd.Fingerprint, Receipt: t.receipt, At: t.now,
		})
	}
}

// describe tells the receipt where the record stands.
func (t *tx) describe() {
	r := &t.receipt
	r.Record = t.cmd.Record
	if t.record == nil {
		return
	}
	r.Record, r.Number, r.State, r.Version, r.Hash = t.record.ID, t.record.Number, t.record.State, t.record.Version, t.record.ContentHash
	r.Case = t.caseState()
}

func (t *tx) caseState() *models.CaseState {
	s := &models.CaseState{
		State: t.record.State, Class: t.record.Class, Flags: t.record.Flags, Closed: t.record.ClosedAt != nil, Seq: t.record.LastSeq,
		Steps: []models.StepState{},
	}
	for _, step := range t.steps {
		if step.State == models.StepOpen || step.State == models.StepDone {
			s.Reopening = s.Reopening || s.Closed && step.State == models.StepOpen
			s.Steps = append(s.Steps, models.StepState{Step: step.Step, Round: step.Round, State: step.State, Outcome: step.Outcome})
		}
	}
	for _, c := range t.clocks {
		if next := c.Next(); t.ticks(c) && !next.IsZero() && (s.Next.IsZero() || next.Before(s.Next)) {
			s.Next = next
		}
	}
	return s
}

func usedIntent(t *tx, id uuid.UUID) postgres.UsedIntent {
	return postgres.UsedIntent{Org: t.cmd.Org, ID: id, UsedAt: t.now}
}

func signedSession(t *tx) postgres.SignedSession {
	return postgres.SignedSession{Org: t.cmd.Org, ID: t.cmd.Source.Session, SignedAt: t.now}
}

func location(zone string) *time.Location {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return time.UTC
	}
	return loc
}
