// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/client"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/api/auth"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
)

// shutdownLimit is how long requests under way may take to end.
const shutdownLimit = 15 * time.Second

// serve runs API and worker until the process is told to stop.
func serve(ctx context.Context, _ []string, cfg config, out io.Writer) error {
	if err := printConfig(ctx, nil, cfg, out); err != nil {
		return err
	}
	s, err := open(ctx, cfg, out)
	if err != nil {
		return err
	}
	defer s.close()
	return s.run(ctx, nil)
}

// workerOnly runs a worker without the API, to scale out.
func workerOnly(ctx context.Context, _ []string, cfg config, out io.Writer) error {
	s, err := open(ctx, cfg, out)
	if err != nil {
		return err
	}
	defer s.close()
	w := s.worker()
	if err := w.Start(); err != nil {
		return fmt.Errorf("start the worker: %w", err)
	}
	defer w.Stop()
	wait := s.background(ctx)
	<-ctx.Done()
	wait()
	return nil
}

// run starts the worker, the loops beside it and the API, tells ready the API's address, and waits until ctx ends and all of
// them have.
func (s *server) run(ctx context.Context, ready chan<- string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.cfg.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s (COUNTERSIGN_LISTEN changes it): %w", s.cfg.Listen, err)
	}
	handler, err := s.handler()
	if err != nil {
		return err
	}
	w := s.worker()
	if err := w.Start(); err != nil {
		return fmt.Errorf("start the worker: %w", err)
	}
	wait := s.background(ctx, s.live.Run)
	web := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute}
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(listener) }()
	if ready != nil {
		ready <- "http://" + listener.Addr().String()
	}
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	cancel()
	stop, done := context.WithTimeout(context.WithoutCancel(ctx), shutdownLimit)
	defer done()
	err = errors.Join(err, web.Shutdown(stop))
	w.Stop()
	wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// handler is the API over everything that is open.
func (s *server) handler() (http.Handler, error) {
	hasher, err := auth.NewHasher(auth.DefaultParams, 0)
	if err != nil {
		return nil, err
	}
	a := &api.API{
		DB: s.db, Policy: s.policy, Commit: s.commit, Engine: s.client, Types: s.commit.Types, Forms: s.commit.Forms, Log: s.log, Now: time.Now,
		Auth:     &auth.Service{Store: s.db, Committer: s.commit, Hasher: hasher, Box: s.keys.Box, Log: auth.NewSecurityLog(s.log), Now: time.Now, Demo: needLoopback(s.cfg.Listen) == nil},
		Evidence: s.evidence, Live: s.live, Demo: s.demo, Metrics: s.gauges,
		Ready: map[string]func(context.Context) error{"temporal": func(ctx context.Context) error {
			_, err := s.client.Temporal.CheckHealth(ctx, &client.CheckHealthRequest{})
			return err
		}},
	}
	return s.traces.routes(a.Handler()), nil
}

// evidence writes the evidence pack of a record, sealed with the organization's key, so that its summaries for reading are
// covered too.
func (s *server) evidence(ctx context.Context, session *models.Session, record uuid.UUID, w io.Writer) error {
	pack, err := s.db.Pack(ctx, session.Org, record, s.commit.Forms, s.sealer.Seal)
	if err != nil {
		return err
	}
	key, err := s.keys.Signing.Current(session.Org)
	if err != nil {
		return fmt.Errorf("find the signing key: %w", err)
	}
	pack.Seal = &key
	return ledger.WritePack(w, *pack)
}
