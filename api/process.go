// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
	"github.com/countersign/countersign/models/postgres/queries"
)

// ProcessView is the picture of a record's process, with the steps where it stands lit.
type ProcessView struct {
	Type  string        `json:"type"`
	State string        `json:"state"`
	Steps []ProcessStep `json:"steps" doc:"In the order of the main line, then those beside it."`
	Tasks []OpenTask    `json:"tasks"`
	Clock []ClockView   `json:"clocks"`
}

// ProcessStep is one declared step and what became of it.
type ProcessStep struct {
	models.Step
	Standing string      `json:"standing" enum:"not_reached,open,done,superseded,withdrawn"`
	Rounds   []StepRound `json:"rounds"`
}

// StepRound is one time that a step was opened.
type StepRound struct {
	Round    int        `json:"round"`
	State    string     `json:"state" enum:"open,done,superseded,withdrawn"`
	Outcome  string     `json:"outcome,omitempty"`
	OpenedAt time.Time  `json:"opened_at"`
	DueAt    time.Time  `json:"due_at"`
	DoneAt   *time.Time `json:"done_at,omitempty"`
}

// ClockView is one running clock: of a step, or of the whole record.
type ClockView struct {
	Step      string      `json:"step,omitempty" doc:"Absent for the record's own."`
	Round     int         `json:"round,omitempty"`
	Statutory bool        `json:"statutory" doc:"No extension and no hold moves it."`
	DueAt     time.Time   `json:"due_at"`
	NextAt    *time.Time  `json:"next_at,omitempty"`
	Rungs     []ClockRung `json:"rungs"`
}

// ClockRung is one instant of a clock.
type ClockRung struct {
	At    time.Time   `json:"at"`
	Do    string      `json:"do"`
	Role  models.Role `json:"role,omitempty"`
	Fired *time.Time  `json:"fired_at,omitempty"`
}

type processOutput struct{ Body ProcessView }

func (a *API) process(ctx context.Context, in *ByID) (*processOutput, error) {
	record, err := a.readRecord(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	view, err := a.processOf(ctx, record)
	return &processOutput{Body: view}, err
}

func (a *API) processOf(ctx context.Context, record *postgres.RecordView) (ProcessView, error) {
	view := ProcessView{Type: record.Type, State: record.State, Steps: []ProcessStep{}, Tasks: recordOf(record).Tasks, Clock: []ClockView{}}
	var steps []queries.Step
	var clocks []queries.Clock
	err := a.DB.Read(ctx, record.Org, func(q *queries.Queries, _ pgx.Tx) error {
		var err error
		if steps, err = q.RecordSteps(ctx, queries.RecordStepsParams{Org: record.Org, Record: record.ID}); err != nil {
			return fmt.Errorf("read the steps: %w", err)
		}
		if clocks, err = q.RecordClocks(ctx, queries.RecordClocksParams{Org: record.Org, Record: record.ID}); err != nil {
			return fmt.Errorf("read the clocks: %w", err)
		}
		return nil
	})
	if err != nil {
		return view, err
	}
	for _, declared := range a.Types[record.Type].Steps {
		view.Steps = append(view.Steps, stepOf(declared, steps))
	}
	for _, row := range clocks {
		if row.Stopped {
			continue
		}
		clock, err := clockOf(row)
		if err != nil {
			return view, err
		}
		view.Clock = append(view.Clock, clock)
	}
	return view, nil
}

// stepOf gathers the rounds of a declared step. The last one says where it stands.
func stepOf(declared models.Step, rows []queries.Step) ProcessStep {
	step := ProcessStep{Step: declared, Standing: "not_reached", Rounds: []StepRound{}}
	for _, s := range rows {
		if s.Step == declared.Name {
			step.Standing = s.State
			step.Rounds = append(step.Rounds, StepRound{
				Round: int(s.Round), State: s.State, Outcome: s.Outcome, OpenedAt: s.OpenedAt, DueAt: s.DueAt, DoneAt: s.DoneAt,
			})
		}
	}
	return step
}

func clockOf(row queries.Clock) (ClockView, error) {
	clock := models.StepClock{DueAt: row.DueAt, Stopped: row.Stopped}
	if err := json.Unmarshal(row.Rungs, &clock.Rungs); err != nil {
		return ClockView{}, fmt.Errorf("read clock %s: %w", row.ID, err)
	}
	view := ClockView{Step: row.Step, Round: int(row.Round), Statutory: row.Statutory, DueAt: row.DueAt, Rungs: make([]ClockRung, len(clock.Rungs))}
	if next := clock.Next(); !next.IsZero() {
		view.NextAt = &next
	}
	for i, r := range clock.Rungs {
		view.Rungs[i] = ClockRung{At: r.At, Do: r.Do, Role: r.Role, Fired: r.Fired}
	}
	return view, nil
}

// WorkflowView is where the process of a record stands: what Postgres says, and whether the engine runs it.
type WorkflowView struct {
	ID      string      `json:"id" doc:"Of the workflow in the engine."`
	Record  uuid.UUID   `json:"record" format:"uuid"`
	Number  string      `json:"number"`
	Engine  EngineView  `json:"engine"`
	Process ProcessView `json:"process"`
}

// EngineView is what the engine says of it. Where the two differ, Postgres is right, and the process catches up.
type EngineView struct {
	Status string `json:"status" example:"Running" doc:"unknown: the engine did not answer."`
	Run    string `json:"run,omitempty"`
}

type workflowOutput struct{ Body WorkflowView }

func (a *API) workflow(ctx context.Context, in *ByID) (*workflowOutput, error) {
	record, err := a.readWorkflow(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	view := WorkflowView{ID: models.WorkflowID(record.Org, record.Type, record.ID), Record: record.ID, Number: record.Number}
	if view.Process, err = a.processOf(ctx, record); err != nil {
		return nil, err
	}
	view.Engine.Status, view.Engine.Run, err = a.Engine.Running(ctx, record.Org, record.Type, record.ID)
	if err != nil {
		logger(ctx).WarnContext(ctx, "the engine did not say how a process stands", "record", record.ID, "error", err)
		view.Engine = EngineView{Status: "unknown"}
	}
	return &workflowOutput{Body: view}, nil
}

// readWorkflow reads the record of a process that the caller may look at: whoever has a task of it, and whom policy lets. An
// integration sees how the processes stand that it signals, and not their records.
func (a *API) readWorkflow(ctx context.Context, id uuid.UUID) (*postgres.RecordView, error) {
	c := callerOf(ctx)
	scope, err := a.Policy.Scope(ctx, c.Person)
	if err != nil {
		return nil, err
	}
	view, err := a.DB.RecordView(ctx, c.Org, id, c.Person.ID, scope.Tasks)
	if err != nil {
		return nil, err
	}
	if view == nil {
		return nil, errNoRecord
	}
	ask := a.question(c, "workflow.read")
	ask.Record, ask.Org = view.Facts(), c.Settings
	verdict, err := a.Policy.Decide(ctx, ask)
	if err != nil {
		logger(ctx).ErrorContext(ctx, "policy gave no answer: denied", "action", ask.Action, "error", err)
	}
	if !view.Touches && !verdict.Allow {
		return nil, errNoRecord
	}
	return view, nil
}

type signalInput struct {
	ByID
	Keyed
	Name string `path:"name" minLength:"1" maxLength:"100" pattern:"^[a-z][a-z0-9_]*$" patternDescription:"lower_snake_case"`
	Body struct {
		Payload any `json:"payload,omitempty" doc:"What the process is told with it."`
	}
}

// signal tells a process something, through the same checks as everything else.
func (a *API) signal(ctx context.Context, in *signalInput) (*recorded, error) {
	typ, err := a.findRecord(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	body := models.SignalBody{Name: in.Name}
	if in.Body.Payload != nil {
		body.Payload = models.MustJSON(in.Body.Payload)
	}
	cmd := callerOf(ctx).command(intended{name: "workflow.signal", route: "workflow.signal." + in.Name, typ: typ, record: in.ID, key: in.Key, body: body})
	return a.advance(ctx, cmd)
}
