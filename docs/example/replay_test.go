// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package example_test

import (
	"flag"
	"os"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/countersign/countersign/docs/example"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/workflows"
)

var record = flag.Bool("record", false, "keep the history of the play as a fixture, unless there is one")

// fixture is the history of a released course of the process. It is added once and never edited.
const fixture = "testdata/supplier_change_returned.json"

// TestHistoryReplays runs the process over a history that was recorded before: a change that running records could not follow
// fails here.
func TestHistoryReplays(t *testing.T) {
	t.Parallel()
	codec := newCodec(t)
	replayer, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{
		DataConverter: codec.DataConverter(), FailureConverter: codec.FailureConverter(), DisableRegistrationAliasing: true,
	})
	require.NoError(t, err)
	replayer.RegisterWorkflowWithOptions(workflows.Run(example.Process), workflow.RegisterOptions{Name: example.Type.Name})
	require.NoError(t, replayer.ReplayWorkflowHistoryFromJSONFile(quiet{}, fixture))
}

// keepHistory writes the fixture when the tests are run with -record and there is none.
func (p *play) keepHistory(t *testing.T, id uuid.UUID) {
	t.Helper()
	if _, err := os.Stat(fixture); !*record || err == nil {
		return
	}
	var history historypb.History
	run := models.WorkflowID(p.Org, example.Type.Name, id)
	events := p.client.Temporal.GetWorkflowHistory(t.Context(), run, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		e, err := events.Next()
		require.NoError(t, err)
		history.Events = append(history.Events, e)
	}
	raw, err := temporalproto.CustomJSONMarshalOptions{Indent: " "}.Marshal(&history)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(fixture, raw, 0o644))
}
