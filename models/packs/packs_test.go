// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package packs

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
)

func forms(t *testing.T) map[string]*models.Form {
	t.Helper()
	all, err := Forms()
	require.NoError(t, err)
	return all
}

// TestFormsBelongToSteps holds the promise of RecordType.FormOf: each form is that of a declared step, and each step on which
// someone works has its form. An approval gives a verdict and a comment; only the review of the audit trail asks more.
func TestFormsBelongToSteps(t *testing.T) {
	t.Parallel()
	all := forms(t)
	want := []string{models.Deviation.FormOf(models.StepAuditTrailReview)}
	for _, step := range models.Deviation.Steps {
		if step.Kind == models.KindTask {
			want = append(want, models.Deviation.FormOf(step.Name))
		}
	}
	require.ElementsMatch(t, want, slices.Collect(maps.Keys(all)))
	require.Contains(t, all, models.Deviation.Form)
	for id, form := range all {
		require.Equal(t, id, form.ID)
		require.Empty(t, form.Check(), id)
	}
}

// answers reads testdata/<form>.json, one believable and complete set of answers.
func answers(t *testing.T, form string) map[string]any {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", form+".json"))
	require.NoError(t, err)
	data, err := models.DecodeData(raw)
	require.NoError(t, err)
	return data
}

func TestFormsTakeACompleteStory(t *testing.T) {
	t.Parallel()
	for id, form := range forms(t) {
		data := answers(t, id)
		require.Empty(t, form.Validate(data, models.ModeComplete), id)
		require.Empty(t, models.Diff(data, form.Clean(data)), "%s keeps every answer", id)
		require.NotEmpty(t, form.Validate(map[string]any{}, models.ModeComplete), "%s asks for something", id)
		require.Empty(t, form.Validate(map[string]any{}, models.ModeDraft), id)
	}
}

// TestStoryPassesTheRules puts the answers together: what the forms take, the rules of the noun take too.
func TestStoryPassesTheRules(t *testing.T) {
	t.Parallel()
	data := map[string]any{}
	for _, step := range []string{"report", "triage", "assessment", "investigation", "disposition", "capa_decision", "audit_trail_review"} {
		data[step] = answers(t, models.Deviation.FormOf(step))
	}
	title, aware := models.Deviation.Derive(data)
	require.Equal(t, "Blister line 3: sealing 8 °C too cold for 14 minutes", title)
	require.Empty(t, models.Deviation.Check(models.RecordDraft{Title: title, Class: "major", AwareAt: aware, Now: aware.AddDate(0, 0, 20), Data: data}))
	flags := models.Deviation.Flags("major", data)
	require.True(t, flags[models.FlagReportableClock])
	require.True(t, flags[models.FlagHasBatches])
	require.False(t, flags[models.FlagHumanError])
}

// TestFormsRefuse breaks one answer of the story at a time.
func TestFormsRefuse(t *testing.T) {
	t.Parallel()
	all := forms(t)
	for _, c := range []struct {
		form string
		name string
		set  map[string]any
		want []string // path and code
	}{
		{"report", "no awareness", map[string]any{"aware_at": nil}, []string{"aware_at required"}},
		{"report", "a supplier without a name", map[string]any{"internal_external": "external"}, []string{"supplier required"}},
		{"report", "no batch and no reason", map[string]any{"batches": nil}, []string{"batches_none_reason required"}},
		{"report", "no batch, with a reason", map[string]any{"batches": nil, "batches_none_reason": "The line was empty: it was between two batches."}, nil},
		{"report", "a reason beside batches", map[string]any{"batches_none_reason": "None."}, []string{"batches_none_reason hidden"}},
		{"report", "a distributed batch without its market", map[string]any{"batches[1].us_application": nil, "batches[1].distributed": true}, []string{"batches[1].us_application required"}},
		{"report", "a quantity without a unit", map[string]any{"batches[0].quantity": map[string]any{"value": 12}}, []string{"batches[0].quantity.unit required"}},
		{"report", "a quantity below zero", map[string]any{"batches[0].quantity.value": -1}, []string{"batches[0].quantity.value too_small"}},
		{"report", "an unknown unit", map[string]any{"batches[0].quantity.unit": "stone"}, []string{"batches[0].quantity.unit unit"}},
		{"report", "an unknown status", map[string]any{"batches[0].status": "lost"}, []string{"batches[0].status option"}},
		{"report", "nothing done and no reason", map[string]any{"immediate_actions": nil}, []string{"immediate_none_reason required"}},
		{"report", "discovered by nobody", map[string]any{"discovered_by": nil}, []string{"discovered_by required"}},
		{"report", "discovered by an account", map[string]any{"discovered_by": nil, "discovered_by_person": "0197a000-0000-7000-8000-000000000001"}, nil},
		{"report", "someone involved without a name", map[string]any{"people_involved[0].name": nil, "people_involved[0].person": nil}, []string{"people_involved[0].name required"}},
		{"report", "no requirement", map[string]any{"requirement_document": nil, "requirement_version": nil}, []string{"requirement_document required", "requirement_version required"}},
		{"report", "legacy dates of what is not migrated", map[string]any{"legacy_initiated": "2019-05-06"}, []string{"legacy_initiated hidden"}},
		{"report", "migrated, knowing little", map[string]any{
			"migrated": true, "source_system": "FDA enforcement reports", "source_reference": "D-0123-2019", "legacy_initiated": "2019-05-06",
			"occurred_from": nil, "occurred_to": nil, "discovered_at": nil, "requirement_document": nil, "requirement_version": nil, "immediate_actions": nil,
			"batches[0].quantity": nil, "batches[0].legacy_quantity": "13,520 bottles",
		}, nil},
		{"report", "migrated from nowhere", map[string]any{"migrated": true}, []string{"source_system required", "source_reference required"}},
		{"triage", "nothing contained and no reason", map[string]any{"containment": nil}, []string{"containment_none_reason required"}},
		{"triage", "distributed, market unknown", map[string]any{"distributed_us": nil}, []string{"distributed_us required"}},
		{"triage", "not distributed, yet in the US", map[string]any{"distributed": false, "distributed_details": nil}, []string{"distributed_us hidden"}},
		{"triage", "high risk without why", map[string]any{"high_risk": true}, []string{"high_risk_reason required"}},
		{"assessment", "no class", map[string]any{"class": nil}, []string{"class required"}},
		{"assessment", "a class of one's own", map[string]any{"class": "trivial"}, []string{"class option"}},
		{"assessment", "a repeat of nothing", map[string]any{"repeat": true}, []string{"repeat_of required", "repeat_none_reason hidden"}},
		{"cause", "human error without exclusions", map[string]any{"cause_code": "human_error"}, []string{"process_excluded required", "procedure_excluded required", "system_excluded required"}},
		{"cause", "exclusions without human error", map[string]any{"process_excluded": "It is robust."}, []string{"process_excluded hidden"}},
		{"investigation", "human error without exclusions", map[string]any{"cause_code": "human_error"}, []string{"process_excluded required", "procedure_excluded required", "system_excluded required"}},
		{"investigation", "a why without evidence", map[string]any{"five_whys[1].evidence": " "}, []string{"five_whys[1].evidence required"}},
		{"investigation", "no whys", map[string]any{"five_whys": []any{}}, []string{"five_whys required"}},
		{"investigation", "a branch left out", map[string]any{"people_applies": nil, "people_not_applicable": nil}, []string{"people_applies required"}},
		{"investigation", "not applicable without because", map[string]any{"people_not_applicable": nil}, []string{"people_not_applicable required"}},
		{"investigation", "a branch that applies, without a finding", map[string]any{"machine_finding": nil}, []string{"machine_finding required"}},
		{"investigation", "other batches not listed", map[string]any{"other_batches": nil}, []string{"other_batches required"}},
		{"investigation", "no other batches, without a reason", map[string]any{"other_batches": nil, "other_batches_extended": false}, []string{"other_batches_none_reason required"}},
		{"disposition", "a decision without why", map[string]any{"batches[0].rationale": nil}, []string{"batches[0].rationale required"}},
		{"disposition", "a decision that does not exist", map[string]any{"batches[0].decision": "donate"}, []string{"batches[0].decision option"}},
		{"capa_decision", "needed, but which", map[string]any{"capa_reference": nil}, []string{"capa_reference required"}},
		{"capa_decision", "not needed, without why", map[string]any{"capa_needed": false, "capa_reference": nil, "rationale": nil}, []string{"rationale required"}},
		{"audit_trail_review", "exceptions without a word", map[string]any{"exceptions": nil}, []string{"exceptions required"}},
		{"reportability", "reported without a reference", map[string]any{"reference": nil}, []string{"reference required"}},
		{"reportability", "not reportable", map[string]any{"reportable": false, "reference": nil, "submitted_at": nil}, nil},
	} {
		id := models.Deviation.FormOf(c.form)
		data := answers(t, id)
		for _, path := range slices.Sorted(maps.Keys(c.set)) {
			require.NoError(t, models.SetPath(data, path, c.set[path]), c.name)
		}
		got := []string{}
		for _, p := range all[id].Validate(data, models.ModeComplete) {
			got = append(got, p.Path+" "+p.Code)
		}
		require.ElementsMatch(t, c.want, got, "%s: %s", c.form, c.name)
	}
}

// TestNamesArePersonal finds every field that takes a person or a name: each is marked for erasure after retention.
func TestNamesArePersonal(t *testing.T) {
	t.Parallel()
	personal := 0
	check := func(form string, f models.Field) {
		named := f.Type == models.FieldPerson || f.ID == "name" || f.ID == "who" || strings.HasPrefix(f.ID, "discovered_by")
		require.Equal(t, named, f.Personal, "%s: %s", form, f.ID)
		if named {
			personal++
		}
	}
	for id, form := range forms(t) {
		for _, page := range form.Pages {
			for _, section := range page.Sections {
				for _, field := range section.Fields {
					check(id, field)
					for _, column := range field.Columns {
						check(id, column)
					}
				}
			}
		}
	}
	require.Equal(t, 6, personal)
}

func TestLoadNamesTheFile(t *testing.T) {
	t.Parallel()
	const body = `{"id": "visit", "version": 1, "title": "Visit", "pages": [{"id": "p", "title": "P", "sections": [
		{"id": "s", "title": "S", "fields": [{"id": "who", "label": "Who", "type": "text"}]}]}]}`
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	for _, c := range []struct {
		name  string
		files fstest.MapFS
		want  string
	}{
		{"not JSON", fstest.MapFS{"a/visit.json": file("{")}, "read form a/visit.json: parse form"},
		{"a type that does not exist", fstest.MapFS{"a/visit.json": file(strings.Replace(body, `"text"`, `"poem"`, 1))}, "read form a/visit.json: check form"},
		{"another name than its file", fstest.MapFS{"a/visitor.json": file(body)}, "read form a/visitor.json: its id is visit"},
		{"in two packs", fstest.MapFS{"a/visit.json": file(body), "b/visit.json": file(body)}, "read form b/visit.json: another pack"},
	} {
		_, err := load(c.files)
		require.ErrorContains(t, err, c.want, c.name)
	}
	got, err := load(fstest.MapFS{"a/visit.json": file(body)})
	require.NoError(t, err)
	require.Equal(t, "Visit", got["visit"].Title)
}
