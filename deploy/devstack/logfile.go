// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
)

// maxLog is where a server's log is begun afresh at the next start.
const maxLog = 16 << 20

// openLog opens a server's log for appending and says where the next line begins.
func openLog(path string) (*os.File, int64, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > maxLog {
		if err := os.Truncate(path, 0); err != nil {
			return nil, 0, fmt.Errorf("begin the log afresh: %w", err)
		}
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, 0, fmt.Errorf("open the log: %w", err)
	}
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		f.Close()
		return nil, 0, fmt.Errorf("open the log: %w", err)
	}
	return f, end, nil
}

// logSince is what a log says after offset: the lines that tell why a server did not start.
func logSince(path string, offset int64) string {
	f, err := os.Open(path)
	if err != nil {
		return err.Error()
	}
	defer f.Close()
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return err.Error()
	}
	b, err := io.ReadAll(io.LimitReader(f, maxLog))
	if err != nil {
		return err.Error()
	}
	return string(bytes.TrimSpace(b))
}

// lastLines is the end of a text, indented below the message that quotes it. Long lines are cut: Temporal's carry
// whole stacks.
func lastLines(text string, n int) string {
	const width = 300
	lines := strings.Split(text, "\n")
	var b strings.Builder
	for _, line := range lines[max(0, len(lines)-n):] {
		if len(line) > width {
			line = line[:width] + " ..."
		}
		b.WriteString("\n  " + line)
	}
	return b.String()
}
