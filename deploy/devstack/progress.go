// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"time"
)

// progress tells the person at the terminal what devstack does. It writes to stderr, because stdout
// belongs to COMMAND.
type progress struct{ to io.Writer }

func (p progress) line(format string, args ...any) {
	fmt.Fprintf(p.to, "devstack: "+format+"\n", args...)
}

// seconds is the time since start as people read it, such as "1.9 s".
func seconds(start time.Time) string {
	return fmt.Sprintf("%.1f s", time.Since(start).Seconds())
}
