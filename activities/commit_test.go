// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/modeltest"
	"github.com/countersign/countersign/policies"
)

func newRequestWorld(t *testing.T) *modeltest.World {
	t.Helper()
	return modeltest.NewWorld(t, []policies.Option{modeltest.RequestPolicy()}, modeltest.Request)
}

func run(t *testing.T, w *modeltest.World, who, name string, record, task uuid.UUID, body any, more ...func(*models.Command)) models.Receipt {
	t.Helper()
	raw := models.MustJSON(body)
	hash := ledger.ContentHash(raw)
	cmd := models.Command{
		ID: models.NewID(), Org: w.Org, Name: name, Type: "request", Record: record, Task: task, Actor: w.People[who],
		Source: models.Source{Kind: ledger.SourceAPI}, Body: raw, Fingerprint: hash[:],
	}
	for _, m := range more {
		m(&cmd)
	}
	receipt, err := w.Commit.Commit(context.Background(), cmd)
	require.NoError(t, err)
	return receipt
}

func TestOneApprovalFromRequestToClosed(t *testing.T) {
	t.Parallel()
	w := newRequestWorld(t)
	record := models.NewID()
	made := run(t, w, "rita", "record.create", record, uuid.Nil, models.NewRecord{Site: modeltest.Berlin, Data: map[string]any{}})
	require.Nil(t, made.Refused)
	require.Equal(t, "approval", made.State)
	require.Equal(t, 1, made.Version)
	task := models.DeriveID("task", record.String(), "approval", "1", "1")

	require.NotNil(t, run(t, w, "rita", "task.claim", record, task, nil).Refused, "a reporter is no approver")
	require.Nil(t, run(t, w, "quinn", "task.claim", record, task, nil).Refused)

	verdict := models.Completion{Outcome: models.OutcomeApproved}
	signing := run(t, w, "quinn", "task.sign", record, task, verdict)
	require.Nil(t, signing.Refused)
	raw, err := json.Marshal(signing.Result)
	require.NoError(t, err)
	var sheet models.IntentResult
	require.NoError(t, json.Unmarshal(raw, &sheet))
	require.Contains(t, sheet.HTML, "Quinn Quist")

	done := run(t, w, "quinn", "task.complete", record, task, verdict, func(c *models.Command) {
		c.Signing = &models.Signing{Intent: sheet.Intent, Factors: []string{"password"}}
	})
	require.Nil(t, done.Refused)
	require.NotNil(t, done.Signature)
	require.Equal(t, []models.StepState{{Step: "approval", Round: 1, State: "done", Outcome: "approved"}}, done.Case.Steps)

	closed := run(t, w, "", models.CommandClose, record, uuid.Nil, struct{}{}, func(c *models.Command) { c.ID, c.Actor = uuid.Nil, uuid.Nil })
	require.Nil(t, closed.Refused)
	require.Equal(t, models.StateClosed, closed.State)
	require.True(t, closed.Case.Closed)
}
