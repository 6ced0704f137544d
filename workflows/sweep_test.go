// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
	"github.com/countersign/countersign/workflows"
)

// cut is an engine that does not answer for one process.
type cut struct {
	client.Client
	off *string
}

var errCut = errors.New("cut off")

func (c cut) DescribeWorkflowExecution(ctx context.Context, id, run string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	if id == *c.off {
		return nil, errCut
	}
	return c.Client.DescribeWorkflowExecution(ctx, id, run)
}

// firstOf finds one of the open records before the others.
type firstOf struct {
	*modeltest.DB
	first uuid.UUID
}

func (f firstOf) Open(ctx context.Context, org uuid.UUID, records []uuid.UUID) ([]uuid.UUID, error) {
	open, err := f.DB.Open(ctx, org, records)
	if i := slices.Index(open, f.first); i > 0 {
		open[0], open[i] = open[i], open[0]
	}
	return open, err
}

// silent is an engine that answers for no process, and counts who waited.
type silent struct {
	client.Client
	asked *int
}

func (s silent) DescribeWorkflowExecution(ctx context.Context, _, _ string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	*s.asked++
	<-ctx.Done()
	return nil, serviceerror.NewDeadlineExceeded("as the engine's client says it")
}

// unread is a store that cannot say for a while which records are open.
type unread struct {
	*modeltest.DB
	err *error
}

func (u unread) Open(ctx context.Context, org uuid.UUID, records []uuid.UUID) ([]uuid.UUID, error) {
	if *u.err != nil {
		return nil, *u.err
	}
	return u.DB.Open(ctx, org, records)
}

func failures(t *testing.T, metrics prometheus.Gatherer) float64 {
	t.Helper()
	families, err := metrics.Gather()
	require.NoError(t, err)
	require.Equal(t, "countersign_restarts_failed_total", families[0].GetName())
	return families[0].GetMetric()[0].GetCounter().GetValue()
}

// An engine that answers for no process costs a turn no more than a few waits, and those alone are counted that were tried. What is
// not known to be open is counted not at all.
func TestTheSweepWaitsForFewWhoAreSilent(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	ctx := context.Background()
	const records, few = 7, 5
	for range records {
		record := p.report(t, "rita", nil).Record
		require.NoError(t, p.Client.Temporal.TerminateWorkflow(ctx, models.WorkflowID(p.Org, "deviation", record), "", "test"))
	}
	require.Eventually(t, func() bool { // until the engine lists all of them
		list, err := p.Client.Temporal.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
			Namespace: p.Namespace, Query: fmt.Sprintf("ExecutionStatus = 'Terminated' AND OrgID = '%s'", p.Org),
		})
		return err == nil && len(list.Executions) == records
	}, 30*time.Second, 100*time.Millisecond)
	asked := 0
	off := errCut
	engine := *p.Client
	engine.Temporal = silent{p.Client.Temporal, &asked}
	metrics := prometheus.NewRegistry()
	sweep := &workflows.Sweep{
		Store: unread{p.DB, &off}, Client: &engine, Namespace: p.Namespace, Log: slog.New(slog.DiscardHandler), Every: time.Hour, After: 24 * time.Hour,
		Wait: 50 * time.Millisecond, Now: time.Now, Failed: workflows.NewRestartsFailed(metrics),
	}
	require.ErrorIs(t, sweep.Once(ctx), errCut)
	require.Zero(t, asked)
	require.Zero(t, failures(t, metrics), "it is not known which of them are open")

	// Hours later the engine names none of them any more: nothing was forgotten.
	off = nil
	sweep.Now = func() time.Time { return time.Now().Add(2 * time.Hour) }
	require.ErrorIs(t, sweep.Once(ctx), context.DeadlineExceeded)
	require.Equal(t, few, asked)
	require.InDelta(t, few, failures(t, metrics), 0.1)
	engine.Temporal = p.Client.Temporal
	sweep.Wait = 0
	require.NoError(t, sweep.Once(ctx))
	require.InDelta(t, few, failures(t, metrics), 0.1)
}

// A process that cannot be started again keeps no other waiting, is counted, and is started when it can be.
func TestTheSweepGoesOnPastWhatFails(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	ctx := context.Background()
	var ids []string
	var records []uuid.UUID
	for range 3 {
		record := p.report(t, "rita", nil).Record
		id := models.WorkflowID(p.Org, "deviation", record)
		require.NoError(t, p.Client.Temporal.TerminateWorkflow(ctx, id, "", "test"))
		records, ids = append(records, record), append(ids, id)
	}
	running := func(record uuid.UUID) string {
		status, _, err := p.Client.Running(ctx, p.Org, "deviation", record)
		require.NoError(t, err)
		return status
	}
	off := ids[0]
	engine := *p.Client
	engine.Temporal = cut{p.Client.Temporal, &off}
	metrics := prometheus.NewRegistry()
	sweep := &workflows.Sweep{
		Store: firstOf{p.DB, records[0]}, Client: &engine, Namespace: p.Namespace, Log: slog.New(slog.DiscardHandler), Every: time.Hour, After: 24 * time.Hour,
		Now: time.Now, Failed: workflows.NewRestartsFailed(metrics),
	}
	require.Eventually(t, func() bool { // until the engine lists all three
		err := sweep.Once(ctx)
		return errors.Is(err, errCut) && running(records[1]) == "Running" && running(records[2]) == "Running"
	}, 30*time.Second, 100*time.Millisecond)
	require.Equal(t, "Terminated", running(records[0]))
	require.Positive(t, failures(t, metrics))

	// Hours later the engine names it no more among what has ended lately. It was not forgotten.
	sweep.Now = func() time.Time { return time.Now().Add(2 * time.Hour) }
	require.ErrorIs(t, sweep.Once(ctx), errCut)
	before := failures(t, metrics)
	require.ErrorIs(t, sweep.Once(ctx), errCut)
	require.InDelta(t, before+1, failures(t, metrics), 0.1)
	off = ""
	require.NoError(t, sweep.Once(ctx))
	require.Equal(t, "Running", running(records[0]))
	require.NoError(t, sweep.Once(ctx))
	require.InDelta(t, before+1, failures(t, metrics), 0.1)
}
