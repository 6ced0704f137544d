// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
)

func applyOpenStep(ctx context.Context, t *tx) error {
	body, err := read[models.OpenStep](t.cmd)
	if err != nil {
		return err
	}
	if s := t.standing(body.Step); s != nil || t.record.ClosedAt != nil {
		t.silent = true
		return nil
	}
	return t.openStep(ctx, body.Step, uuid.Nil, nil)
}

// standing is a step's open or decided round; nil if it was never opened, or its decision is void.
func (t *tx) standing(step string) *models.StepRow {
	for i := range t.steps {
		s := &t.steps[i]
		if s.Step == step && (s.State == models.StepOpen || s.State == models.StepDone) {
			return s
		}
	}
	return nil
}

// openStep plans a step, freezes the plan, and puts its tasks into the inbox.
func (t *tx) openStep(ctx context.Context, name string, requester uuid.UUID, request any) error {
	typ := t.Types[t.record.Type]
	step, ok := typ.Step(name)
	if !ok {
		return fmt.Errorf("open step: %s declares no step %q", typ.Name, name)
	}
	round := 1
	for _, s := range t.steps {
		if s.Step == name && s.Round >= round {
			round = s.Round + 1
		}
	}
	plan, err := t.plan(ctx, name, round, requester)
	if err != nil {
		return err
	}
	row := models.StepRow{
		Org: t.cmd.Org, Record: t.record.ID, Step: name, Round: round, Kind: plan.Kind, State: models.StepOpen, Plan: plan, OpenedAt: t.now,
	}
	if requester != uuid.Nil {
		row.Requester = &requester
	}
	if request != nil {
		if row.Request, err = json.Marshal(request); err != nil {
			return fmt.Errorf("write the request: %w", err)
		}
	}
	if row.DueAt, err = t.instant(plan.Due, plan.Statutory); err != nil {
		return err
	}
	if err := t.checkPool(ctx, row); err != nil {
		return err
	}
	if !step.Side {
		if err := t.move(step.State); err != nil {
			return err
		}
	}
	t.putStep(row)
	t.openTasks(step, row)
	t.note("step."+name, nil, map[string]any{"round": round, "due": row.DueAt})
	return t.startClock(row.Step, row.Round, row.DueAt, plan.Statutory, plan.Warn, plan.Ladder)
}

func (t *tx) plan(ctx context.Context, step string, round int, requester uuid.UUID) (models.Plan, error) {
	ask := t.ask("plan")
	ask.Step, ask.Round, ask.Task = step, round, nil
	if requester != uuid.Nil {
		ask.Task = &models.TaskFacts{Step: step, Round: round, Requester: &requester, Candidates: []string{}, Barred: []uuid.UUID{}}
	}
	plan, err := t.Policy.PlanStep(ctx, ask)
	if err != nil {
		return models.Plan{}, fmt.Errorf("plan step %s: %w", step, err)
	}
	return plan, nil
}

func (t *tx) openTasks(step models.Step, row models.StepRow) {
	for slot := 1; slot <= max(1, row.Plan.Quorum); slot++ {
		task := models.Task{
			Org: t.cmd.Org, Record: t.record.ID, RecordType: t.record.Type, Step: row.Step, Round: row.Round, Slot: slot, Kind: row.Kind,
			State: models.TaskOpen, Title: step.Title, Site: t.record.Site, RecordOwner: t.record.Owner, Requester: row.Requester,
			Candidates: t.candidateKeys(row.Plan), Barred: barredPeople(row.Plan.Barred), Priority: row.Plan.Priority,
			Meaning: row.Plan.Meaning, OpenedAt: t.now, DueAt: row.DueAt,
		}
		task.ID = models.DeriveID("task", t.record.ID.String(), row.Step, strconv.Itoa(row.Round), strconv.Itoa(slot))
		switch row.Plan.Assign {
		case "owner":
			task.Assignee = &t.record.Owner
		case "reporter":
			task.Assignee = &t.record.Reporter
		}
		if task.Assignee != nil {
			task.Candidates = append(task.Candidates, models.UserKey(*task.Assignee))
		}
		t.putTask(task)
		// What a whole group may take is counted in the inbox of each: a notice of every one would bury the others.
		if task.Assignee != nil && *task.Assignee != t.cmd.Actor {
			t.notifyTask(task, models.NoticeTaskOpened, models.About{What: task.Title})
		}
	}
}

// candidateKeys turns the plan's rules into scope keys: one for holders at the site, one for holders at all sites.
func (t *tx) candidateKeys(plan models.Plan) []string {
	keys := []string{}
	for _, c := range plan.Candidates {
		site := c.Site
		if site == "record" {
			site = t.record.Site
		}
		for _, k := range []string{models.RoleKey(c.Role, site), models.RoleKey(c.Role, models.AllSites)} {
			if !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
	}
	return keys
}

func barredPeople(barred []models.Barred) []uuid.UUID {
	ids := []uuid.UUID{}
	for _, b := range barred {
		if !slices.Contains(ids, b.Person) {
			ids = append(ids, b.Person)
		}
	}
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	return ids
}

// refreshBarred asks again who is kept from the open tasks, because this command changed who did what or who is involved.
func (t *tx) refreshBarred(ctx context.Context) error {
	if !t.peopleChanged() {
		return nil
	}
	for _, task := range t.tasks {
		if task.State != models.TaskOpen {
			continue
		}
		ask := t.ask("plan")
		ask.Step, ask.Round, ask.Task = task.Step, task.Round, task.Facts()
		barred, err := t.Policy.Barred(ctx, ask)
		if err != nil {
			return fmt.Errorf("ask who is barred from %s: %w", task.Step, err)
		}
		if people := barredPeople(barred); !slices.Equal(people, task.Barred) {
			task.Barred = people
			t.putTask(task)
		}
	}
	return nil
}

// peopleChanged says whether something moved that segregation of duties looks at.
func (t *tx) peopleChanged() bool {
	return t.before != nil && (len(t.done) != len(t.facts.Done) || t.before.Owner != t.record.Owner || !slices.Equal(t.before.Involved, t.record.Involved))
}

// move changes the record's state, along the declared transitions only (11.10(f)).
func (t *tx) move(state string) error {
	from := ""
	if t.before != nil || t.record.State != "" {
		from = t.record.State
	}
	if !t.Types[t.record.Type].States.Allows(from, state) {
		return models.Refuse(models.CodeMoved, fmt.Sprintf("A record that is %q cannot become %q.", from, state))
	}
	t.record.State = state
	return nil
}

// decideStep ends a step's round with an outcome, withdraws what is left of its tasks, and lets the noun draw the consequence.
func (t *tx) decideStep(s *models.StepRow, outcome string) {
	s.State, s.Outcome, s.DoneAt, s.Version = models.StepDone, outcome, &t.now, t.record.Version
	t.putStep(*s)
	t.withdrawTasks(s.Step, s.Round)
	t.stopClock(s.Step, s.Round)
	if effect := t.Types[t.record.Type].Effect; effect != nil {
		effect(t.record, s.Step, outcome)
	}
}

// supersedeFrom makes void what was decided on the main line from a step on. Signatures stay, and say what they were on.
func (t *tx) supersedeFrom(step string) {
	typ := t.Types[t.record.Type]
	first := typ.Order(step)
	for _, s := range slices.Clone(t.steps) {
		declared, _ := typ.Step(s.Step)
		if declared.Side || typ.Order(s.Step) < first || (s.State != models.StepOpen && s.State != models.StepDone) {
			continue
		}
		t.endStep(s)
	}
}

// endStep takes a step out of the course of the process.
func (t *tx) endStep(s models.StepRow) {
	was := s.State
	s.State = models.StepSuperseded
	if was == models.StepOpen {
		s.State = models.StepWithdrawn
		t.withdrawTasks(s.Step, s.Round)
		t.stopClock(s.Step, s.Round)
		t.notifyWithdrawn(s)
	}
	t.putStep(s)
	t.note("step."+s.Step, map[string]any{"round": s.Round, "state": was}, map[string]any{"round": s.Round, "state": s.State})
}

func (t *tx) withdrawTasks(step string, round int) {
	for _, task := range slices.Clone(t.tasks) {
		if task.Step == step && task.Round == round && task.State == models.TaskOpen {
			task.State = models.TaskWithdrawn
			t.putTask(task)
		}
	}
}

// putStep, putTask and putClock keep one copy of each row for the decision at hand and one for the write.

func (t *tx) putStep(row models.StepRow) {
	same := func(s models.StepRow) bool { return s.Step == row.Step && s.Round == row.Round }
	t.steps = put(t.steps, row, same)
	t.changes.Steps = put(t.changes.Steps, row, same)
}

func (t *tx) putTask(row models.Task) {
	same := func(s models.Task) bool { return s.ID == row.ID }
	t.tasks = put(t.tasks, row, same)
	t.changes.Tasks = put(t.changes.Tasks, row, same)
}

func (t *tx) putClock(row models.StepClock) {
	same := func(s models.StepClock) bool { return s.ID == row.ID }
	t.clocks = put(t.clocks, row, same)
	t.changes.Clocks = put(t.changes.Clocks, row, same)
}

// put replaces the row that is the same, or appends it. It never writes into the slice it was given: the facts stay whole.
func put[T any](rows []T, row T, same func(T) bool) []T {
	rows = slices.Clone(rows)
	if i := slices.IndexFunc(rows, same); i >= 0 {
		rows[i] = row
		return rows
	}
	return append(rows, row)
}
