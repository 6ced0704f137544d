// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
)

// given reads the complete answers of a step, with some changed. nil takes an answer out.
func given(t *testing.T, step string, changes map[string]any) map[string]any {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "models", "packs", "testdata", "deviation."+step+".json"))
	require.NoError(t, err)
	var data map[string]any
	require.NoError(t, json.Unmarshal(raw, &data))
	for field, value := range changes {
		if data[field] = value; value == nil {
			delete(data, field)
		}
	}
	return data
}

// deviation files one that the site became aware of so long ago.
func deviation(t *testing.T, w *modeltest.World, ago time.Duration, changes map[string]any) uuid.UUID {
	t.Helper()
	at := time.Now().Add(-ago).UTC().Truncate(time.Second).Format(time.RFC3339)
	report := given(t, models.StepReport, map[string]any{
		"occurred_from": at, "occurred_to": at, "discovered_at": at, "aware_at": at, "late_reason": "Found in the batch record.", "immediate_actions": nil,
		"immediate_none_reason": "It was over.",
	})
	for field, value := range changes {
		report[field] = value
	}
	record := models.NewID()
	made := run(t, w, "rita", "record.create", record, uuid.Nil, models.NewRecord{Site: modeltest.Berlin, Data: report}, asDeviation)
	require.Nil(t, made.Refused)
	return record
}

func batchOf(product string) []any {
	return []any{map[string]any{"product": product, "lot": "L-1", "quantity": map[string]any{"value": 100, "unit": "kg"}, "status": "quarantined", "distributed": false}}
}

// atStep opens a step and has it claimed.
func atStep(t *testing.T, w *modeltest.World, who string, record uuid.UUID, step string) uuid.UUID {
	t.Helper()
	require.Nil(t, run(t, w, "", models.CommandOpenStep, record, uuid.Nil, models.OpenStep{Step: step}, asDeviation, bySystem).Refused)
	task := models.DeriveID("task", record.String(), step, "1", "1")
	require.Nil(t, run(t, w, who, "task.claim", record, task, nil, asDeviation).Refused)
	return task
}

func TestWhatIsSimilarNeedsAReasonWhyItIsNoRepeat(t *testing.T) {
	t.Parallel()
	w := modeltest.NewWorld(t, nil)
	const day = 24 * time.Hour
	line := map[string]any{"equipment_id": "PL-7", "batches": batchOf("Amlodipine 5 mg")}
	earlier := deviation(t, w, 300*day, map[string]any{"equipment_id": " pl-7 ", "batches": batchOf("Ramipril 10 mg")})
	deviation(t, w, 400*day, line) // more than twelve months before
	deviation(t, w, 10*day, map[string]any{"equipment_id": "PL-8", "batches": batchOf("Ramipril 10 mg")})
	record := deviation(t, w, 2*day, line)
	deviation(t, w, day, line) // after it

	triage := models.DeriveID("task", record.String(), models.StepTriage, "1", "1")
	require.Nil(t, run(t, w, "otto", "task.claim", record, triage, nil, asDeviation).Refused)
	require.Nil(t, run(t, w, "otto", "task.complete", record, triage, models.Completion{Outcome: models.OutcomeDone, Data: given(t, models.StepTriage, nil)}, asDeviation).Refused)
	task := atStep(t, w, "otto", record, models.StepAssessment)
	say := func(changes map[string]any) *models.Error {
		v := models.Completion{Outcome: models.OutcomeDone, Data: given(t, models.StepAssessment, changes)}
		return run(t, w, "otto", "task.complete", record, task, v, asDeviation).Refused
	}

	var number string
	require.NoError(t, w.DB.Admin(t).QueryRow(t.Context(), "SELECT number FROM records WHERE id = $1", earlier).Scan(&number))
	refused := say(map[string]any{"repeat": false, "repeat_none_reason": nil})
	require.NotNil(t, refused)
	require.Equal(t, "data.repeat_none_reason", refused.Fields[0].Path)
	require.Contains(t, refused.Fields[0].Message, number+" had the same equipment:", "the one within twelve months before, whatever its case and blanks")
	require.Nil(t, say(map[string]any{"repeat": false, "repeat_none_reason": "Another product, and the plate was replaced since.", "class": "minor"}))
}

func TestADeviationLikeNoOtherNeedsNoReason(t *testing.T) {
	t.Parallel()
	w := modeltest.NewWorld(t, nil)
	record := deviation(t, w, time.Hour, map[string]any{"equipment_id": "PL-7"})
	triage := models.DeriveID("task", record.String(), models.StepTriage, "1", "1")
	require.Nil(t, run(t, w, "otto", "task.claim", record, triage, nil, asDeviation).Refused)
	require.Nil(t, run(t, w, "otto", "task.complete", record, triage, models.Completion{Outcome: models.OutcomeDone, Data: given(t, models.StepTriage, nil)}, asDeviation).Refused)
	task := atStep(t, w, "otto", record, models.StepAssessment)
	v := models.Completion{Outcome: models.OutcomeDone, Data: given(t, models.StepAssessment, map[string]any{"repeat_none_reason": nil})}
	require.Nil(t, run(t, w, "otto", "task.complete", record, task, v, asDeviation).Refused)
}

// What is similar becomes a repeat when its cause is known, and stays one only as long as the data say so.
func TestSimilarFollowsTheData(t *testing.T) {
	t.Parallel()
	w := modeltest.NewWorld(t, nil)
	record := deviation(t, w, time.Hour, map[string]any{"equipment_id": "PL-7", "batches": batchOf("Amlodipine 5 mg")})
	earlier := deviation(t, w, 48*time.Hour, map[string]any{"equipment_id": "PL-7", "batches": batchOf("amlodipine 5 mg")})
	similar := func() []models.Similar {
		var r models.Record
		require.NoError(t, w.DB.Admin(t).QueryRow(t.Context(), "SELECT id, type, class, data, aware_at FROM records WHERE id = $1", record).
			Scan(&r.ID, &r.Type, &r.Class, &r.Data, &r.AwareAt))
		found, err := w.DB.Similar(t.Context(), w.Org, &r)
		require.NoError(t, err)
		return found
	}
	found := similar()
	require.Len(t, found, 1)
	require.Equal(t, earlier, found[0].ID)
	require.Equal(t, []string{"equipment", "product"}, found[0].Matches)
	require.False(t, found[0].Repeated(), "no cause is known yet")

	change := func(id uuid.UUID, sql string) {
		_, err := w.DB.Admin(t).Exec(t.Context(), "UPDATE records SET "+sql+" WHERE id = $1", id)
		require.NoError(t, err)
	}
	cause := `class = 'minor', data = jsonb_set(data, '{cause}', '{"cause_code": "method_unclear"}')`
	change(record, cause)
	change(earlier, cause)
	found = similar()
	require.Equal(t, []string{"cause", "equipment", "product"}, found[0].Matches)
	require.True(t, found[0].Repeated())

	change(earlier, `class = 'major'`)
	require.False(t, similar()[0].Repeated(), "the cause of a major one stands in its investigation")
	change(earlier, `data = jsonb_set(data, '{report}', '{"equipment_id": "PL-9", "batches": []}')`)
	require.Empty(t, similar())
	change(earlier, `data = jsonb_set(data, '{report}', '{"equipment_id": "PL-7", "batches": "none"}')`)
	require.Len(t, similar(), 1)
	change(earlier, `state = 'cancelled'`)
	require.Empty(t, similar(), "what was cancelled does not count")
}

// What the person may not read counts as much, and is not named to him.
func TestARepeatOfWhatOneMayNotSeeIsCountedAndNotNamed(t *testing.T) {
	t.Parallel()
	w := modeltest.NewWorld(t, nil)
	const day = 24 * time.Hour
	line := map[string]any{"equipment_id": "PL-7", "batches": batchOf("Amlodipine 5 mg")}
	elsewhere, here := deviation(t, w, 30*day, line), deviation(t, w, 40*day, map[string]any{"equipment_id": "PL-7", "batches": batchOf("Ramipril 10 mg")})
	record := deviation(t, w, 2*day, line)
	triage := models.DeriveID("task", record.String(), models.StepTriage, "1", "1")
	require.Nil(t, run(t, w, "otto", "task.claim", record, triage, nil, asDeviation).Refused)
	require.Nil(t, run(t, w, "otto", "task.complete", record, triage, models.Completion{Outcome: models.OutcomeDone, Data: given(t, models.StepTriage, nil)}, asDeviation).Refused)
	task := atStep(t, w, "otto", record, models.StepAssessment)

	conn := w.DB.Admin(t)
	move := func(record uuid.UUID) (number string) {
		require.NoError(t, conn.QueryRow(t.Context(), "UPDATE records SET site = $2, owner_id = $3, reporter_id = $3 WHERE id = $1 RETURNING number",
			record, modeltest.Brooklyn, w.People["olga"]).Scan(&number))
		return number
	}
	told := func() string {
		v := models.Completion{Outcome: models.OutcomeDone, Data: given(t, models.StepAssessment, map[string]any{"repeat": false, "repeat_none_reason": nil})}
		refused := run(t, w, "otto", "task.complete", record, task, v, asDeviation).Refused
		require.NotNil(t, refused)
		require.Equal(t, "data.repeat_none_reason", refused.Fields[0].Path)
		return refused.Fields[0].Message
	}
	hidden := move(elsewhere)
	var number string
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT number FROM records WHERE id = $1", here).Scan(&number))
	require.Contains(t, told(), number+" had the same equipment, and 1 more that you may not see shares something with this one:")
	require.NotContains(t, told(), hidden)
	require.NotContains(t, told(), "product", "nor what it is about")
	number = move(here)
	require.Contains(t, told(), "2 that you may not see share something with this one (product, equipment):")
	require.NotContains(t, told(), number)
	require.NotContains(t, told(), hidden)
}
