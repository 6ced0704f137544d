// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package workflows_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/countersign/countersign/activities"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/workflows"
)

var record = flag.Bool("record", false, "record the histories of new courses into testdata; those that are there are never written again")

// TestHistoriesReplay runs every released course again over its recorded history: a change of a process that would leave
// running ones behind fails here. Fixtures are added and never edited.
func TestHistoriesReplay(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	codec, err := workflows.NewCodec("test", map[string][]byte{"test": bytes.Repeat([]byte{7}, 32)})
	require.NoError(t, err)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			replayer, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{
				DataConverter: codec.DataConverter(), FailureConverter: codec.FailureConverter(), DisableRegistrationAliasing: true,
			})
			require.NoError(t, err)
			for name, process := range workflows.Processes {
				replayer.RegisterWorkflowWithOptions(workflows.Run(process), workflow.RegisterOptions{Name: name})
			}
			require.NoError(t, replayer.ReplayWorkflowHistoryFromJSONFile(quiet{}, file))
		})
	}
}

// courses are the ways through the deviation that have fixtures. Each ends with the process.
var courses = map[string]func(*testing.T, *play) uuid.UUID{
	"deviation_major": func(t *testing.T, p *play) uuid.UUID {
		id := p.report(t, "rita", nil).Record
		p.playUntil(t, id)
		return id
	},
	"deviation_returned": func(t *testing.T, p *play) uuid.UUID {
		id := p.report(t, "rita", nil).Record
		p.playUntil(t, id, models.StepFinalApproval)
		back := models.Completion{Outcome: models.OutcomeReturned, ReturnTo: models.StepAssessment, Comment: "Look at the second lot."}
		require.Nil(t, p.do(t, "qadir", p.waitFor(t, id, models.StepFinalApproval), back).Refused)
		p.waitFor(t, id, models.StepAssessment)
		p.playUntil(t, id)
		return id
	},
	"deviation_extended_cancelled": func(t *testing.T, p *play) uuid.UUID {
		id := p.report(t, "rita", nil).Record
		p.playUntil(t, id, models.StepAssessment)
		due := time.Now().Add(50 * 24 * time.Hour).UTC()
		require.Nil(t, p.give(t, "otto", "record.extend", id, models.Extension{DueAt: due, Reason: "The laboratory is closed."}).Refused)
		require.Nil(t, p.do(t, "quinn", p.waitFor(t, id, models.StepExtensionApproval), models.Completion{Outcome: models.OutcomeApproved}).Refused)
		require.Nil(t, p.give(t, "otto", "record.cancel", id, models.Why{Reason: "Reported twice."}).Refused)
		require.Nil(t, p.do(t, "quinn", p.waitFor(t, id, models.StepCancellationApproval), models.Completion{Outcome: models.OutcomeApproved}).Refused)
		return id
	},
	"deviation_reclassified_minor": func(t *testing.T, p *play) uuid.UUID {
		id := p.report(t, "rita", nil).Record
		p.playUntil(t, id, models.StepTechnicalApproval)
		require.Nil(t, p.give(t, "otto", "record.reclassify", id, models.Reclassification{Class: models.ClassMinor, Reason: "No product was touched."}).Refused)
		approval := p.waitFor(t, id, models.StepReclassificationApproval)
		require.Nil(t, p.do(t, "quinn", approval, models.Completion{Outcome: models.OutcomeApproved}).Refused)
		p.playUntil(t, id, models.StepDisposition)
		disposition := p.waitFor(t, id, models.StepDisposition)
		verdict := verdictOf(t, disposition)
		verdict.Data["batches"] = verdict.Data["batches"].([]any)[:2]
		require.Nil(t, p.do(t, "quentin", disposition, verdict).Refused)
		p.playUntil(t, id)
		return id
	},
}

// TestCoursesEnd plays every course on the real engine, and with -record keeps the histories of those without a fixture.
func TestCoursesEnd(t *testing.T) {
	t.Parallel()
	for name, course := range courses {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlay(t)
			id := course(t, p)
			require.Empty(t, p.openTasks(t, id))
			workflowID := models.WorkflowID(p.Org, "deviation", id)
			require.NoError(t, p.Client.Temporal.GetWorkflow(context.Background(), workflowID, "").Get(context.Background(), nil))
			requireTrueLog(t, p)
			if *record {
				keepHistory(t, p.Client.Temporal, workflowID, filepath.Join("testdata", name+".json"))
			}
		})
	}
}

// requireTrueLog seals and verifies the whole log: what is stored beside it says the same.
func requireTrueLog(t *testing.T, p *play) {
	t.Helper()
	sealer := &activities.Sealer{Store: p.DB, Keys: p.Keys, Now: time.Now}
	require.NoError(t, sealer.Seal(t.Context(), p.Org))
	report, err := p.DB.VerifyLog(t.Context(), p.Org, ledger.Options{Now: time.Now()})
	require.NoError(t, err)
	require.Empty(t, report.Findings)
}

func keepHistory(t *testing.T, c client.Client, workflowID, path string) {
	t.Helper()
	if _, err := os.Stat(path); err == nil {
		return
	}
	var history historypb.History
	events := c.GetWorkflowHistory(context.Background(), workflowID, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		e, err := events.Next()
		require.NoError(t, err)
		history.Events = append(history.Events, e)
	}
	raw, err := temporalproto.CustomJSONMarshalOptions{Indent: " "}.Marshal(&history)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, raw, 0o644))
}
