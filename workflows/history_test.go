// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package workflows_test

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/countersign/countersign/activities"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
)

// The engine forgets closed runs after its retention. The record is complete without them (21 CFR 11.10(c)): its evidence
// pack is built from Postgres alone and verifies.
func TestRecordIsCompleteWithoutItsHistory(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	p := newPlay(t)
	record := p.report(t, "rita", nil).Record
	p.playUntil(t, record)

	id := models.WorkflowID(p.Org, "deviation", record)
	require.NoError(t, p.Client.Temporal.GetWorkflow(ctx, id, "").Get(ctx, nil))
	_, err := p.Client.Temporal.WorkflowService().DeleteWorkflowExecution(ctx, &workflowservice.DeleteWorkflowExecutionRequest{
		Namespace: p.Namespace, WorkflowExecution: &common.WorkflowExecution{WorkflowId: id},
	})
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		status, _, err := p.Client.Running(ctx, p.Org, "deviation", record)
		return err == nil && status == "not_found"
	}, 3*time.Minute, 200*time.Millisecond, "the engine takes its time to forget: it waits for its own queues to run dry")

	sealer := &activities.Sealer{Store: p.DB, Keys: p.Keys, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	pack, err := p.DB.Pack(ctx, p.Org, record, p.Commit.Forms, sealer.Seal)
	require.NoError(t, err)
	require.Len(t, pack.Signatures, 6)
	var file bytes.Buffer
	require.NoError(t, ledger.WritePack(&file, *pack))
	report := ledger.VerifyPackFile(bytes.NewReader(file.Bytes()), int64(file.Len()), ledger.Options{Now: time.Now()})
	require.Empty(t, report.Findings)

	late := p.give(t, "otto", "record.extend", record, models.Extension{DueAt: time.Now().Add(time.Hour * 2400), Reason: "Too late."})
	require.NotNil(t, late.Refused, "and it still answers")
}
