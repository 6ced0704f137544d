// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package workflows

import (
	"context"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/countersign/countersign/models"
)

// NewUnmanned registers the gauge of open tasks that nobody may do, by organization, as of the last whole round through them.
func NewUnmanned(metrics prometheus.Registerer) *prometheus.GaugeVec {
	gauge := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "countersign_unmanned_tasks", Help: "Open tasks that nobody may do: roles were revoked, or segregation of duties keeps all from them.",
	}, []string{"organization"})
	metrics.MustRegister(gauge)
	return gauge
}

// unmannedRound is how far the sweep has come through the open tasks of one organization.
type unmannedRound struct {
	after models.TaskPlace
	found map[uuid.UUID]bool
	told  map[uuid.UUID]bool // those of the round before: each is logged once
}

// findUnmanned looks at the next open tasks for those that nobody may do any more: what was checked when they opened changes with
// every role that is revoked. A turn looks at a batch, so that it costs the same however many tasks are open.
func (s *Sweep) findUnmanned(ctx context.Context, org uuid.UUID) error {
	if s.rounds == nil {
		s.rounds = map[uuid.UUID]*unmannedRound{}
	}
	round := s.rounds[org]
	if round == nil {
		round = &unmannedRound{found: map[uuid.UUID]bool{}}
		s.rounds[org] = round
	}
	none, last, err := s.Store.UnmannedTasks(ctx, org, round.after, sweepBatch)
	if err != nil {
		return err
	}
	for _, task := range none {
		if !round.told[task.Task] {
			s.Log.Warn("an open task waits for nobody: no active person holds its role without being kept from it",
				"organization", org, "record", task.Record, "task", task.Task, "step", task.Step, "site", task.Site)
		}
		round.found[task.Task] = true
	}
	if round.after = last; last == (models.TaskPlace{}) {
		if s.Unmanned != nil {
			s.Unmanned.WithLabelValues(org.String()).Set(float64(len(round.found)))
		}
		round.told, round.found = round.found, map[uuid.UUID]bool{}
	}
	return nil
}
