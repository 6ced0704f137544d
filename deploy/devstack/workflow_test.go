// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

const testQueue = "devstack-test"

var orgID = temporal.NewSearchAttributeKeyKeyword("OrgID")

// waitForGo is a workflow that ends when it is told to.
func waitForGo(ctx workflow.Context) (string, error) {
	var word string
	workflow.GetSignalChannel(ctx, "go").Receive(ctx, &word)
	return word, nil
}

// waiting is a started waitForGo with its worker.
type waiting struct {
	client client.Client
	worker worker.Worker
	run    client.WorkflowRun
}

func dial(t *testing.T, env map[string]string) client.Client {
	t.Helper()
	server := &temporalServer{}
	opts := server.clientOptions()
	opts.HostPort, opts.Namespace = env["TEMPORAL_ADDRESS"], env["TEMPORAL_NAMESPACE"]
	c, err := client.Dial(opts)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// startWaiting starts the workflow at once: devstack has said that it is ready.
func startWaiting(t *testing.T, env map[string]string, id string) *waiting {
	t.Helper()
	w := resumeWaiting(t, env, id)
	run, err := w.client.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
		ID: id, TaskQueue: testQueue, WorkflowTaskTimeout: 2 * time.Second,
		TypedSearchAttributes: temporal.NewSearchAttributes(orgID.ValueSet("acme")),
	}, waitForGo)
	require.NoError(t, err)
	w.run = run
	return w
}

// resumeWaiting works on a workflow that an earlier stack has started.
func resumeWaiting(t *testing.T, env map[string]string, id string) *waiting {
	t.Helper()
	w := &waiting{client: dial(t, env)}
	w.worker = worker.New(w.client, testQueue, worker.Options{})
	w.worker.RegisterWorkflow(waitForGo)
	require.NoError(t, w.worker.Start())
	t.Cleanup(w.worker.Stop)
	w.run = w.client.GetWorkflow(t.Context(), id, "")
	return w
}

func (w *waiting) signal(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	require.NoError(t, eventually(ctx, func() error {
		return w.client.SignalWorkflow(ctx, w.run.GetID(), "", "go", "done")
	}))
}

func (w *waiting) requireDone(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var word string
	require.NoError(t, w.run.Get(ctx, &word))
	require.Equal(t, "done", word)
	w.worker.Stop()
}

// requireNamespace checks retention and search attributes.
func requireNamespace(t *testing.T, env map[string]string) {
	t.Helper()
	c := dial(t, env)
	have, err := c.OperatorService().ListSearchAttributes(t.Context(),
		&operatorservice.ListSearchAttributesRequest{Namespace: env["TEMPORAL_NAMESPACE"]})
	require.NoError(t, err)
	for name, kind := range searchAttributes {
		require.Equal(t, kind, have.GetCustomAttributes()[name], name)
	}
	namespaces, err := client.NewNamespaceClient(client.Options{HostPort: env["TEMPORAL_ADDRESS"]})
	require.NoError(t, err)
	defer namespaces.Close()
	described, err := namespaces.Describe(t.Context(), env["TEMPORAL_NAMESPACE"])
	require.NoError(t, err)
	require.Equal(t, 72*time.Hour, described.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration())
}
