// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package workflows

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/countersign/countersign/models"
)

// SweepStore knows which records wait for their process.
type SweepStore interface {
	Organizations(ctx context.Context) ([]uuid.UUID, error)
	Awaiting(ctx context.Context, org uuid.UUID, before time.Time, limit int) ([]models.CaseInput, error)
	Open(ctx context.Context, org uuid.UUID, records []uuid.UUID) ([]uuid.UUID, error)
	Acknowledge(ctx context.Context, org uuid.UUID, records []uuid.UUID, until []time.Time) error
	UnmannedTasks(ctx context.Context, org uuid.UUID, after models.TaskPlace, limit int) (none []models.TaskPlace, last models.TaskPlace, err error)
}

// Sweep finds records whose process does not know what Postgres knows, and wakes it: a decision that was committed when the
// worker and then the engine died, and a run that was terminated. Postgres wins.
type Sweep struct {
	Store     SweepStore
	Client    *Client
	Namespace string
	Now       func() time.Time
	Log       *slog.Logger
	Every     time.Duration        // how often it looks
	After     time.Duration        // how old a mark must be
	Wait      time.Duration        // for one process to answer; 0 means 5 s
	Unmanned  *prometheus.GaugeVec // of NewUnmanned; may be left out
	Failed    prometheus.Counter   // of NewRestartsFailed; may be left out

	lastEnded time.Time
	again     []models.CaseInput // whose process could not be started again
	rounds    map[uuid.UUID]*unmannedRound
}

const sweepBatch = 500

// maxSilent is how many processes of one organization may not answer in one turn before the rest waits for the next: each costs
// Wait, and no worker may be there at all.
const maxSilent = 5

// NewRestartsFailed registers the counter of processes that could not be started again; each is tried at the next turn.
func NewRestartsFailed(metrics prometheus.Registerer) prometheus.Counter {
	counter := prometheus.NewCounter(prometheus.CounterOpts{
		Name: "countersign_restarts_failed_total", Help: "Processes of open records that had ended and could not be started again.",
	})
	metrics.MustRegister(counter)
	return counter
}

// Run sweeps until ctx ends.
func (s *Sweep) Run(ctx context.Context) {
	tick := time.NewTicker(s.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := s.Once(ctx); err != nil && ctx.Err() == nil {
				s.Log.Warn("the sweep could not finish; it goes on at the next turn", "error", err)
			}
		}
	}
}

// Once sweeps one time over all organizations.
func (s *Sweep) Once(ctx context.Context) error {
	orgs, err := s.Store.Organizations(ctx)
	if err != nil {
		return err
	}
	// What fails for one organization or record does not keep the others waiting.
	var failed error
	for _, org := range orgs {
		failed = errors.Join(failed, s.wake(ctx, org), s.findUnmanned(ctx, org))
	}
	return errors.Join(failed, s.restartEnded(ctx))
}

// wake tells the processes of one organization's marked records to look at Postgres.
func (s *Sweep) wake(ctx context.Context, org uuid.UUID) error {
	cases, err := s.Store.Awaiting(ctx, org, s.Now().Add(-s.After), sweepBatch)
	for _, in := range cases {
		s.Log.Info("a decision stands that its process has not confirmed: waking it", "record", in.Record, "type", in.Type)
		woken := s.resume(ctx, in)
		err = errors.Join(err, woken)
		if errors.Is(woken, context.DeadlineExceeded) {
			break // no worker answers: the next turn goes on
		}
	}
	return err
}

func (s *Sweep) resume(ctx context.Context, in models.CaseInput) error {
	return s.within(ctx, func(ctx context.Context) error { return s.Client.Resume(ctx, in) })
}

// within asks the engine about one process, for a limited time. The engine has an error of its own for a time that is over: that of
// the context is joined to it.
func (s *Sweep) within(ctx context.Context, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(s.Wait, wakeLimit))
	defer cancel()
	if err := ask(ctx); err != nil {
		return errors.Join(err, ctx.Err())
	}
	return nil
}

// restartEnded starts the processes of open records again whose run was terminated, failed or cancelled in the engine.
func (s *Sweep) restartEnded(ctx context.Context) error {
	now := s.Now()
	ended, err := s.ended(ctx)
	if err != nil {
		return err
	}
	byOrg := map[uuid.UUID]map[uuid.UUID]models.CaseInput{}
	for _, in := range append(ended, s.again...) {
		if byOrg[in.Org] == nil {
			byOrg[in.Org] = map[uuid.UUID]models.CaseInput{}
		}
		byOrg[in.Org][in.Record] = in
	}
	s.again, s.lastEnded = nil, now
	var failed error
	for org, cases := range byOrg {
		failed = errors.Join(failed, s.restart(ctx, org, cases))
	}
	return failed
}

// ended lists what has ended in the engine since the last turn.
func (s *Sweep) ended(ctx context.Context) ([]models.CaseInput, error) {
	since := s.lastEnded
	if since.IsZero() {
		since = s.Now().Add(-72 * time.Hour)
	}
	query := fmt.Sprintf(`ExecutionStatus IN ("Terminated", "Failed", "TimedOut", "Canceled") AND CloseTime > "%s"`, since.Add(-time.Minute).UTC().Format(time.RFC3339))
	var cases []models.CaseInput
	var page []byte
	for {
		list, err := s.Client.Temporal.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{Namespace: s.Namespace, Query: query, NextPageToken: page})
		if err != nil {
			return nil, fmt.Errorf("list ended processes: %w", err)
		}
		for _, e := range list.Executions {
			org, recordType, record, err := models.ParseWorkflowID(e.Execution.WorkflowId)
			if err != nil {
				continue // not one of ours
			}
			cases = append(cases, models.CaseInput{Org: org, Type: recordType, Record: record})
		}
		if page = list.NextPageToken; len(page) == 0 {
			return cases, nil
		}
	}
}

// restart starts the processes of one organization's open records. One that fails keeps no other waiting, and is tried again at
// the next turn.
func (s *Sweep) restart(ctx context.Context, org uuid.UUID, cases map[uuid.UUID]models.CaseInput) error {
	open, err := s.Store.Open(ctx, org, slices.Collect(maps.Keys(cases)))
	if err != nil {
		// Which of them are open is not known, so none counts as failed.
		s.again = slices.AppendSeq(s.again, maps.Values(cases))
		return fmt.Errorf("find the open records whose process has ended: %w", err)
	}
	var failed error
	silent := 0
	for i, id := range open {
		err := s.restartOne(ctx, cases[id])
		if err == nil {
			continue
		}
		failed = errors.Join(failed, fmt.Errorf("start the process of %s again: %w", id, err))
		s.leave(cases[id])
		if errors.Is(err, context.DeadlineExceeded) {
			silent++
		}
		if silent == maxSilent || ctx.Err() != nil {
			for _, rest := range open[i+1:] {
				s.again = append(s.again, cases[rest])
			}
			break
		}
	}
	return failed
}

// leave keeps processes that could not be started again for the next turn.
func (s *Sweep) leave(cases ...models.CaseInput) {
	s.again = append(s.again, cases...)
	if s.Failed != nil {
		s.Failed.Add(float64(len(cases)))
	}
}

func (s *Sweep) restartOne(ctx context.Context, in models.CaseInput) error {
	return s.within(ctx, func(ctx context.Context) error {
		status, _, err := s.Client.Running(ctx, in.Org, in.Type, in.Record)
		if err != nil || status == "Running" {
			return err
		}
		s.Log.Info("the process of an open record had ended: starting it again", "record", in.Record, "type", in.Type, "status", status)
		return s.Client.Resume(ctx, in)
	})
}

// Acks gathers acknowledgements and writes them in batches, so that they cost a decision nothing. What is lost with the
// process is only a mark that the sweep then finds.
type Acks struct {
	Store SweepStore
	Log   *slog.Logger
	Every time.Duration

	mu      sync.Mutex
	pending map[uuid.UUID]map[uuid.UUID]time.Time
}

// Acknowledge implements Acknowledger.
func (a *Acks) Acknowledge(org, record uuid.UUID, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.pending == nil {
		a.pending = map[uuid.UUID]map[uuid.UUID]time.Time{}
	}
	if a.pending[org] == nil {
		a.pending[org] = map[uuid.UUID]time.Time{}
	}
	if at.After(a.pending[org][record]) {
		a.pending[org][record] = at
	}
}

// Run writes what was gathered until ctx ends, and once more then.
func (a *Acks) Run(ctx context.Context) {
	tick := time.NewTicker(a.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			a.flush(last)
			return
		case <-tick.C:
			a.flush(ctx)
		}
	}
}

func (a *Acks) flush(ctx context.Context) {
	a.mu.Lock()
	pending := a.pending
	a.pending = nil
	a.mu.Unlock()
	for org, records := range pending {
		ids := make([]uuid.UUID, 0, len(records))
		until := make([]time.Time, 0, len(records))
		for id, at := range records {
			ids, until = append(ids, id), append(until, at)
		}
		if err := a.Store.Acknowledge(ctx, org, ids, until); err != nil {
			a.Log.Warn("acknowledgements were not written; the sweep will find the records", "count", len(ids), "error", err)
		}
	}
}
