// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/models"
)

// maxChanges bounds one correction.
const maxChanges = 100

// applyCorrect changes data that was submitted: a new version, the old value kept, a reason for each change (Annex 11 section
// 9). The record goes back to the first approval that the change makes void. A change of when the site became aware moves the
// due date, so it waits for the quality unit's signature first (11.10(e)).
func applyCorrect(ctx context.Context, t *tx) error {
	body, err := t.correction()
	if err != nil {
		return err
	}
	aware := models.FilingSection + ".aware_at"
	if slices.ContainsFunc(body.Changes, func(c models.FieldChange) bool { return c.Field == aware }) {
		if err := t.mayAsk(models.StepCorrectionApproval); err != nil {
			return err
		}
		if err := t.tryCorrection(ctx, body); err != nil {
			return err
		}
		t.event.reason = reasons(body)
		t.note("request", nil, body)
		return t.openStep(ctx, models.StepCorrectionApproval, t.actor.ID, body)
	}
	return t.correct(ctx, body)
}

func (t *tx) correction() (models.Correction, error) {
	body, err := read[models.Correction](t.cmd)
	if err != nil {
		return body, err
	}
	if err := t.needOpen(); err != nil {
		return body, err
	}
	if len(body.Changes) == 0 || len(body.Changes) > maxChanges {
		return body, models.InvalidField("changes", "count", fmt.Sprintf("A correction has 1 to %d changes.", maxChanges))
	}
	for i, c := range body.Changes {
		if err := needText(fmt.Sprintf("changes[%d].reason", i), c.Reason); err != nil {
			return body, err
		}
		if err := t.correctable(i, c); err != nil {
			return body, err
		}
	}
	return body, nil
}

// correctable says whether the field belongs to a part that was submitted.
func (t *tx) correctable(i int, c models.FieldChange) error {
	at := fmt.Sprintf("changes[%d].field", i)
	step, _, _ := strings.Cut(c.Field, ".")
	if _, ok := t.record.Data[step]; !ok {
		return models.InvalidField(at, "unknown", "Nothing was submitted there.")
	}
	if s := t.standing(step); s == nil || s.State != models.StepDone {
		return models.InvalidField(at, "not_submitted", "This part is still being worked on: change it in its task.")
	}
	return nil
}

// correct applies the changes, and takes the record back to the first approval that they make void.
func (t *tx) correct(ctx context.Context, body models.Correction) error {
	data, parts, err := t.corrected(body)
	if err != nil {
		return err
	}
	typ := t.Types[t.record.Type]
	t.record.Data = data
	t.event.reason = reasons(body)
	t.record.Title, _ = typ.Derive(data)
	for _, part := range parts {
		if err := t.checkPart(ctx, typ, part); err != nil {
			return err
		}
	}
	return t.revisit(typ, parts)
}

// tryCorrection holds a correction against the forms and rules without keeping it.
func (t *tx) tryCorrection(ctx context.Context, body models.Correction) error {
	data, parts, err := t.corrected(body)
	if err != nil {
		return err
	}
	kept := t.record.Data
	t.record.Data = data
	defer func() { t.record.Data = kept }()
	for _, part := range parts {
		if err := t.checkPart(ctx, t.Types[t.record.Type], part); err != nil {
			return err
		}
	}
	return nil
}

// corrected is the record's data with the changes made, and the parts that they touch.
func (t *tx) corrected(body models.Correction) (map[string]any, []string, error) {
	data := models.CloneData(t.record.Data)
	touched := map[string]bool{}
	for i, c := range body.Changes {
		var value any
		dec := json.NewDecoder(strings.NewReader(string(c.To)))
		dec.UseNumber()
		if err := dec.Decode(&value); err != nil {
			return nil, nil, models.InvalidField(fmt.Sprintf("changes[%d].to", i), "malformed", "The new value cannot be read.")
		}
		if err := models.SetPath(data, c.Field, value); err != nil {
			return nil, nil, models.InvalidField(fmt.Sprintf("changes[%d].field", i), "unknown", "There is no such field.")
		}
		step, _, _ := strings.Cut(c.Field, ".")
		touched[step] = true
	}
	return data, slices.Sorted(maps.Keys(touched)), nil
}

func (t *tx) checkPart(ctx context.Context, typ models.RecordType, part string) error {
	section, ok := t.record.Data[part].(map[string]any)
	if !ok {
		return models.InvalidField("changes", "unknown", "Nothing was submitted there.")
	}
	if err := t.checkSection(typ, part, section, models.ModeComplete); err != nil {
		return err
	}
	return t.checkRules(ctx, typ, part)
}

// revisit makes void, from the first approval on that was given on one of the parts or later, what was decided.
func (t *tx) revisit(typ models.RecordType, parts []string) error {
	first := len(typ.Steps)
	for _, part := range parts {
		first = min(first, typ.Order(part))
	}
	for _, s := range typ.Steps {
		standing := t.standing(s.Name)
		if s.Side || s.Kind != models.KindApproval || typ.Order(s.Name) < first || standing == nil {
			continue
		}
		t.supersedeFrom(s.Name)
		return t.move(s.State)
	}
	return nil
}

// correctApproved carries out a correction that the quality unit signed, and moves the due date with the awareness.
func correctApproved(ctx context.Context, t *tx, step models.StepRow) error {
	body, err := requestOf[models.Correction](step)
	if err != nil {
		return err
	}
	before := t.record.AwareAt
	if err := t.correct(ctx, body); err != nil {
		return err
	}
	_, aware := t.Types[t.record.Type].Derive(t.record.Data)
	if aware.IsZero() || aware.Equal(before) {
		return nil
	}
	if aware.After(t.now) {
		return models.InvalidField("changes", "future", "Awareness cannot lie in the future.")
	}
	t.note("aware_at", before, aware)
	t.record.AwareAt = aware.UTC()
	if err := t.measureLateness(); err != nil {
		return err
	}
	return t.moveStatutory(aware.Sub(before))
}

// moveStatutory moves every due date that runs from awareness, the statutory ones too: the law counts from the true instant.
func (t *tx) moveStatutory(shift time.Duration) error {
	for _, s := range slices.Clone(t.steps) {
		if s.State != models.StepOpen || !s.Plan.Statutory {
			continue
		}
		due, err := t.instant(s.Plan.Due, true)
		if err != nil {
			return err
		}
		t.shiftTasks(s.Step, s.Round, due.Sub(s.DueAt))
		s.DueAt = due
		t.putStep(s)
		for _, c := range slices.Clone(t.clocks) {
			if c.Step == s.Step && c.Round == s.Round && !c.Stopped {
				c.DueAt = due
				if err := t.wind(&c); err != nil {
					return err
				}
				t.putClock(c)
			}
		}
	}
	return t.moveDue(t.record.DueAt.Add(shift))
}

func reasons(c models.Correction) string {
	var all []string
	for _, x := range c.Changes {
		if !slices.Contains(all, x.Reason) {
			all = append(all, x.Reason)
		}
	}
	return strings.Join(all, "; ")
}
