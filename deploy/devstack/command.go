// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// lookUp finds COMMAND before anything is started for it.
func lookUp(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("find the command: %w", err)
	}
	return filepath.Abs(path)
}

// runCommand runs COMMAND in the foreground, passes signals on to it and returns its exit code, 128 plus the
// signal's number when a signal ended it.
func runCommand(program string, args, env []string, signals <-chan os.Signal) (int, error) {
	cmd := exec.Command(program)
	cmd.Args, cmd.Env = args, env
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = foregroundChild()
	p, err := start(cmd)
	if err != nil {
		return exitFailed, err
	}
	for {
		select {
		case <-p.done:
			return exitCode(cmd.ProcessState), nil
		case sig := <-signals:
			if !sentByTerminal(sig) {
				_ = cmd.Process.Signal(sig) // an error means that it has just ended
			}
		}
	}
}

// sentByTerminal tells whether COMMAND has got the signal already: Ctrl-C and Ctrl-\ go to everybody in the
// terminal's foreground group. Twice would mean "at once" to many programs.
func sentByTerminal(sig os.Signal) bool {
	if sig != syscall.SIGINT && sig != syscall.SIGQUIT {
		return false
	}
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	defer tty.Close()
	group, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

func exitCode(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return exitSignal + int(status.Signal())
	}
	return state.ExitCode()
}
