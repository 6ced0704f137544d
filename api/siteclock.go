// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres/queries"
)

// siteClockAge is how long compiled calendars are kept for showing working time. Due dates do not come from here: Commit
// computes them on the calendar in force.
const siteClockAge = time.Minute

// siteClock is the working calendar of a site.
type siteClock struct {
	name  string
	clock *models.Clock
}

// siteClocks keeps the calendars of organizations, by site: compiling them at every list would cost more than the list.
type siteClocks struct {
	mu   sync.Mutex
	kept map[uuid.UUID]keptClocks
}

type keptClocks struct {
	sites map[string]siteClock
	until time.Time
}

// of is an organization's calendars, by site.
func (k *siteClocks) of(ctx context.Context, a *API, org uuid.UUID) (map[string]siteClock, error) {
	now := a.Now()
	k.mu.Lock()
	kept, ok := k.kept[org]
	k.mu.Unlock()
	if ok && now.Before(kept.until) {
		return kept.sites, nil
	}
	sites, err := a.readSiteClocks(ctx, org)
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept == nil {
		k.kept = map[uuid.UUID]keptClocks{}
	}
	k.kept[org] = keptClocks{sites: sites, until: now.Add(siteClockAge)}
	return sites, nil
}

func (a *API) readSiteClocks(ctx context.Context, org uuid.UUID) (map[string]siteClock, error) {
	sites := map[string]siteClock{}
	err := a.DB.Read(ctx, org, func(q *queries.Queries, _ pgx.Tx) error {
		rows, err := q.WorkingCalendars(ctx, org)
		if err != nil {
			return err
		}
		for _, r := range rows {
			var spec models.Calendar
			if err := json.Unmarshal(r.Spec, &spec); err != nil {
				return fmt.Errorf("read calendar %s: %w", r.Name, err)
			}
			clock, err := spec.Compile()
			if err != nil {
				return fmt.Errorf("compile calendar %s: %w", r.Name, err)
			}
			sites[r.Site] = siteClock{name: r.Name, clock: clock}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the calendars of the sites: %w", err)
	}
	return sites, nil
}

// timed gives open tasks what depends on the present instant: the date that matters, and the working time that is left.
func (a *API) timed(ctx context.Context, org uuid.UUID, items []TaskItem) error {
	clocks, err := a.clocks.of(ctx, a, org)
	if err != nil {
		return err
	}
	now := a.Now()
	for i := range items {
		item := &items[i]
		if item.State != models.TaskOpen {
			continue
		}
		date := dateNow(item.DueAt, item.FollowUpAt, now)
		item.Date = &date
		left := workingLeft(clocks[item.Site.ID].clock, item.DueAt, item.Record.HeldAt, now)
		item.LeftSeconds = &left
	}
	return nil
}

// workingLeft is the working time until a task is due, in seconds; negative beyond it. While the record is on hold, it stands.
func workingLeft(clock *models.Clock, due time.Time, held *time.Time, now time.Time) int64 {
	if held != nil {
		now = *held
	}
	if clock == nil { // a site so new that its calendar was not read yet
		return int64(due.Sub(now) / time.Second)
	}
	return int64(clock.Between(now, due) / time.Second)
}
