// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// Package workflows holds the processes of Countersign, one a file, each written so that it reads like the SOP; and the step
// library (case.go) that they are built from. A process holds nothing that Postgres does not: it can be started again from
// the top at any time and goes on where Postgres says that the record stands.
package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/countersign/countersign/models"
)

// Names that the engine knows.
const (
	TaskQueue      = "countersign"
	UpdateCommand  = "command"        // a models.Command in, a models.Receipt out
	UpdateResync   = "resync"         // look at Postgres again
	QueryState     = "state"          // the models.CaseState that the process holds
	CommitActivity = "Commit"         // models.Command in, models.Receipt out
	commandLimit   = 30 * time.Second // one attempt at a commit
	continueAfter  = 1500             // updates of one run, of the 2,000 that the engine allows
)

// Process is what one kind of record goes through. It is called again from the top whenever the course changes: steps that
// are decided return at once, and after a change of course every step does, so that what follows never runs on stale ground.
type Process func(c *Case)

// Waits says whether a process that finds its record like this has nothing to do until somebody decides or a clock rings. It
// walks the process without an engine, up to the first step that is open.
func (p Process) Waits(state *models.CaseState) bool {
	c := &Case{state: state, dry: true}
	p(c)
	return c.waits
}

// Case is one record on its way.
type Case struct {
	ctx     workflow.Context
	in      models.CaseInput
	state   *models.CaseState
	refused bool // the record was never made
	turned  bool // the course changed: this walk of the process is void
	stale   bool // Postgres may know more than the process
	failed  int  // attempts of the process's own that failed in a row
	updates int
	dry     bool // the walk only asks whether the process waits
	waits   bool
}

// Run makes a process into a workflow.
func Run(process Process) func(workflow.Context, models.CaseInput) error {
	return func(ctx workflow.Context, in models.CaseInput) error {
		c, err := openCase(ctx, in)
		if err != nil {
			return err
		}
		for !c.over() && !c.full() {
			c.turned = false
			if c.state.Reopening {
				c.awaitReopening()
				continue
			}
			process(c)
		}
		if err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }); err != nil {
			return err
		}
		if !c.over() {
			in.State = c.state
			return workflow.NewContinueAsNewError(ctx, workflow.GetInfo(ctx).WorkflowType.Name, in)
		}
		return nil
	}
}

// openCase registers the doors, and learns where the record stands.
func openCase(ctx workflow.Context, in models.CaseInput) (*Case, error) {
	c := &Case{in: in, state: in.State, ctx: workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout: commandLimit,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: 100 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: 10 * time.Second},
	})}
	err := workflow.SetUpdateHandlerWithOptions(ctx, UpdateCommand, c.handle, workflow.UpdateHandlerOptions{Validator: c.validate})
	if err != nil {
		return nil, err
	}
	if err := workflow.SetUpdateHandler(ctx, UpdateResync, c.look); err != nil {
		return nil, err
	}
	if err := workflow.SetQueryHandler(ctx, QueryState, func() (*models.CaseState, error) { return c.state, nil }); err != nil {
		return nil, err
	}
	if c.state == nil {
		c.sync()
	}
	for c.state == nil && !c.refused {
		if c.turn(); ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	workflow.Go(c.ctx, c.watchClock)
	return c, nil
}

// look looks at Postgres again when the sweep says that a decision may have been lost on its way to the process.
func (c *Case) look(ctx workflow.Context) error {
	c.updates++
	c.own(c.local(ctx), models.CommandSync, struct{}{})
	return nil
}

// awaitFor waits for a condition, for so long at most, and says whether it came to hold. It takes its timer back, which the
// engine's own AwaitWithTimeout does not: a timer left behind would wake the process for nothing.
func awaitFor(ctx workflow.Context, limit time.Duration, condition func() bool) (bool, error) {
	timing, stop := workflow.WithCancel(ctx)
	defer stop()
	timer := workflow.NewTimer(timing, limit)
	err := workflow.Await(ctx, func() bool { return condition() || timer.IsReady() })
	return condition(), err
}

// awaitReopening waits for the verdict on a closed record: it stays closed, or lives again.
func (c *Case) awaitReopening() {
	err := workflow.Await(c.ctx, func() bool { return !c.state.Reopening || c.full() })
	if err != nil {
		c.stale = true
	}
}

// validate only turns away what can never be a command of this case. Whether it may be done now is Postgres's to say.
func (c *Case) validate(_ workflow.Context, cmd models.Command) error {
	if cmd.Org != c.in.Org || cmd.Record != c.in.Record || cmd.Name == "" {
		return temporal.NewApplicationError("the command is for another record", string(models.CodeInvalid))
	}
	return nil
}

// handle runs a command that changes the course of the process, and takes the course that it left.
func (c *Case) handle(ctx workflow.Context, cmd models.Command) (models.Receipt, error) {
	c.updates++
	return c.commit(c.local(ctx), cmd)
}

// local gives a handler's context the options of the case.
func (c *Case) local(ctx workflow.Context) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.GetLocalActivityOptions(c.ctx))
}

// commit runs one command in Postgres and takes over where the record stands.
func (c *Case) commit(ctx workflow.Context, cmd models.Command) (models.Receipt, error) {
	var receipt models.Receipt
	err := workflow.ExecuteLocalActivity(ctx, CommitActivity, cmd).Get(ctx, &receipt)
	if err == nil {
		c.absorb(receipt.Case)
	}
	return receipt, err
}

// own is a command of the process itself. It has no id: Postgres says what became of it each time it is asked.
func (c *Case) own(ctx workflow.Context, name string, body any) {
	cmd := models.Command{Org: c.in.Org, Record: c.in.Record, Type: c.in.Type, Name: name, Source: models.Source{Kind: "system"}}
	if name == models.CommandClock {
		cmd.Source.Kind = "timer"
	}
	cmd.Body = models.MustJSON(body)
	receipt, err := c.commit(ctx, cmd)
	switch {
	case err != nil:
		// What fails for want of a server is retried without end; what comes here is the end of the run, or a fault of ours.
		workflow.GetLogger(ctx).Error("the process could not go on", "command", name, "error", err)
		c.stale = true
		c.failed++
	case receipt.Refused != nil && receipt.Case == nil:
		c.refused = true
	case receipt.Refused != nil:
		workflow.GetLogger(ctx).Error("the process was refused", "command", name, "refusal", receipt.Refused.Error())
		c.stale = true
		c.failed++
	case name != models.CommandSync:
		c.failed = 0
	}
}

func (c *Case) sync() { c.own(c.ctx, models.CommandSync, struct{}{}) }

// absorb takes over where the record stands, unless what is known is newer.
func (c *Case) absorb(s *models.CaseState) {
	if s != nil && (c.state == nil || s.Seq >= c.state.Seq) {
		c.state = s
	}
}

// over says that the record is closed, or was never made.
func (c *Case) over() bool { return c.refused || c.state != nil && c.state.Over() }

// full says that this run has grown long enough to be continued in a new one.
func (c *Case) full() bool {
	return c.updates >= continueAfter || workflow.GetInfo(c.ctx).GetContinueAsNewSuggested()
}

func (c *Case) standing(step string) *models.StepState {
	for i := range c.state.Steps {
		if c.state.Steps[i].Step == step {
			return &c.state.Steps[i]
		}
	}
	return nil
}

// Task is one step that a person does; Approve is one that a quorum decides. Both return its outcome when it is decided, at
// once if it is already. Who, by when, with which form and which signature is the plan's to say, not the process's.
func (c *Case) Task(step string) (outcome string) { return c.step(step) }

// Approve is one step that a quorum decides.
func (c *Case) Approve(step string) (outcome string) { return c.step(step) }

func (c *Case) step(step string) string {
	if c.turned || c.over() {
		return ""
	}
	if c.dry {
		return c.foresee(step)
	}
	if c.standing(step) == nil {
		c.own(c.ctx, models.CommandOpenStep, map[string]string{"step": step})
	}
	var s *models.StepState
	err := workflow.Await(c.ctx, func() bool {
		s = c.standing(step)
		return s == nil || s.State == models.StepDone || c.over() || c.stale || c.full()
	})
	if err != nil || s == nil || s.State != models.StepDone || c.over() || c.full() {
		c.turn()
		return ""
	}
	return s.Outcome
}

// foresee is a step of a walk that only asks whether the process waits: it stops where something is to be done.
func (c *Case) foresee(step string) string {
	s := c.standing(step)
	if s != nil && s.State == models.StepDone {
		return s.Outcome
	}
	c.turned, c.waits = true, s != nil
	return ""
}

// Beside opens a step that runs beside the main line and does not wait for it. Finish waits.
func (c *Case) Beside(step string) {
	if c.turned || c.over() || c.standing(step) != nil {
		return
	}
	if c.dry {
		c.turned = true
		return
	}
	c.own(c.ctx, models.CommandOpenStep, map[string]string{"step": step})
}

// turn voids this walk of the process. A stale case looks at Postgres first, and waits longer each time: from a second to
// eight and a half minutes.
func (c *Case) turn() {
	c.turned = true
	if c.stale && !c.over() {
		c.stale = false
		if err := workflow.Sleep(c.ctx, time.Second<<min(c.failed, 9)); err == nil {
			c.sync()
		}
	}
}

// Class is the record's class as decided.
func (c *Case) Class() string { return c.state.Class }

// Is says whether a fact of the record holds: "needs_investigation", "has_batches"...
func (c *Case) Is(flag string) bool { return c.state.Flags[flag] }

// Close ends the record.
func (c *Case) Close() {
	if c.turned || c.over() || c.dry {
		return
	}
	c.own(c.ctx, models.CommandClose, struct{}{})
	if !c.over() {
		c.turn()
	}
}
