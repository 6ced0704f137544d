// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// temporalServer is the private Temporal server as devstack sees it: a child of its own.
type temporalServer struct {
	spec    temporalSpec
	logPath string
}

// launch starts the server child and returns when its frontend serves. It waits for the database first, which may
// have died together with the server.
func (t *temporalServer) launch(ctx context.Context) (*process, error) {
	if err := eventually(ctx, func() error { return t.spec.SQL.answers(ctx, temporalDatabase) }); err != nil {
		return nil, fmt.Errorf("wait for Temporal's database: %w", err)
	}
	log, begin, err := openLog(t.logPath)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	self, err := selfProgram()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	spec, err := json.Marshal(t.spec)
	if err != nil {
		return nil, fmt.Errorf("tell the server what to serve: %w", err)
	}
	cmd := exec.Command(self, temporalServerCommand)
	cmd.Args[0] = "devstack"
	cmd.Stdout, cmd.Stderr = log, log
	// SIGKILL, because PostgreSQL stops at the same moment and a graceful stop would wait for it.
	cmd.SysProcAttr = childOf(syscall.SIGKILL)
	stdin, err := cmd.StdinPipe() // stays open as long as devstack lives; the child takes its end as our death
	if err != nil {
		return nil, fmt.Errorf("make the server's stdin: %w", err)
	}
	p, err := start(cmd)
	if err != nil {
		return nil, err
	}
	if _, err = stdin.Write(spec); err == nil {
		err = p.awaitReady(ctx, 50*time.Millisecond, t.serves)
	}
	if err != nil {
		p.end(stopPatience, syscall.SIGTERM, syscall.SIGKILL)
		return nil, fmt.Errorf("%w; %s says:%s", err, t.logPath, lastLines(logSince(t.logPath, begin), 8))
	}
	return p, nil
}

// endStaleTemporal ends a server that outlived a killed devstack and would hold its port.
func endStaleTemporal(pidFile string) {
	b, err := os.ReadFile(pidFile)
	if err != nil {
		return
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return
	}
	for range 100 {
		if !strings.HasSuffix(commandLine(pid), " "+temporalServerCommand) {
			return
		}
		_ = syscall.Kill(pid, syscall.SIGKILL)
		time.Sleep(50 * time.Millisecond)
	}
}
