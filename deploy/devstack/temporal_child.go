// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"go.temporal.io/server/common/log"
)

// temporalServerCommand makes this program the Temporal server, a child that can be killed on its own.
const temporalServerCommand = "temporal-server"

// stopTimeout bounds the graceful stop of the server, which takes about 1.2 s.
const stopTimeout = 8 * time.Second

// temporalServerMain runs the server until SIGTERM, or until stdin closes because devstack is gone.
func temporalServerMain(stdin io.Reader, stderr io.Writer) int {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer cancel()
	spec, err := readSpec(stdin)
	if err == nil {
		go func() {
			_, _ = io.Copy(io.Discard, stdin)
			cancel()
		}()
		err = serveTemporal(ctx, spec)
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}

func readSpec(stdin io.Reader) (temporalSpec, error) {
	var spec temporalSpec
	if err := json.NewDecoder(stdin).Decode(&spec); err != nil {
		return temporalSpec{}, fmt.Errorf("read what to serve from stdin: %w", err)
	}
	return spec, nil
}

func serveTemporal(ctx context.Context, spec temporalSpec) error {
	logger := log.NewZapLogger(log.BuildZapLogger(log.Config{Level: "warn"}))
	if err := updateSchemas(spec.SQL, logger); err != nil {
		return err
	}
	server, err := newTemporalServer(spec, logger)
	if err != nil {
		return err
	}
	if err := server.Start(); err != nil {
		return fmt.Errorf("start the Temporal server: %w", err)
	}
	if spec.UIPort != 0 {
		ui := newUI(spec)
		go ui.Start() // ends the program if it cannot listen, and devstack starts it again
		defer ui.Stop()
	}
	<-ctx.Done()
	// A database that went away first would hold the stop up.
	time.AfterFunc(stopTimeout, func() { os.Exit(1) })
	if err := server.Stop(); err != nil {
		return fmt.Errorf("stop the Temporal server: %w", err)
	}
	return nil
}
