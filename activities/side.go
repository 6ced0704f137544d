// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
)

// A side step is a request about the whole record: more time, cancellation, another class, reopening, a correction that
// moves a date. The request opens the step; the quality unit's signed verdict carries it out or refuses it.

// applyRequest opens the side step that decides on a request.
func applyRequest(step string, body func(*tx) (request any, reason string, err error)) func(context.Context, *tx) error {
	return func(ctx context.Context, t *tx) error {
		if err := t.mayAsk(step); err != nil {
			return err
		}
		request, reason, err := body(t)
		if err != nil {
			return err
		}
		if err := needText("reason", reason); err != nil {
			return err
		}
		t.event.reason = reason
		t.note("request", nil, request)
		// A decided request of before is history; this one is the step's next round.
		for _, s := range slices.Clone(t.steps) {
			if s.Step == step && s.State == models.StepDone {
				s.State = models.StepSuperseded
				t.putStep(s)
			}
		}
		return t.openStep(ctx, step, t.actor.ID, request)
	}
}

// mayAsk says whether a request can be decided at all: its step is one of the type's, and none waits already.
func (t *tx) mayAsk(step string) error {
	if _, ok := t.Types[t.record.Type].Step(step); !ok {
		return models.Refuse(models.CodeNotFound, "Records of this type know no such request.")
	}
	if s := t.standing(step); s != nil && s.State == models.StepOpen {
		return models.Refuse(models.CodeMoved, "Such a request waits for its decision already.")
	}
	return nil
}

func (t *tx) needOpen() error {
	if t.record.ClosedAt != nil {
		return models.Refuse(models.CodeMoved, "The record is closed. Nothing was changed.")
	}
	return nil
}

func extensionRequest(t *tx) (any, string, error) {
	body, err := read[models.Extension](t.cmd)
	if err != nil {
		return nil, "", err
	}
	if err := t.needOpen(); err != nil {
		return nil, "", err
	}
	if !body.DueAt.After(t.record.DueAt) || !body.DueAt.After(t.now) {
		return nil, "", models.InvalidField("due_at", "too_early", "An extension is to an instant after the present due date, in the future.")
	}
	if body.DueAt.Sub(t.record.CreatedAt) > 10*365*24*time.Hour {
		return nil, "", models.InvalidField("due_at", "too_late", "An extension is at most to ten years after the record was made.")
	}
	return body, body.Reason, nil
}

func cancellationRequest(t *tx) (any, string, error) {
	body, err := read[models.Why](t.cmd)
	if err != nil {
		return nil, "", err
	}
	return body, body.Reason, t.needOpen()
}

func reclassificationRequest(t *tx) (any, string, error) {
	body, err := read[models.Reclassification](t.cmd)
	if err != nil {
		return nil, "", err
	}
	if err := t.needOpen(); err != nil {
		return nil, "", err
	}
	classes := t.Types[t.record.Type].Classes
	switch {
	case t.record.Class == "":
		return nil, "", models.Refuse(models.CodeMoved, "The record has no class yet: the assessment proposes one.")
	case !slices.Contains(classes, body.Class):
		return nil, "", models.InvalidField("class", "unknown", "The class is one of "+strings.Join(classes, ", ")+".")
	case body.Class == t.record.Class:
		return nil, "", models.InvalidField("class", "same", "The record has this class already.")
	}
	return body, body.Reason, nil
}

func reopenRequest(t *tx) (any, string, error) {
	body, err := read[models.Why](t.cmd)
	if err != nil {
		return nil, "", err
	}
	if t.Types[t.record.Type].ClassStep == "" {
		return nil, "", models.Refuse(models.CodeNotFound, "Records of this type say no step at which a reopened one goes on.")
	}
	if t.record.ClosedAt == nil || t.record.State != models.StateClosed {
		return nil, "", models.Refuse(models.CodeMoved, "Only a closed record is reopened.")
	}
	// The process lives again, to wait for the verdict; the closure stands until then.
	return body, body.Reason, nil
}

// concludeSide carries out what a side step decided.
func (t *tx) concludeSide(ctx context.Context, step models.StepRow, outcome string) error {
	carry, ok := sideEffects[step.Step]
	if !ok || outcome != models.OutcomeApproved {
		return nil
	}
	return carry(ctx, t, step)
}

var sideEffects = map[string]func(context.Context, *tx, models.StepRow) error{
	models.StepExtensionApproval:        extend,
	models.StepCancellationApproval:     cancel,
	models.StepReclassificationApproval: reclassify,
	models.StepReopenApproval:           reopen,
	models.StepCorrectionApproval:       correctApproved,
}

func requestOf[T any](step models.StepRow) (T, error) {
	var r T
	if err := json.Unmarshal(step.Request, &r); err != nil {
		return r, fmt.Errorf("read the request of %s: %w", step.Step, err)
	}
	return r, nil
}

func extend(_ context.Context, t *tx, step models.StepRow) error {
	r, err := requestOf[models.Extension](step)
	if err != nil {
		return err
	}
	t.record.Extensions++
	return t.moveDue(r.DueAt.UTC())
}

// moveDue moves the record's due date, and with it the due dates of its open steps and every rung that has not fired.
// Statutory clocks stay where the law has them.
func (t *tx) moveDue(due time.Time) error {
	shift := due.Sub(t.record.DueAt)
	t.note("due_at", t.record.DueAt, due)
	t.record.DueAt = due
	for _, c := range slices.Clone(t.clocks) {
		if c.Stopped || c.Statutory || t.isSide(c.Step) {
			continue
		}
		c.DueAt = c.DueAt.Add(shift)
		if err := t.wind(&c); err != nil {
			return err
		}
		t.putClock(c)
	}
	for _, s := range slices.Clone(t.steps) {
		if s.State == models.StepOpen && !s.Plan.Statutory && !t.isSide(s.Step) {
			s.DueAt = s.DueAt.Add(shift)
			t.putStep(s)
			t.shiftTasks(s.Step, s.Round, shift)
		}
	}
	return nil
}

func (t *tx) shiftTasks(step string, round int, shift time.Duration) {
	for _, task := range slices.Clone(t.tasks) {
		if task.Step == step && task.Round == round && task.State == models.TaskOpen {
			task.DueAt = task.DueAt.Add(shift)
			if task.DueAt.After(t.now) {
				task.BreachedAt = nil
			}
			t.putTask(task)
		}
	}
}

// notifyWithdrawn tells whoever asked for something beside the main line that nobody will decide it any more.
func (t *tx) notifyWithdrawn(s models.StepRow) {
	if s.Requester == nil {
		return
	}
	t.notify(nil, models.NoticeWithdrawn, models.About{What: t.titleOf(s)}, models.UserKey(*s.Requester))
}

func (t *tx) isSide(step string) bool {
	s, ok := t.Types[t.record.Type].Step(step)
	return ok && s.Side
}

func cancel(_ context.Context, t *tx, _ models.StepRow) error {
	for _, s := range slices.Clone(t.steps) {
		if s.State == models.StepOpen {
			t.endStep(s)
		}
	}
	return t.closeAs(models.StateCancelled)
}

// reclassify sets the new class and makes void what the old class did not ask for, from the step on where the ways part.
func reclassify(_ context.Context, t *tx, step models.StepRow) error {
	r, err := requestOf[models.Reclassification](step)
	if err != nil {
		return err
	}
	typ := t.Types[t.record.Type]
	t.record.Class = r.Class
	t.event.reason = r.Reason
	t.supersedeFrom(typ.ClassStep)
	s, _ := typ.Step(typ.ClassStep)
	return t.move(s.State)
}

// reopen brings a closed record back to the step where its class parts the ways. The closure and its signatures stay in the
// history; the due date starts anew.
func reopen(ctx context.Context, t *tx, step models.StepRow) error {
	typ := t.Types[t.record.Type]
	t.note("closed_at", t.record.ClosedAt, nil)
	t.record.ClosedAt = nil
	t.supersedeFrom(typ.ClassStep)
	s, _ := typ.Step(typ.ClassStep)
	if err := t.move(s.State); err != nil {
		return err
	}
	plan, err := t.Policy.PlanRecord(ctx, t.ask("plan"))
	if err != nil {
		return fmt.Errorf("plan the reopened record: %w", err)
	}
	due, err := t.after(t.now, plan.Due.After, false)
	if err != nil {
		return err
	}
	t.note("due_at", t.record.DueAt, due)
	t.record.DueAt = due
	return t.startClock("", step.Round, due, false, plan.Warn, plan.Ladder)
}

// applyHold stops the record's clocks for a stated reason; applyResume lets them go on, later by as long as they stood.
func applyHold(_ context.Context, t *tx) error {
	body, err := read[models.Why](t.cmd)
	if err != nil {
		return err
	}
	if err := needText("reason", body.Reason); err != nil {
		return err
	}
	if err := t.needOpen(); err != nil {
		return err
	}
	if t.record.HeldAt != nil {
		return models.Refuse(models.CodeMoved, "The clock is on hold already.")
	}
	t.event.reason = body.Reason
	t.note("held_at", nil, t.now)
	t.record.HeldAt = &t.now
	return nil
}

func applyResume(_ context.Context, t *tx) error {
	if t.record.HeldAt == nil {
		return models.Refuse(models.CodeMoved, "The clock is not on hold.")
	}
	stood := t.now.Sub(*t.record.HeldAt)
	t.note("held_at", t.record.HeldAt, nil)
	t.record.HeldAt = nil
	return t.moveDue(t.record.DueAt.Add(stood))
}

// applySignal records what an integration tells a process.
func applySignal(_ context.Context, t *tx) error {
	body, err := read[models.SignalBody](t.cmd)
	if err != nil {
		return err
	}
	if !validName(body.Name) {
		return models.InvalidField("name", "invalid", "A signal has a name of 1 to 200 characters.")
	}
	t.event.reason = body.Name
	t.note("signal."+body.Name, nil, body.Payload)
	return nil
}

// applyLink ties two records of the organization together.
func applyLink(_ context.Context, t *tx) error {
	body, err := read[models.NewLink](t.cmd)
	if err != nil {
		return err
	}
	if !slices.Contains(models.LinkKinds, body.Kind) {
		return models.InvalidField("kind", "unknown", "A link is one of "+strings.Join(models.LinkKinds, ", ")+".")
	}
	if body.To == uuid.Nil || body.To == t.record.ID {
		return models.InvalidField("to", "invalid", "A link leads to another record.")
	}
	if t.facts.Other == "" {
		return models.InvalidField("to", "unknown", "There is no such record.")
	}
	t.changes.Links = []models.Link{{Org: t.cmd.Org, From: t.record.ID, To: body.To, Kind: body.Kind, CreatedAt: t.now, CreatedBy: t.actor.ID}}
	t.note("link", nil, map[string]any{"to": t.facts.Other, "kind": body.Kind})
	return nil
}

func linkedRecord(cmd models.Command) *uuid.UUID {
	body, err := read[models.NewLink](cmd)
	if err != nil || body.To == uuid.Nil {
		return nil
	}
	return &body.To
}
