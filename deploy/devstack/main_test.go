// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"testing"
)

// The test binary plays every part: devstack itself, its Temporal child, and the COMMAND it runs. So the suite needs
// no second build.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "devstack":
			os.Args = append(os.Args[:1], os.Args[2:]...)
			main()
		case temporalServerCommand:
			main()
		case "hold":
			os.Exit(hold())
		}
	}
	os.Exit(m.Run())
}

// exitOnTerm is the exit code of hold when a SIGTERM reaches it.
const exitOnTerm = 42

// hold is a COMMAND that prints its environment, with its own pid, and then exits with the number that it reads from stdin.
func hold() int {
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	go func() {
		<-term
		os.Exit(exitOnTerm)
	}()
	if err := json.NewEncoder(os.Stdout).Encode(append(os.Environ(), fmt.Sprintf("HOLD_PID=%d", os.Getpid()))); err != nil {
		return 1
	}
	var code int
	if _, err := fmt.Fscan(os.Stdin, &code); err != nil && err != io.EOF {
		return 1
	}
	return code
}
