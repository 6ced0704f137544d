// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package workflows

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/countersign/countersign/models"
)

// Processes are the released processes by the name of their record type.
var Processes = map[string]Process{
	"deviation": Deviation,
}

// NewWorker makes a worker that runs the given processes over one Commit. Many pollers, because a task that finds none waiting
// is written to the engine's database first.
func NewWorker(c client.Client, queue string, commit Committer, processes map[string]Process) worker.Worker {
	w := worker.New(c, queue, worker.Options{
		MaxConcurrentWorkflowTaskPollers:        16,
		MaxConcurrentWorkflowTaskExecutionSize:  200,
		MaxConcurrentLocalActivityExecutionSize: 100,
		DisableRegistrationAliasing:             true,
		WorkerStopTimeout:                       10 * time.Second,
	})
	for name, process := range processes {
		w.RegisterWorkflowWithOptions(Run(process), workflow.RegisterOptions{Name: name})
	}
	w.RegisterActivityWithOptions(retriable(commit), activity.RegisterOptions{Name: CommitActivity})
	return w
}

// retriable lets the engine try again what failed for want of a server. A fault of ours would fail again: it goes to the
// caller and to the log, and does not hold up the process for ever.
func retriable(c Committer) func(context.Context, models.Command) (models.Receipt, error) {
	return func(ctx context.Context, cmd models.Command) (models.Receipt, error) {
		receipt, err := c.Commit(ctx, cmd)
		if err == nil || errors.Is(err, models.ErrUnavailable) || ctx.Err() != nil {
			return receipt, err
		}
		return receipt, temporal.NewNonRetryableApplicationError("the command failed", string(models.CodeInternal), err)
	}
}
