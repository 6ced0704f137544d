// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/countersign/countersign/models"
)

// watchClock keeps one timer for the whole record, set to the earliest instant at which any of its clocks rings: warnings,
// due dates, escalations, statutory terms. Postgres holds the instants. When the timer fires, Commit reads them again under
// lock; one that an extension moved or a decision stopped fires nothing, and Postgres says when to come back. So a due date
// that moves out costs the engine nothing, and only one that moves in sets a new timer.
func (c *Case) watchClock(ctx workflow.Context) {
	for {
		if err := workflow.Await(ctx, func() bool { return c.state != nil && !c.state.Next.IsZero() && !c.over() }); err != nil {
			return
		}
		at := c.state.Next
		if wait := at.Sub(workflow.Now(ctx)); wait > 0 {
			sooner, err := awaitFor(ctx, wait+time.Millisecond, func() bool {
				return c.state.Next.Before(at) && !c.state.Next.IsZero()
			})
			if err != nil {
				return
			}
			if sooner {
				continue
			}
		}
		if c.over() {
			continue
		}
		c.own(ctx, models.CommandClock, struct{}{})
		// Nothing rang: the clock of the server that commits is behind the engine's.
		if c.state.Next.Equal(at) {
			if _, err := awaitFor(ctx, time.Second, func() bool { return !c.state.Next.Equal(at) }); err != nil {
				return
			}
		}
	}
}
