// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package workflows_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/workflows"
)

func TestWaits(t *testing.T) {
	t.Parallel()
	open := func(step string) models.StepState {
		return models.StepState{Step: step, Round: 1, State: models.StepOpen}
	}
	done := func(step string) models.StepState {
		return models.StepState{Step: step, Round: 1, State: models.StepDone, Outcome: models.OutcomeDone}
	}
	for _, tt := range []struct {
		name  string
		state models.CaseState
		waits bool
	}{
		{"a draft", models.CaseState{Steps: []models.StepState{open(models.StepReport)}}, true},
		{"reported", models.CaseState{Steps: []models.StepState{done(models.StepReport), open(models.StepTriage)}}, true},
		{"the next step is not open", models.CaseState{Steps: []models.StepState{done(models.StepReport), done(models.StepTriage)}}, false},
		{
			"a step beside is not open",
			models.CaseState{
				Steps: []models.StepState{done(models.StepReport), done(models.StepTriage), open(models.StepAssessment)},
				Flags: map[string]bool{models.FlagReportableClock: true},
			},
			false,
		},
		{
			"a step beside is open",
			models.CaseState{
				Steps: []models.StepState{done(models.StepReport), done(models.StepTriage), open(models.StepReportability), open(models.StepAssessment)},
				Flags: map[string]bool{models.FlagReportableClock: true},
			},
			true,
		},
		{"closed", models.CaseState{Closed: true}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.waits, workflows.Process(workflows.Deviation).Waits(&tt.state))
		})
	}
}
