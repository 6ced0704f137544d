// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"
)

// launchTimeout bounds one start of a service, crash recovery and schema updates included.
const launchTimeout = 2 * time.Minute

// service is a server that is kept alive: when it dies it is started again on the same data and ports.
type service struct {
	name    string
	pidFile string
	say     progress
	// launch starts the server and returns when it is ready. On an error it leaves nothing running.
	launch func(context.Context) (*process, error)
	// stops are the signals that end it, the friendliest first.
	stops []syscall.Signal

	firstPID int
	current  *process // owned by watch until watched is closed; nil when the last restart did not succeed
	cancel   context.CancelFunc
	watched  chan struct{}
}

// up starts the service and begins to watch it.
func (s *service) up(ctx context.Context) error {
	p, err := s.launchOnce(ctx)
	if err != nil {
		return err
	}
	s.current, s.firstPID = p, p.pid()
	watching, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.cancel, s.watched = cancel, make(chan struct{})
	go s.watch(watching)
	return nil
}

func (s *service) launchOnce(ctx context.Context) (*process, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, launchTimeout, fmt.Errorf("not ready after %v", launchTimeout))
	defer cancel()
	p, err := s.launch(ctx)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", s.name, err)
	}
	if err := writePID(s.pidFile, p.pid()); err != nil {
		p.end(stopPatience, s.stops...)
		return nil, err
	}
	return p, nil
}

// watch starts the server again whenever it dies, until ctx ends.
func (s *service) watch(ctx context.Context) {
	defer close(s.watched)
	for s.current != nil {
		select {
		case <-ctx.Done():
			return
		case <-s.current.done:
		}
		s.say.line("%s (pid %d) died (%s): starting it again", s.name, s.current.pid(), s.current.fate())
		s.current = s.relaunch(ctx)
	}
}

// relaunch tries until the server is up. It returns nil when ctx ended first.
func (s *service) relaunch(ctx context.Context) *process {
	begin := time.Now()
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 3*time.Second) {
		p, err := s.launchOnce(ctx)
		if err == nil {
			s.say.line("%s is back after %s (pid %d)", s.name, seconds(begin), p.pid())
			return p
		}
		if ctx.Err() != nil {
			return nil
		}
		s.say.line("trying again: %v", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// stopPatience is how long a server may take to obey each signal that ends it.
const stopPatience = 15 * time.Second

// down stops watching, ends the server and removes its pid file. It may be called on a service that is not up.
func (s *service) down() {
	if s == nil || s.watched == nil {
		return
	}
	s.cancel()
	<-s.watched
	if s.current != nil {
		s.current.end(stopPatience, s.stops...)
	}
	os.Remove(s.pidFile)
}

// writePID replaces the file in one step, so that a reader never sees half a number.
func writePID(path string, pid int) error {
	return replaceFile(path, []byte(strconv.Itoa(pid)+"\n"), 0o644)
}
