// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// Command devstack brings up a private PostgreSQL and a real Temporal server around any command.
//
//	devstack [--ephemeral] [--data DIR] [--ui-port N] [flags] -- COMMAND ARGS...
//
// What DATABASE_URL and TEMPORAL_ADDRESS already name is used as it is. Everything else is started, kept
// alive while COMMAND runs, and stopped after it. README.md lists what COMMAND finds in its environment.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// Exit codes of devstack itself, chosen as env(1) does, so that they stay apart from those of COMMAND.
const (
	exitFailed   = 125
	exitNotFound = 127
	exitSignal   = 128 // plus the number of the signal
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == temporalServerCommand {
		os.Exit(temporalServerMain(os.Stdin, os.Stderr))
	}
	os.Exit(run(os.Args[1:], os.Getenv, os.Stderr))
}

// run brings the stack up, runs COMMAND in it, takes the stack down and returns the exit code.
func run(args []string, getenv func(string) string, stderr io.Writer) int {
	say := progress{stderr}
	opts, err := parseOptions(args, getenv, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		say.line("%v", err)
		return exitFailed
	}
	program, err := lookUp(opts.command[0])
	if err != nil {
		say.line("%v", err)
		return exitNotFound
	}

	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer signal.Stop(signals)

	st := &stack{opts: opts, getenv: getenv, say: say}
	defer st.down()
	if err := st.upUnless(signals); err != nil {
		say.line("%v", err)
		return exitCodeOf(err)
	}
	code, err := runCommand(program, opts.command, st.environment(), signals)
	if err != nil {
		say.line("%v", err)
	}
	return code
}

// upUnless brings the stack up and gives up at the first signal.
func (st *stack) upUnless(signals <-chan os.Signal) error {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	done := make(chan struct{})
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case sig := <-signals:
			cancel(interrupted{sig.(syscall.Signal)})
		case <-done:
		}
	}()
	err := st.up(ctx)
	close(done)
	<-watched
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// interrupted says that a signal came before COMMAND was started.
type interrupted struct{ signal syscall.Signal }

func (e interrupted) Error() string { return fmt.Sprintf("stopped by a signal (%v)", e.signal) }

func exitCodeOf(err error) int {
	var stopped interrupted
	if errors.As(err, &stopped) {
		return exitSignal + int(stopped.signal)
	}
	return exitFailed
}
