// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
)

// reportWithin is how long after awareness a report is in time: the end of the next working day.
const reportWithin = "1wd"

// prepareRecord builds the record before policy is asked, so that policy sees what is about to be made.
func prepareRecord(t *tx) error {
	body, err := read[models.NewRecord](t.cmd)
	if err != nil {
		return err
	}
	typ, ok := t.Types[t.cmd.Type]
	if !ok {
		return models.Refuse(models.CodeNotFound, "There is no such type of record.")
	}
	if t.facts.Site == nil {
		return models.InvalidField("site", "unknown", "There is no such site.")
	}
	if body.Migrated && t.actor.Kind != models.KindService {
		return models.InvalidField("migrated", "not_allowed", "Only an integration brings in records of another system.")
	}
	mode := models.ModeComplete
	if body.Draft {
		mode = models.ModeDraft
	}
	if err := t.checkSection(typ, models.FilingSection, body.Data, mode); err != nil {
		return err
	}
	title, aware := typ.Derive(map[string]any{models.FilingSection: body.Data})
	if aware.IsZero() {
		aware = t.now
	}
	if aware.After(t.now) {
		return models.InvalidField(models.FilingSection+".aware_at", "future", "Awareness cannot lie in the future.")
	}
	owner := t.cmd.Actor
	if body.Owner != nil {
		owner = *body.Owner
	}
	t.record = &models.Record{
		Org: t.cmd.Org, ID: t.cmd.Record, Type: typ.Name, Number: fmt.Sprintf("%s-%d-%04d", typ.Prefix, t.now.Year(), t.facts.Number),
		Title: title, Site: t.facts.Site.ID, Owner: owner, Reporter: t.cmd.Actor, Involved: []uuid.UUID{}, Flags: map[string]bool{},
		Data: map[string]any{models.FilingSection: body.Data}, AwareAt: aware.UTC(), Migrated: body.Migrated, CreatedAt: t.now, UpdatedAt: t.now,
		DueAt: t.now, OriginalDueAt: t.now, Files: []models.File{},
	}
	return nil
}

// applyCreate files the record and opens its first step, in one transaction.
func applyCreate(ctx context.Context, t *tx) error {
	body, err := read[models.NewRecord](t.cmd)
	if err != nil {
		return err
	}
	typ := t.Types[t.cmd.Type]
	if err := t.measureLateness(); err != nil {
		return err
	}
	if !body.Draft {
		if err := t.checkRules(ctx, typ, models.FilingSection); err != nil {
			return err
		}
	}
	prefix := fmt.Sprintf("%s-%d", typ.Prefix, t.now.Year())
	t.changes.Counters = []postgres.Counter{{Org: t.cmd.Org, Prefix: prefix, Last: t.facts.Number}}
	if err := t.freeze(); err != nil {
		return err
	}
	plan, err := t.Policy.PlanRecord(ctx, t.ask("plan"))
	if err != nil {
		return fmt.Errorf("plan the record: %w", err)
	}
	// The budget runs from awareness, not from creation: what is logged late has less of it left.
	if t.record.DueAt, err = t.instant(plan.Due, false); err != nil {
		return err
	}
	t.record.OriginalDueAt = t.record.DueAt
	if err := t.startClock("", 0, t.record.DueAt, false, plan.Warn, plan.Ladder); err != nil {
		return err
	}
	if typ.Filing == "" {
		return t.openStep(ctx, typ.First, uuid.Nil, nil)
	}
	if body.Draft {
		t.record.State = models.StateDraft
		return t.openStep(ctx, typ.Filing, uuid.Nil, nil)
	}
	t.steps = append(t.steps, models.StepRow{
		Org: t.cmd.Org, Record: t.record.ID, Step: typ.Filing, Round: 1, Kind: models.KindTask, State: models.StepDone, Outcome: models.OutcomeDone,
		Version: t.record.Version, OpenedAt: t.now, DueAt: t.now, DoneAt: &t.now,
	})
	t.changes.Steps = slices.Clone(t.steps)
	return t.openStep(ctx, typ.First, uuid.Nil, nil)
}

// measureLateness flags an entry that was not made by the end of the working day after awareness (ALCOA: contemporaneous).
func (t *tx) measureLateness() error {
	if t.record.Migrated {
		return nil
	}
	limit, err := t.after(t.record.AwareAt, reportWithin, false)
	if err != nil {
		return err
	}
	if t.now.After(limit) {
		t.record.LateSeconds = int64(t.now.Sub(t.record.AwareAt) / time.Second)
	}
	return nil
}

func (t *tx) draft() models.RecordDraft {
	return models.RecordDraft{
		Title: t.record.Title, Class: t.record.Class, Site: t.record.Site, AwareAt: t.record.AwareAt, Now: t.now,
		Migrated: t.record.Migrated, Late: t.record.LateSeconds > 0, Data: t.record.Data,
	}
}

// checkRules holds the data of one step against the rules of its noun. What is wrong elsewhere in the record is not this
// decision's to mend.
func (t *tx) checkRules(ctx context.Context, typ models.RecordType, step string) error {
	if typ.Check == nil {
		return nil
	}
	draft := t.draft()
	if slices.Contains(typ.RepeatSteps, step) {
		var err error
		if draft.Similar, err = t.similar(ctx); err != nil {
			return err
		}
	}
	problems := slices.DeleteFunc(typ.Check(draft), func(p models.FieldProblem) bool { return !strings.HasPrefix(p.Path, step+".") })
	for i, p := range problems {
		problems[i].Path = "data." + strings.TrimPrefix(p.Path, step+".")
		problems[i].Pointer = "/data" + strings.TrimPrefix(p.Pointer, "/"+step)
	}
	return invalid(problems)
}

// similar finds what the record may repeat, and marks what the actor may not read.
func (t *tx) similar(ctx context.Context) ([]models.Similar, error) {
	found, err := t.facts.Similar(ctx, t.record)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	scope, err := t.Policy.Scope(ctx, t.actor)
	if err != nil {
		return nil, fmt.Errorf("ask what the actor reads: %w", err)
	}
	for i, s := range found {
		found[i].Hidden = !scope.Reads(s.Site, s.Owner, s.Reporter)
	}
	return found, nil
}

func invalid(problems []models.FieldProblem) error {
	if len(problems) == 0 {
		return nil
	}
	return &models.Error{Code: models.CodeInvalid, Message: "The input is not valid.", Fields: problems}
}

// checkSection holds the data of one step against its form.
func (t *tx) checkSection(typ models.RecordType, step string, data map[string]any, mode models.FormMode) error {
	form, ok := t.Forms[typ.FormOf(step)]
	if !ok {
		if len(data) > 0 {
			return models.InvalidField("data", "unexpected", "This step takes no data.")
		}
		return nil
	}
	problems := form.Validate(data, mode)
	for i, p := range problems {
		problems[i].Path, problems[i].Pointer = "data."+p.Path, "/data"+p.Pointer
	}
	return invalid(problems)
}

// withSection is the record's data with one section replaced. The record's own map is not touched.
func withSection(data map[string]any, step string, section map[string]any) map[string]any {
	out := maps.Clone(data)
	if out == nil {
		out = map[string]any{}
	}
	out[step] = section
	return out
}

func applyComment(_ context.Context, t *tx) error {
	body, err := read[models.NewComment](t.cmd)
	if err != nil {
		return err
	}
	if err := needText("text", body.Text); err != nil {
		return err
	}
	c := models.Comment{Org: t.cmd.Org, ID: models.NewID(), Record: t.record.ID, Author: t.actor.ID, Text: body.Text, CreatedAt: t.now}
	if t.cmd.Task != uuid.Nil {
		c.Task = &t.cmd.Task
	}
	t.changes.Comments = []models.Comment{c}
	t.note("comment", nil, body.Text)
	return nil
}

// maxText bounds every free text that comes with a command, in characters.
const maxText = 10_000

func needText(field, text string) error {
	switch n := len([]rune(text)); {
	case n == 0:
		return models.InvalidField(field, "required", "A reason is needed.")
	case n > maxText:
		return models.InvalidField(field, "too_long", fmt.Sprintf("At most %d characters.", maxText))
	}
	return nil
}
