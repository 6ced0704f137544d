// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/sdk/client"
	temporallog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"

	"github.com/countersign/countersign/activities"
	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/packs"
	"github.com/countersign/countersign/models/postgres"
	"github.com/countersign/countersign/policies"
	"github.com/countersign/countersign/workflows"
)

// server holds what API and worker share.
type server struct {
	cfg    config
	log    *slog.Logger
	keys   keys
	db     *postgres.DB
	policy *policies.Engine
	commit *activities.Commit
	client *workflows.Client
	acks   *workflows.Acks
	sealer *activities.Sealer
	live   *api.Events
	gauges *prometheus.Registry
	traces *tracing
	demo   *api.Demo // for dev only
}

// plainly is how to speak to the engine: payloads are encrypted, and what is encrypted does not compress.
var plainly = client.ConnectionOptions{GrpcCompression: &client.GrpcCompressionNone{}}

// collectSeldom lets the heap grow to three times what is alive before it is collected, unless the operator has set GOGC. What is
// alive is small, so that costs some tens of megabytes and saves a tenth of the CPU of a decision.
func collectSeldom() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
	}
}

// open connects everything. The caller closes it.
func open(ctx context.Context, cfg config, out io.Writer) (*server, error) {
	collectSeldom()
	s := &server{cfg: cfg, log: newLog(cfg, out), gauges: prometheus.NewRegistry()}
	var err error
	if s.keys, err = openKeys(cfg.Data); err != nil {
		return nil, err
	}
	if s.traces, err = startTracing(ctx, cfg); err != nil {
		return nil, err
	}
	traced, err := s.traces.engine()
	if err != nil {
		return nil, err
	}
	types := models.Types{models.Deviation.Name: models.Deviation}
	if s.policy, err = policies.New(ctx, policies.ForTypes(types)); err != nil {
		return nil, fmt.Errorf("load the policies: %w", err)
	}
	forms, err := packs.Forms()
	if err != nil {
		return nil, err
	}
	s.db, err = await(ctx, s.log, "Postgres", func(ctx context.Context) (*postgres.DB, error) {
		return postgres.Open(ctx, cfg.DatabaseURL, cfg.DatabaseConns, postgres.Traced(s.traces.queries()))
	})
	if err != nil {
		return nil, err
	}
	if err := checkKeys(ctx, s.db, s.keys.Signing, cfg.Data); err != nil {
		s.db.Close()
		return nil, err
	}
	if err := s.db.KeepPolicies(ctx, s.policy.Source(), time.Now()); err != nil {
		s.db.Close()
		return nil, err
	}
	s.commit = &activities.Commit{
		Store: s.db, Policy: s.policy, Keys: s.keys.Signing, Types: types, Forms: forms,
		Now: time.Now, Log: s.log,
	}
	s.sealer = &activities.Sealer{
		Store: s.db, Keys: s.keys.Signing, Sink: activities.FolderSink(filepath.Join(cfg.Data, "heads")), Now: time.Now, Log: s.log, Every: cfg.SealEvery,
	}
	s.live = api.NewEvents(s.db, s.log)
	s.acks = &workflows.Acks{Store: s.db, Log: s.log, Every: 500 * time.Millisecond}
	temporal, err := await(ctx, s.log, "Temporal", func(ctx context.Context) (client.Client, error) {
		return client.DialContext(ctx, client.Options{
			HostPort: cfg.TemporalAddress, Namespace: cfg.TemporalNamespace, Logger: temporallog.NewStructuredLogger(quieter(s.log)),
			ConnectionOptions: plainly, Interceptors: traced,
			DataConverter: s.keys.Codec.DataConverter(), FailureConverter: s.keys.Codec.FailureConverter(),
		})
	})
	if err != nil {
		s.db.Close()
		return nil, fmt.Errorf("connect to Temporal at %s: %w", cfg.TemporalAddress, err)
	}
	s.client = &workflows.Client{Temporal: temporal, Direct: s.commit, Now: time.Now, Ack: s.acks, Queue: cfg.TaskQueue, TaskTimeout: cfg.TaskTimeout}
	return s, nil
}

func (s *server) close() {
	s.client.Temporal.Close()
	s.db.Close()
	s.traces.stop()
}

func (s *server) worker() worker.Worker {
	return workflows.NewWorker(s.client.Temporal, s.cfg.TaskQueue, s.commit, workflows.Processes)
}

// background runs the loops beside the worker until ctx ends: the sealer, the sweep, the acknowledgements, the publisher, who
// passes on the tasks of absent persons, who removes uploads that nobody attached, and what else is given.
func (s *server) background(ctx context.Context, more ...func(context.Context)) (wait func()) {
	sweep := &workflows.Sweep{
		Store: s.db, Client: s.client, Namespace: s.cfg.TemporalNamespace, Now: time.Now, Log: s.log, Every: s.cfg.SweepEvery, After: s.cfg.SweepAfter,
		Unmanned: workflows.NewUnmanned(s.gauges), Failed: workflows.NewRestartsFailed(s.gauges),
	}
	publisher := &activities.Publisher{Store: s.db, Log: s.log, Every: s.cfg.PublishEvery}
	absences := &activities.Rerouter{Store: s.db, Commit: s.commit, Log: s.log, Every: s.cfg.SweepEvery}
	purger := &activities.Purger{Store: s.db, Now: time.Now, Log: s.log, Every: time.Hour}
	var wg sync.WaitGroup
	for _, loop := range append(more, s.sealer.Run, sweep.Run, s.acks.Run, publisher.Run, absences.Run, purger.Run) {
		wg.Go(func() { loop(ctx) })
	}
	return wg.Wait
}

func newLog(cfg config, out io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	return slog.New(slog.NewJSONHandler(out, &slog.HandlerOptions{Level: level}))
}

// quieter lets only the engine's warnings through: what matters of a process is in the audit log.
func quieter(log *slog.Logger) *slog.Logger {
	return slog.New(levelHandler{log.Handler()})
}

type levelHandler struct{ slog.Handler }

func (h levelHandler) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelWarn }
