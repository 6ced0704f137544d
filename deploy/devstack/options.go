// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"time"
)

const usage = `usage: devstack [flags] -- COMMAND ARGS...

Brings up what DATABASE_URL and TEMPORAL_ADDRESS do not already name, runs COMMAND, takes it down again.

  --data DIR           keep the data in DIR (default .countersign)
  --ephemeral          use a fresh temporary folder and free ports, and remove the folder afterwards
  --fast               with --ephemeral: trade durability for speed (fsync off); never for a benchmark
  --postgres WHICH     auto, installed, or embedded: a downloaded PostgreSQL (default $DEVSTACK_POSTGRES or auto)
  --postgres-port N    port of PostgreSQL, 0 for any free one (default 15432; 0 with --ephemeral)
  --temporal-port N    port of Temporal, 0 for any free one (default 7233; 0 with --ephemeral)
  --ui-port N          port of the Temporal UI, 0 for no UI (default 8233; 0 with --ephemeral)
  --retention D        how long Temporal keeps closed workflows, at least 24h (default 72h)

Everything listens on 127.0.0.1 only.
`

// Default ports of a stack that is kept. They lie below 32768, where Linux starts to hand out ports to
// outgoing connections, so that a restarted server finds its port free.
const (
	defaultPostgresPort = 15432
	defaultTemporalPort = 7233
	defaultUIPort       = 8233
)

// Where PostgreSQL's programs come from.
const (
	postgresAuto      = "auto"
	postgresInstalled = "installed"
	postgresEmbedded  = "embedded"
)

// minRetention is the shortest retention that Temporal accepts for a namespace.
const minRetention = 24 * time.Hour

// options is what the command line asks for.
type options struct {
	data         string // absolute; empty with ephemeral
	ephemeral    bool
	fast         bool
	postgres     string
	postgresPort int // 0: any free one
	temporalPort int // 0: any free one
	uiPort       int // 0: no UI
	retention    time.Duration
	command      []string
}

func parseOptions(args []string, getenv func(string) string, stderr io.Writer) (options, error) {
	var o options
	const unset = -1
	fs := flag.NewFlagSet("devstack", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.Usage = func() { fmt.Fprint(stderr, usage) }
	fs.StringVar(&o.data, "data", "", "")
	fs.BoolVar(&o.ephemeral, "ephemeral", false, "")
	fs.BoolVar(&o.fast, "fast", false, "")
	fs.StringVar(&o.postgres, "postgres", or(getenv("DEVSTACK_POSTGRES"), postgresAuto), "")
	fs.IntVar(&o.postgresPort, "postgres-port", unset, "")
	fs.IntVar(&o.temporalPort, "temporal-port", unset, "")
	fs.IntVar(&o.uiPort, "ui-port", unset, "")
	fs.DurationVar(&o.retention, "retention", 3*minRetention, "")
	if err := fs.Parse(args); err != nil {
		return options{}, err
	}
	o.command = fs.Args()
	if !o.ephemeral {
		o.data = or(o.data, ".countersign")
		setDefault(&o.postgresPort, unset, defaultPostgresPort)
		setDefault(&o.temporalPort, unset, defaultTemporalPort)
		setDefault(&o.uiPort, unset, defaultUIPort)
	} else {
		setDefault(&o.postgresPort, unset, 0)
		setDefault(&o.temporalPort, unset, 0)
		setDefault(&o.uiPort, unset, 0)
	}
	return o, o.check()
}

// check finishes the options and names the flag that does not fit.
func (o *options) check() error {
	switch {
	case len(o.command) == 0:
		return errors.New("no command: devstack [flags] -- COMMAND ARGS...")
	case o.ephemeral && o.data != "":
		return errors.New("--ephemeral and --data exclude each other")
	case o.fast && !o.ephemeral:
		return errors.New("--fast is for --ephemeral only: without fsync a crash may lose kept data")
	case o.retention < minRetention:
		return fmt.Errorf("--retention %v: Temporal keeps closed workflows for at least %v", o.retention, minRetention)
	}
	switch o.postgres {
	case postgresAuto, postgresInstalled, postgresEmbedded:
	default:
		return fmt.Errorf("--postgres %q (or DEVSTACK_POSTGRES): want auto, installed or embedded", o.postgres)
	}
	for _, p := range []struct {
		flag string
		port int
	}{{"--postgres-port", o.postgresPort}, {"--temporal-port", o.temporalPort}, {"--ui-port", o.uiPort}} {
		if p.port < 0 || p.port > 65535 {
			return fmt.Errorf("%s %d: want a port from 0 to 65535", p.flag, p.port)
		}
	}
	if o.ephemeral {
		return nil
	}
	abs, err := filepath.Abs(o.data)
	if err != nil {
		return fmt.Errorf("resolve --data %s: %w", o.data, err)
	}
	o.data = abs
	return nil
}

func or(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

func setDefault(value *int, unset, otherwise int) {
	if *value == unset {
		*value = otherwise
	}
}
