// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"
)

// PublishStore holds the outbox.
type PublishStore interface {
	Organizations(ctx context.Context) ([]uuid.UUID, error)
	Publish(ctx context.Context, org uuid.UUID) (int64, error)
}

// Publisher tells listeners of what was committed, a few times a second and all of it at once.
type Publisher struct {
	Store PublishStore
	Log   *slog.Logger
	Every time.Duration
}

// Run publishes until ctx ends. What is left in the outbox then goes out at the next start.
func (p *Publisher) Run(ctx context.Context) {
	tick := time.NewTicker(p.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := p.once(ctx); err != nil && ctx.Err() == nil {
				p.Log.Warn("changes were not published; they are at the next turn", "error", err)
			}
		}
	}
}

func (p *Publisher) once(ctx context.Context) error {
	return eachOrganization(ctx, p.Store, func(ctx context.Context, org uuid.UUID) error {
		_, err := p.Store.Publish(ctx, org)
		return err
	})
}
