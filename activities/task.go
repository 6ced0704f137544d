// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
)

// task finds the command's task among the open ones.
func (t *tx) task() (models.Task, bool) {
	i := slices.IndexFunc(t.tasks, func(x models.Task) bool { return x.ID == t.cmd.Task && t.cmd.Task != uuid.Nil })
	if i < 0 {
		return models.Task{}, false
	}
	return t.tasks[i], true
}

// noTask answers for a task that is not open: it is done or withdrawn, or never was.
func (t *tx) noTask() error {
	return models.Refuse(models.CodeMoved, "This task is not open any more: it was decided or withdrawn. Nothing was changed.")
}

func (t *tx) openTask() (models.Task, error) {
	task, ok := t.task()
	if !ok || task.State != models.TaskOpen {
		return task, t.noTask()
	}
	return task, nil
}

func applyClaim(_ context.Context, t *tx) error {
	task, err := t.openTask()
	if err != nil {
		return err
	}
	if task.Assignee != nil {
		return models.Refuse(models.CodeMoved, "Somebody else has claimed this task.")
	}
	task.Assignee, task.ClaimedAt = &t.actor.ID, &t.now
	t.note("assignee", nil, t.actor.ID)
	t.putTask(task)
	return nil
}

func applyRelease(_ context.Context, t *tx) error {
	task, err := t.openTask()
	if err != nil {
		return err
	}
	t.note("assignee", task.Assignee, task.Owner)
	// A delegated task goes back to whom it belongs; any other to its group.
	task.Assignee, task.Owner, task.ClaimedAt, task.FollowUpAt = task.Owner, nil, nil, nil
	t.putTask(task)
	return nil
}

func handoverTo(cmd models.Command) uuid.UUID {
	body, err := read[models.Handover](cmd)
	if err != nil {
		return uuid.Nil
	}
	return body.To
}

func handoverPeople(cmd models.Command) []uuid.UUID {
	if to := handoverTo(cmd); to != uuid.Nil {
		return []uuid.UUID{to}
	}
	return nil
}

func applyDelegate(_ context.Context, t *tx) error { return t.handOver(true) }
func applyReassign(_ context.Context, t *tx) error { return t.handOver(false) }

// handOver gives a task to another person. Delegated, it stays its owner's and comes back (S9); reassigned, it does not.
func (t *tx) handOver(keepOwner bool) error {
	body, err := read[models.Handover](t.cmd)
	if err != nil {
		return err
	}
	if err := needText("reason", body.Reason); err != nil {
		return err
	}
	task, err := t.openTask()
	if err != nil {
		return err
	}
	if _, ok := t.facts.Person(body.To); !ok {
		return models.InvalidField("to", "unknown", "There is no such person.")
	}
	t.note("assignee", task.Assignee, body.To)
	t.event.reason = body.Reason
	switch {
	case !keepOwner:
		task.Owner = nil
	case task.Owner == nil:
		task.Owner = task.Assignee
	}
	// A follow-up was the choice of who held it.
	task.Assignee, task.ClaimedAt, task.FollowUpAt = &body.To, &t.now, nil
	t.putTask(task)
	t.notify(&task.ID, models.NoticeTaskAssigned, models.About{What: task.Title, By: &t.actor.ID}, models.UserKey(body.To))
	return nil
}

// prepareComplete finds for whom a delegated task is done, before policy is asked: segregation is tested against both.
func prepareComplete(t *tx) error {
	task, err := t.openTask()
	if err != nil {
		return err
	}
	if task.Owner != nil && *task.Owner != t.actor.ID && t.behalf == nil {
		p, ok := t.facts.Person(*task.Owner)
		if !ok {
			return fmt.Errorf("complete: the owner of task %s was not read", task.ID)
		}
		t.behalf = &p
	}
	return nil
}

// applyComplete records a decision on a task, with its signature where the plan asks for one.
func applyComplete(ctx context.Context, t *tx) error {
	body, err := read[models.Completion](t.cmd)
	if err != nil {
		return err
	}
	task, err := t.openTask()
	if err != nil {
		return err
	}
	step := t.standing(task.Step)
	if step == nil || step.Round != task.Round {
		return t.noTask()
	}
	if err := t.checkVerdict(*step, body); err != nil {
		return err
	}
	t.event.reason = body.Comment
	t.event.task = task.ID
	if err := t.takeContent(ctx, *step, body); err != nil {
		return err
	}
	decision := models.Decision{
		Org: t.cmd.Org, ID: models.NewID(), Record: t.record.ID, Task: task.ID, Step: task.Step, Round: task.Round, Kind: task.Kind,
		Person: t.actor.ID, Outcome: body.Outcome, ReturnTo: body.ReturnTo, Comment: body.Comment, Version: t.record.Version,
		Policy: t.verdict.ID, At: t.now,
	}
	if t.behalf != nil {
		decision.Behalf = &t.behalf.ID
	}
	if decision.Signature, err = t.sign(task, *step, body); err != nil {
		return err
	}
	t.changes.Decisions = []models.Decision{decision}
	t.done = append(slices.Clone(t.done), models.Performed{
		Step: task.Step, Round: task.Round, Kind: task.Kind, Person: t.actor.ID, Behalf: decision.Behalf, Signed: decision.Signature != nil,
	})
	task.State, task.Outcome, task.CompletedAt, task.CompletedBy = models.TaskDone, body.Outcome, &t.now, &t.actor.ID
	t.putTask(task)
	t.note("decision", nil, map[string]any{"step": task.Step, "round": task.Round, "outcome": body.Outcome})
	return t.conclude(ctx, step, body)
}

// checkVerdict holds a verdict against what the plan offers.
func (t *tx) checkVerdict(step models.StepRow, body models.Completion) error {
	i := slices.IndexFunc(step.Plan.Outcomes, func(o models.OutcomeRule) bool { return o.Name == body.Outcome })
	if i < 0 {
		return models.InvalidField("outcome", "unknown", "This step does not offer that outcome.")
	}
	rule := step.Plan.Outcomes[i]
	if rule.NeedsReason || body.Comment != "" {
		if err := needText("comment", body.Comment); err != nil {
			return err
		}
	}
	if body.Outcome != models.OutcomeReturned {
		if body.ReturnTo != "" {
			return models.InvalidField("return_to", "unexpected", "Only a return names a step.")
		}
		return nil
	}
	if len(body.Data) > 0 {
		return models.InvalidField("data", "unexpected", "A return takes no data.")
	}
	if !slices.Contains(rule.ReturnTo, body.ReturnTo) {
		return models.InvalidField("return_to", "unknown", "This step does not return to that step.")
	}
	return nil
}

// takeContent brings the record's content to where the verdict would leave it, and freezes it: a signature binds to the
// version that it makes, with the data that it gives and the class that it sets, and not to the one before.
func (t *tx) takeContent(ctx context.Context, step models.StepRow, body models.Completion) error {
	if err := t.takeData(ctx, step, body); err != nil {
		return err
	}
	if t.concludes(step, body) {
		if err := t.anticipate(step, body.Outcome); err != nil {
			return err
		}
	}
	return t.freeze()
}

// concludes says whether this verdict ends the step with a yes.
func (t *tx) concludes(step models.StepRow, body models.Completion) bool {
	return body.Outcome != models.OutcomeReturned && body.Outcome != models.OutcomeRejected && t.given(step)+1 >= step.Plan.Quorum
}

// given counts the yeses of a step's round.
func (t *tx) given(step models.StepRow) int {
	n := 0
	for _, x := range t.tasks {
		if x.Step == step.Step && x.Round == step.Round && x.State == models.TaskDone {
			n++
		}
	}
	return n
}

// anticipate changes the content as the end of the step will, for the reason that the request gave.
func (t *tx) anticipate(step models.StepRow, outcome string) error {
	typ := t.Types[t.record.Type]
	if typ.Effect != nil {
		typ.Effect(t.record, step.Step, outcome)
	}
	switch step.Step {
	case models.StepReclassificationApproval:
		r, err := requestOf[models.Reclassification](step)
		if err != nil {
			return err
		}
		t.record.Class, t.event.reason = r.Class, r.Reason
	case models.StepCorrectionApproval:
		r, err := requestOf[models.Correction](step)
		if err != nil {
			return err
		}
		data, _, err := t.corrected(r)
		if err != nil {
			return err
		}
		t.record.Data, t.event.reason = data, reasons(r)
		t.record.Title, _ = typ.Derive(data)
	}
	return nil
}

// takeData puts what the step's form gave into the record.
func (t *tx) takeData(ctx context.Context, step models.StepRow, body models.Completion) error {
	if body.Outcome == models.OutcomeReturned || body.Outcome == models.OutcomeRejected {
		return nil
	}
	typ := t.Types[t.record.Type]
	if err := t.checkSection(typ, step.Step, body.Data, models.ModeComplete); err != nil {
		return err
	}
	if body.Data == nil {
		return nil
	}
	t.record.Data = withSection(t.record.Data, step.Step, body.Data)
	if step.Step == typ.Filing {
		if err := t.refile(typ); err != nil {
			return err
		}
	}
	return t.checkRules(ctx, typ, step.Step)
}

// refile takes over what every record has from a report that was completed again. A draft's awareness may still change, and
// its due date with it; once reported, only a correction that the quality unit signs moves it (11.10(e)).
func (t *tx) refile(typ models.RecordType) error {
	title, aware := typ.Derive(t.record.Data)
	t.record.Title = title
	if aware.IsZero() || aware.Equal(t.record.AwareAt) {
		return nil
	}
	if t.record.State != models.StateDraft {
		return models.InvalidField("data.aware_at", "read_only", "When the site became aware moves the due date: ask for a correction instead.")
	}
	if aware.After(t.now) {
		return models.InvalidField("data.aware_at", "future", "Awareness cannot lie in the future.")
	}
	t.note("aware_at", t.record.AwareAt, aware)
	shift := aware.Sub(t.record.AwareAt)
	t.record.AwareAt = aware.UTC()
	t.record.OriginalDueAt = t.record.OriginalDueAt.Add(shift)
	if err := t.moveDue(t.record.DueAt.Add(shift)); err != nil {
		return err
	}
	return t.measureLateness()
}

// conclude draws the consequence of one verdict: of a return at once, of an approval when the quorum is reached.
func (t *tx) conclude(ctx context.Context, step *models.StepRow, body models.Completion) error {
	switch body.Outcome {
	case models.OutcomeReturned:
		t.decideStep(step, body.Outcome)
		t.supersedeFrom(body.ReturnTo)
		return t.move(t.stateOf(body.ReturnTo))
	case models.OutcomeRejected:
		t.decideStep(step, body.Outcome)
		return t.concludeSide(ctx, *step, body.Outcome)
	}
	if t.given(*step) < step.Plan.Quorum {
		return nil
	}
	t.decideStep(step, body.Outcome)
	if step.Step == t.Types[t.record.Type].OwnerStep && t.actor.Kind == models.KindPerson {
		t.note("owner", t.record.Owner, t.actor.ID)
		t.record.Owner = t.actor.ID
	}
	if step.Step == t.Types[t.record.Type].Last {
		return t.close()
	}
	return t.concludeSide(ctx, *step, body.Outcome)
}

func (t *tx) stateOf(step string) string {
	s, _ := t.Types[t.record.Type].Step(step)
	return s.State
}
