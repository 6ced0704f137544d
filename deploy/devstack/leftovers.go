// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const postmasterFile = "postmaster.pid"

// endLeftovers ends PostgreSQL processes that an earlier devstack, or a killed postmaster, left on the data in
// dir. PostgreSQL refuses to start beside them ("pre-existing shared memory block is still in use"). Then it removes
// the stale postmaster.pid: its number may by now be another program's, which PostgreSQL would take for a postmaster.
func endLeftovers(dir string) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
		if signalLeftovers(dir, sig) {
			_ = os.Remove(filepath.Join(dir, postmasterFile))
			return
		}
	}
}

// signalLeftovers sends sig to the postmaster and waits for all processes to go. Without a postmaster the others
// are orphans: nothing they do can be committed any more, and they are killed at once.
func signalLeftovers(dir string, sig syscall.Signal) (gone bool) {
	for deadline := time.Now().Add(stopPatience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		pids := postgresIn(dir)
		if len(pids) == 0 {
			return true
		}
		if postmaster := postmasterPID(dir); slices.Contains(pids, postmaster) {
			if sig != 0 {
				_ = syscall.Kill(postmaster, sig)
				sig = 0 // once is enough
			}
			continue
		}
		for _, pid := range pids {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	return false
}

// postmasterPID is what postmaster.pid says, 0 when there is none. The process may be long gone.
func postmasterPID(dir string) int {
	b, err := os.ReadFile(filepath.Join(dir, postmasterFile))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil {
		return 0
	}
	return pid
}
