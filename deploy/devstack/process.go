// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// process is a started program. err may be read once done is closed.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error
}

// starter runs functions on one thread that never ends. Linux sends a child its parent-death signal when the
// THREAD that started it ends, so children must not be started from threads that Go may retire.
var starter = sync.OnceValue(func() chan<- func() {
	work := make(chan func())
	go func() {
		runtime.LockOSThread()
		for f := range work {
			f()
		}
	}()
	return work
})

// start starts cmd and reaps it when it ends.
func start(cmd *exec.Cmd) (*process, error) {
	started := make(chan error)
	starter() <- func() { started <- cmd.Start() }
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	p := &process{cmd: cmd, done: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// fate says how an ended process ended, such as "signal: killed".
func (p *process) fate() string {
	if p.err == nil {
		return "exit status 0"
	}
	return p.err.Error()
}

// end sends the signals one after the other, waiting up to patience after each, until the process is gone.
// The last one should be SIGKILL.
func (p *process) end(patience time.Duration, signals ...syscall.Signal) {
	for _, sig := range signals {
		// An error here means that it has just ended, which the select sees.
		_ = p.cmd.Process.Signal(sig)
		select {
		case <-p.done:
			return
		case <-time.After(patience):
		}
	}
}

// awaitReady polls ready until it passes, the process ends, or ctx does.
func (p *process) awaitReady(ctx context.Context, every time.Duration, ready func(context.Context) error) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("ended while starting (%s)", p.fate())
		case <-ctx.Done():
			return fmt.Errorf("wait until ready: %w (%w)", context.Cause(ctx), err)
		case <-tick.C:
		}
	}
}
