// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"context"
	"fmt"
	"sync/atomic"

	"golang.org/x/sync/semaphore"

	"github.com/countersign/countersign/models"
)

// queuePerTurn bounds how many checks wait for each one that runs: at some 40 ms a check, under three seconds' worth.
const queuePerTurn = 64

// gate is the slots that all lanes share.
type gate = semaphore.Weighted

func newGate(slots int) *gate { return semaphore.NewWeighted(int64(slots)) }

// lane is one of two queues before the gate. Each lets only so many of its own stand at the gate or pass it, so a full
// lane of logins puts no more than that many ahead of a signature; and each turns away what it has no room for.
type lane struct {
	turns *semaphore.Weighted
	room  int64
	in    atomic.Int64
}

func newLane(turns int) *lane {
	return &lane{turns: semaphore.NewWeighted(int64(turns)), room: int64(turns + turns*queuePerTurn)}
}

// enter waits for a slot, first come first served, until ctx ends. Call leave when done with it.
func (l *lane) enter(ctx context.Context, g *gate) (leave func(), err error) {
	if l.in.Add(1) > l.room {
		l.in.Add(-1)
		return nil, models.Refuse(models.CodeTooMany, "Too many passwords are being checked. Try again in a few seconds.")
	}
	if err := l.turns.Acquire(ctx, 1); err != nil {
		l.in.Add(-1)
		return nil, fmt.Errorf("wait for a password check: %w", err)
	}
	if err := g.Acquire(ctx, 1); err != nil {
		l.turns.Release(1)
		l.in.Add(-1)
		return nil, fmt.Errorf("wait for a password check: %w", err)
	}
	return func() {
		g.Release(1)
		l.turns.Release(1)
		l.in.Add(-1)
	}, nil
}
