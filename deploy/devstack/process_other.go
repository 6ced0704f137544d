// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

func selfProgram() (string, error) { return os.Executable() }

// childOf is a server in a process group of its own, out of reach of the terminal's Ctrl-C. Without Linux's
// parent-death signal, Temporal sees its stdin close when devstack ends, and PostgreSQL is stopped at the next start.
func childOf(syscall.Signal) *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func foregroundChild() *syscall.SysProcAttr { return nil }

// postgresIn lists the postmaster that works on the data in dir. Its backends end by themselves when it dies.
func postgresIn(dir string) []int {
	pid := postmasterPID(dir)
	if args := commandLine(pid); strings.Contains(args, "postgres") && strings.Contains(args, filepath.Clean(dir)) {
		return []int{pid}
	}
	return nil
}

// commandLine is what a process was started with, empty when there is none.
func commandLine(pid int) string {
	if pid <= 0 {
		return ""
	}
	out, err := exec.Command("ps", "-o", "args=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
