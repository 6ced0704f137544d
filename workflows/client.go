// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package workflows

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/countersign/countersign/models"
)

// Committer runs a command without the process: when the process is over or lost, Postgres still has the answer.
type Committer interface {
	Commit(ctx context.Context, cmd models.Command) (models.Receipt, error)
}

// Acknowledger is told of a record whose decision the engine has stored. It takes the mark off, some time soon.
type Acknowledger interface {
	Acknowledge(org, record uuid.UUID, at time.Time)
}

// Client starts, commands and describes the processes of records.
type Client struct {
	Temporal client.Client
	Direct   Committer
	Ack      Acknowledger
	// Processes are those that the workers run, by record type; nil means the released ones.
	Processes map[string]Process
	// Now tells a fresh answer from one that is given again; nil takes each for fresh.
	Now func() time.Time
	// Queue is the task queue of the workers; "" means TaskQueue.
	Queue string
	// TaskTimeout is how long the engine waits for a worker that took a task of a process and died. Zero means the engine's 10 s.
	TaskTimeout time.Duration
	// Timeout bounds the wait for one answer; after it the outcome is unknown. Zero means 20 s.
	Timeout time.Duration
}

// wakeLimit bounds how long one answer of a process that is woken is waited for.
const wakeLimit = 5 * time.Second

// replayedAfter is the age from which the answer to a filing is taken for one that is given again: where the record stood then is
// no news, and its process asks Postgres.
const replayedAfter = 2 * time.Second

var (
	keyOrg  = temporal.NewSearchAttributeKeyKeyword("OrgID")
	keyType = temporal.NewSearchAttributeKeyKeyword("RecordType")
)

func (c *Client) options(in models.CaseInput) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID: models.WorkflowID(in.Org, in.Type, in.Record), TaskQueue: cmp.Or(c.Queue, TaskQueue), WorkflowTaskTimeout: c.TaskTimeout,
		TypedSearchAttributes: temporal.NewSearchAttributes(keyOrg.ValueSet(in.Org.String()), keyType.ValueSet(in.Type)),
		// One tenant's burst does not starve another.
		Priority: temporal.Priority{FairnessKey: in.Org.String()},
	}
}

// Start makes a record, then starts its process. Postgres has the record first: if the engine cannot be told, the record is
// marked, and the sweep tells it. A process that only waits sleeps in the engine until its first clock rings or its first
// decision comes, and costs nothing until then. The same command again is answered as before. Error CodeUnknown when no answer
// came: the same command finds out.
func (c *Client) Start(ctx context.Context, in models.CaseInput, cmd models.Command) (models.Receipt, error) {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	receipt, err := c.Direct.Commit(ctx, cmd)
	if err != nil || receipt.Refused != nil || receipt.Case == nil || receipt.Case.Over() {
		return receipt, err
	}
	again := c.Now != nil && c.Now().Sub(receipt.At) > replayedAfter
	if !again {
		in.State = receipt.Case
	}
	o := c.options(in)
	o.WorkflowIDReusePolicy = enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE
	o.WorkflowIDConflictPolicy = enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING
	o.StartDelay = c.sleep(in, receipt.At)
	_, err = c.Temporal.ExecuteWorkflow(ctx, o, in.Type, in)
	var started *serviceerror.WorkflowExecutionAlreadyStarted
	if err != nil && !errors.As(err, &started) {
		slog.WarnContext(ctx, "the process could not be started; the sweep will", "record", in.Record, "error", err)
		return receipt, nil
	}
	// An old answer says nothing of what was decided since: then the mark stays until the process has looked for itself.
	if !again {
		c.Ack.Acknowledge(cmd.Org, in.Record, receipt.At)
	}
	return receipt, nil
}

// sleep is how long a new process has nothing to do by itself: until its record's first clock rings. Zero if it is to run at once.
func (c *Client) sleep(in models.CaseInput, at time.Time) time.Duration {
	process, ok := c.processes()[in.Type]
	if !ok || in.State == nil || in.State.Next.IsZero() || !process.Waits(in.State) {
		return 0
	}
	return max(0, in.State.Next.Sub(at))
}

func (c *Client) processes() map[string]Process {
	if c.Processes != nil {
		return c.Processes
	}
	return Processes
}

// Command gives a command to a record's process. If the process is over or gone, Postgres answers alone: either the record
// is closed and the command is refused and recorded, or the sweep starts the process again where Postgres says it stands.
func (c *Client) Command(ctx context.Context, recordType string, cmd models.Command) (models.Receipt, error) {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	handle, err := c.Temporal.UpdateWorkflow(ctx, update(models.WorkflowID(cmd.Org, recordType, cmd.Record), cmd))
	if err == nil {
		return c.receipt(ctx, handle, recordType, cmd)
	}
	var gone *serviceerror.NotFound
	if errors.As(err, &gone) {
		return c.direct(ctx, recordType, cmd)
	}
	return models.Receipt{}, unknown(err)
}

// direct lets Postgres answer without the process, and wakes the process if the answer was yes.
func (c *Client) direct(ctx context.Context, recordType string, cmd models.Command) (models.Receipt, error) {
	receipt, err := c.Direct.Commit(ctx, cmd)
	if err != nil || receipt.Refused != nil || receipt.Case == nil || receipt.Case.Over() {
		return receipt, err
	}
	// If this fails, the record is still marked, and the sweep tries again. The answer does not wait for it long.
	waking, cancel := context.WithTimeout(ctx, wakeLimit)
	defer cancel()
	if err := c.Resume(waking, models.CaseInput{Org: cmd.Org, Type: recordType, Record: cmd.Record}); err != nil {
		slog.WarnContext(ctx, "the process could not be woken; the sweep will", "record", cmd.Record, "error", err)
	}
	return receipt, nil
}

func (c *Client) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	limit := c.Timeout
	if limit == 0 {
		limit = 20 * time.Second
	}
	return context.WithTimeout(ctx, limit)
}

func update(workflowID string, cmd models.Command) client.UpdateWorkflowOptions {
	return client.UpdateWorkflowOptions{
		UpdateID: cmd.ID.String(), WorkflowID: workflowID, UpdateName: UpdateCommand, Args: []any{cmd},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	}
}

func (c *Client) receipt(ctx context.Context, handle client.WorkflowUpdateHandle, recordType string, cmd models.Command) (models.Receipt, error) {
	var receipt models.Receipt
	err := handle.Get(ctx, &receipt)
	var gone *serviceerror.NotFound
	var refused *temporal.ApplicationError
	switch {
	case err == nil:
		if receipt.Refused == nil {
			c.Ack.Acknowledge(cmd.Org, cmd.Record, receipt.At)
		}
		return receipt, nil
	case errors.As(err, &gone), errors.As(err, &refused):
		// The process ended while the command was under way, or would not have it: Postgres has the last word.
		return c.direct(ctx, recordType, cmd)
	}
	return models.Receipt{}, unknown(err)
}

func unknown(err error) error {
	return fmt.Errorf("%w (%w)", models.Refuse(models.CodeUnknown,
		"No answer came in time, so it is not known whether this was recorded. Send it again with the same Idempotency-Key: it will not happen twice."), err)
}

// Resume makes sure that a record's process runs and has looked at Postgres: it starts it if it does not run. It waits for the
// process's answer. It is an update, because a signal does not wake a process that sleeps.
func (c *Client) Resume(ctx context.Context, in models.CaseInput) error {
	in.State = nil
	o := c.options(in)
	o.WorkflowIDReusePolicy = enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE
	o.WorkflowIDConflictPolicy = enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING
	handle, err := c.Temporal.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: c.Temporal.NewWithStartWorkflowOperation(o, in.Type, in),
		UpdateOptions:          client.UpdateWorkflowOptions{WorkflowID: o.ID, UpdateName: UpdateResync, WaitForStage: client.WorkflowUpdateStageCompleted},
	})
	if err == nil {
		err = handle.Get(ctx, nil)
	}
	if err != nil {
		return fmt.Errorf("resume %s: %w", o.ID, err)
	}
	return nil
}

// Running says whether the engine runs a record's process, and under which run id.
func (c *Client) Running(ctx context.Context, org uuid.UUID, recordType string, record uuid.UUID) (status, run string, err error) {
	d, err := c.Temporal.DescribeWorkflowExecution(ctx, models.WorkflowID(org, recordType, record), "")
	var gone *serviceerror.NotFound
	if errors.As(err, &gone) {
		return "not_found", "", nil
	}
	if err != nil {
		return "", "", fmt.Errorf("describe the process: %w", err)
	}
	return d.WorkflowExecutionInfo.Status.String(), d.WorkflowExecutionInfo.Execution.RunId, nil
}
