// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"sync"
	"time"

	"github.com/google/uuid"
)

// lockedEvery is how often an attempt at a locked account is recorded by one server.
const lockedEvery = time.Minute

// lockedOut counts the attempts at locked accounts between those that are recorded. It holds one entry for each account that was
// ever tried while it was locked. Its zero value is ready.
type lockedOut struct {
	mu    sync.Mutex
	tried map[uuid.UUID]tried
}

type tried struct {
	recorded time.Time
	omitted  int // since then
}

// attempt says whether this one is to be recorded, and then how many were left out since the last.
func (l *lockedOut) attempt(person uuid.UUID, at time.Time) (record bool, omitted int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.tried == nil {
		l.tried = map[uuid.UUID]tried{}
	}
	last, known := l.tried[person]
	if known && at.Sub(last.recorded) < lockedEvery {
		last.omitted++
		l.tried[person] = last
		return false, 0
	}
	l.tried[person] = tried{recorded: at}
	return true, last.omitted
}
