// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

const (
	barWidth   = 30
	redrawNext = 100 * time.Millisecond // on a terminal
	plainNext  = 5 * time.Second        // into a file or a pipe
)

// progress shows how far a long command is: a bar on a terminal, a line now and then elsewhere.
type progress struct {
	out      io.Writer
	terminal bool
	started  time.Time
	shown    time.Time
}

func newProgress(out io.Writer) *progress {
	return &progress{out: out, terminal: isTerminal(out), started: time.Now(), shown: time.Now()}
}

func isTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// show draws done things and the share of all of them, 0 to 1, or less than 0 where nobody knows.
func (p *progress) show(done int, share float64) {
	every := plainNext
	if p.terminal {
		every = redrawNext
	}
	if time.Since(p.shown) < every {
		return
	}
	p.shown = time.Now()
	rate := float64(done) / time.Since(p.started).Seconds()
	percent := ""
	if share >= 0 {
		percent = fmt.Sprintf(" %3.0f %%", min(share, 1)*100)
	}
	if !p.terminal {
		fmt.Fprintf(p.out, "%d records%s, %.0f a second\n", done, percent, rate)
		return
	}
	full := int(min(max(share, 0), 1) * barWidth)
	fmt.Fprintf(p.out, "\r[%s%s]%s  %d records, %.0f a second ", strings.Repeat("#", full), strings.Repeat("-", barWidth-full), percent, done, rate)
}

// line prints something that stays, above the bar.
func (p *progress) line(format string, args ...any) {
	p.clear()
	fmt.Fprintf(p.out, format+"\n", args...)
}

// clear takes the bar away.
func (p *progress) clear() {
	if p.terminal {
		fmt.Fprint(p.out, "\r\033[K")
	}
}
