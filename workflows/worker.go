// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package workflows

import (
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
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
	w.RegisterActivityWithOptions(commit.Commit, activity.RegisterOptions{Name: CommitActivity})
	return w
}
