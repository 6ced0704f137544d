// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// Package activities holds the one write of Countersign. Commit locks, reads the facts, asks policy, applies, signs and
// records one command in one transaction; each noun's file says what its commands change.
package activities

import (
	"bytes"
	"context"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/postgres"
)

// Store runs a command's transaction. decide may run again on fresh facts; nil Changes rolls back.
type Store interface {
	Write(ctx context.Context, in postgres.Enter, decide func(*postgres.Facts) (*postgres.Changes, error)) error
}

// Policy answers who may do what, and who, by when and how for a step. It fails closed.
type Policy interface {
	Decide(ctx context.Context, ask models.Ask) (models.Verdict, error)
	PlanStep(ctx context.Context, ask models.Ask) (models.Plan, error)
	PlanRecord(ctx context.Context, ask models.Ask) (models.RecordPlan, error)
	Barred(ctx context.Context, ask models.Ask) ([]models.Barred, error)
	Components(ctx context.Context, ask models.Ask) ([]string, error)
	Scope(ctx context.Context, person models.Person) (models.Scope, error)
}

// Keys gives the private key that signs for an organization now.
type Keys interface {
	Current(org uuid.UUID) (ledger.SigningKey, error)
}

// Commit is the only writer of records, tasks, signatures and audit events.
type Commit struct {
	Store  Store
	Policy Policy
	Keys   Keys
	Types  models.Types
	Forms  map[string]*models.Form
	Now    func() time.Time
	Log    *slog.Logger

	calendars calendars
}

// Commit runs one command. A refusal is an answer like any other: it is recorded, and comes back in Receipt.Refused with a
// nil error. An error means that nothing is known to have been written; the same command id finds out.
func (c *Commit) Commit(ctx context.Context, cmd models.Command) (models.Receipt, error) {
	handler, ok := handlers[cmd.Name]
	if !ok {
		return models.Receipt{}, fmt.Errorf("commit: unknown command %q", cmd.Name)
	}
	var receipt models.Receipt
	now := c.Now().UTC().Truncate(time.Microsecond)
	err := c.Store.Write(ctx, c.enter(cmd, handler, now), func(f *postgres.Facts) (*postgres.Changes, error) {
		if f.Stored != nil {
			var err error
			receipt, err = replay(cmd, f)
			return nil, err
		}
		tx := newTx(c, cmd, handler, f, now)
		if err := tx.run(ctx); err != nil {
			return nil, err
		}
		receipt = tx.receipt
		return tx.changes, nil
	})
	if err != nil {
		return models.Receipt{}, fmt.Errorf("commit %s: %w", cmd.Name, err)
	}
	return receipt, nil
}

// enter names what a command locks and reads.
func (c *Commit) enter(cmd models.Command, h handler, now time.Time) postgres.Enter {
	in := postgres.Enter{Org: cmd.Org, At: now, Command: cmd.ID, People: []uuid.UUID{}, LockPeople: h.lockPeople, Calendars: c.calendars.known(cmd.Org)}
	if cmd.Refusal != nil && h.refused != nil {
		in.LockPeople = true // a wrong guess is counted on the person's row: two that share it would wait for each other for ever
	}
	for _, id := range []uuid.UUID{cmd.Actor, cmd.Behalf} {
		if id != uuid.Nil {
			in.People = append(in.People, id)
		}
	}
	if h.people != nil {
		in.People = append(in.People, h.people(cmd)...)
	}
	if cmd.Record != uuid.Nil {
		in.Record = &cmd.Record
	}
	if cmd.Task != uuid.Nil {
		in.Task = &cmd.Task
	}
	if cmd.Signing != nil {
		in.Intent = &cmd.Signing.Intent
	}
	if h.creates {
		in.Prefix = fmt.Sprintf("%s-%d", c.Types[cmd.Type].Prefix, now.Year())
	}
	if h.other != nil {
		in.Other = h.other(cmd)
	}
	if h.site != nil {
		in.Site = h.site(cmd)
	}
	return in
}

// replay returns the first answer to a command. The same key with another body is refused and binds nothing.
func replay(cmd models.Command, f *postgres.Facts) (models.Receipt, error) {
	if subtle.ConstantTimeCompare(f.Stored.Fingerprint, cmd.Fingerprint) != 1 {
		return models.Receipt{
			Command: cmd.ID,
			Refused: models.Refuse(models.CodeKeyReused, "This Idempotency-Key was used before with another request. Use a new key for a new request."),
		}, nil
	}
	return f.Stored.Receipt, nil
}

// tx is one command on its way through its transaction.
type tx struct {
	*Commit
	cmd     models.Command
	handler handler
	facts   *postgres.Facts
	now     time.Time
	actor   models.Person
	behalf  *models.Person
	record  *models.Record // as it will stand
	before  *models.Record // as it stood; nil for a new one
	steps   []models.StepRow
	tasks   []models.Task
	clocks  []models.StepClock
	done    []models.Performed
	verdict models.Verdict
	event   event
	changes *postgres.Changes
	receipt models.Receipt
	file    *models.File // of the record, that the command removes
	silent  bool         // nothing changed, or what changed is not evidence: no audit event
}

func newTx(c *Commit, cmd models.Command, h handler, f *postgres.Facts, now time.Time) *tx {
	t := &tx{Commit: c, cmd: cmd, handler: h, facts: f, now: now, changes: &postgres.Changes{}}
	t.record, t.steps, t.tasks, t.clocks, t.done = f.Record, f.Steps, f.Tasks, f.Clocks, f.Done
	if f.Record != nil {
		old := *f.Record
		old.Data = models.CloneData(f.Record.Data)
		t.before = &old
		// Time never runs backwards within a record, even when the server's clock does (ALCOA: consistent).
		if t.now.Before(f.Record.UpdatedAt) {
			t.Log.Warn("the clock is behind the record's last event", "record", f.Record.ID, "by", f.Record.UpdatedAt.Sub(t.now))
			t.now = f.Record.UpdatedAt
		}
	}
	return t
}

// run decides the command. A models.Error from any part refuses it: what was prepared is dropped, and the refusal recorded.
func (t *tx) run(ctx context.Context) error {
	err := t.decide(ctx)
	if err != nil {
		refusal, ok := models.AsError(err)
		if !ok {
			return err
		}
		return t.refuse(refusal)
	}
	if t.silent {
		return t.finishSilently()
	}
	return t.finish(ledger.OutcomeDone, nil)
}

func (t *tx) decide(ctx context.Context) error {
	if err := t.identify(); err != nil {
		return err
	}
	if t.cmd.Refusal != nil {
		return t.cmd.Refusal
	}
	if err := t.precondition(); err != nil {
		return err
	}
	if t.handler.prepare != nil {
		if err := t.handler.prepare(t); err != nil {
			return err
		}
	}
	if err := t.authorise(ctx); err != nil {
		return err
	}
	if err := t.handler.apply(ctx, t); err != nil {
		return err
	}
	return t.settle(ctx)
}

// identify finds who acts. A command of the process or a timer is the system's.
func (t *tx) identify() error {
	if t.cmd.Actor == uuid.Nil {
		t.actor = models.System()
		return nil
	}
	var ok bool
	if t.actor, ok = t.facts.Person(t.cmd.Actor); !ok {
		return models.Refuse(models.CodeForbidden, "Nobody of this organization is asking.")
	}
	if t.cmd.Behalf != uuid.Nil {
		p, ok := t.facts.Person(t.cmd.Behalf)
		if !ok {
			return models.Refuse(models.CodeNotFound, "There is no such person to act for.")
		}
		t.behalf = &p
	}
	return nil
}

func (t *tx) precondition() error {
	if t.handler.creates && t.record != nil {
		return models.Refuse(models.CodeMoved, "This record exists already.")
	}
	if t.handler.needsRecord && t.record == nil {
		return models.Refuse(models.CodeNotFound, "There is no such record.")
	}
	if t.handler.needsTask {
		if _, ok := t.task(); !ok {
			return t.noTask()
		}
	}
	if t.cmd.IfMatch != nil && t.record != nil && *t.cmd.IfMatch != t.record.Version {
		return models.Refuse(models.CodeStale,
			fmt.Sprintf("The record is at version %d and you saw version %d. Nothing was changed; look at it again.", t.record.Version, *t.cmd.IfMatch))
	}
	return nil
}

// authorise asks policy, at the instant of the act and with the facts as locked (11.10(g)). The system's own commands are
// not asked for: they carry out what policy planned.
func (t *tx) authorise(ctx context.Context) error {
	if t.handler.action == nil {
		return nil
	}
	ask := t.ask(t.handler.action(t))
	verdict, err := t.Policy.Decide(ctx, ask)
	if err != nil {
		t.Log.Error("policy gave no answer: denied", "action", ask.Action, "error", err)
	}
	t.verdict = verdict
	if err := t.logPolicy(ask); err != nil {
		return err
	}
	if !verdict.Allow {
		return models.Refuse(models.CodeForbidden, "You may not do this.", verdict.Reasons...)
	}
	return nil
}

// ask gathers what policy may look at.
func (t *tx) ask(action string) models.Ask {
	a := models.Ask{Action: action, At: t.now, Actor: t.actor, Behalf: t.behalf, Done: t.done, Org: t.facts.Org.Settings}
	if a.Done == nil {
		a.Done = []models.Performed{}
	}
	a.Admin = adminChange(t)
	if t.file != nil {
		a.File = &models.FileFacts{Name: t.file.Name, SHA256: t.file.SHA256, AddedBy: t.file.AddedBy}
	}
	if t.record != nil {
		a.Record = t.record.Facts()
	}
	if task, ok := t.task(); ok {
		a.Task = task.Facts()
		a.Step, a.Round = task.Step, task.Round
		a.Signing = task.Meaning != ""
	}
	if t.handler.target != nil {
		if p, ok := t.facts.Person(t.handler.target(t.cmd)); ok {
			a.Target = &p
		}
	}
	return a
}

func (t *tx) logPolicy(ask models.Ask) error {
	v := t.verdict
	written, err := decisionBytes(ask.Action, v)
	if err != nil {
		return err
	}
	row := models.PolicyRow{
		Org: t.cmd.Org, ID: v.ID, Action: ask.Action, Actor: t.cmd.Actor, Revision: v.Revision, Allow: v.Allow, Rule: v.Rule,
		Reasons: append([]models.Reason{}, v.Reasons...), Bytes: written, Micros: int(v.Took.Microseconds()), At: t.now,
	}
	if t.record != nil {
		row.Record = &t.record.ID
	}
	t.changes.Policy = append(t.changes.Policy, row)
	t.event.decisionHash = ledger.ContentHash(written)
	return nil
}

// decisionBytes is a policy decision as canonical JSON. The input is canonical already and goes in as it is: making it
// canonical again would cost more than everything else that is written.
func decisionBytes(action string, v models.Verdict) ([]byte, error) {
	frame, err := ledger.Canonical(models.PolicyDecision{
		ID: v.ID, Action: action, Revision: v.Revision, Policies: v.Policies, Allow: v.Allow, Rule: v.Rule, Reasons: v.Reasons,
	})
	if err != nil {
		return nil, fmt.Errorf("write the policy decision: %w", err)
	}
	return bytes.Replace(frame, []byte(`"input":null`), append([]byte(`"input":`), v.Input...), 1), nil
}

// refuse drops what was prepared and records the attempt.
func (t *tx) refuse(refusal *models.Error) error {
	policy := t.changes.Policy
	t.changes = &postgres.Changes{Policy: policy}
	if t.handler.refused != nil {
		t.handler.refused(t, refusal)
	}
	t.record = nil
	if t.before != nil {
		again := *t.before
		t.record = &again
	}
	decisionHash := t.event.decisionHash
	t.event = event{decisionHash: decisionHash}
	t.steps, t.tasks, t.clocks = t.facts.Steps, t.facts.Tasks, t.facts.Clocks
	return t.finish(ledger.OutcomeRefused, refusal)
}
