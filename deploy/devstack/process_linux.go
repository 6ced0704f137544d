// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// selfProgram is this very program, also when a newer one has been put in its place since.
func selfProgram() (string, error) { return "/proc/self/exe", nil }

// childOf is a server in a process group of its own, out of reach of the terminal's Ctrl-C. The kernel sends
// it onDeath when devstack ends, however it ends.
func childOf(onDeath syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: onDeath}
}

// foregroundChild is COMMAND: it stays in devstack's process group, so that the terminal is its own.
func foregroundChild() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
}

// postgresIn lists the PostgreSQL processes, postmaster and others, that work on the data in dir: each of them
// has it as its working directory.
func postgresIn(dir string) []int {
	data, err := os.Stat(dir)
	if err != nil {
		return nil
	}
	names, _ := filepath.Glob("/proc/[0-9]*/comm")
	var pids []int
	for _, name := range names {
		comm, err := os.ReadFile(name)
		if err != nil || strings.TrimSpace(string(comm)) != "postgres" {
			continue
		}
		cwd, err := os.Stat(filepath.Join(filepath.Dir(name), "cwd"))
		if err != nil || !os.SameFile(cwd, data) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name))); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// commandLine is what a process was started with, empty when there is none.
func commandLine(pid int) string {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(strings.ReplaceAll(string(b), "\x00", " "))
}
