// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres/queries"
)

// What the board counts by. Lists take the same values, so that a figure and the list behind it cannot part.
const (
	RiskWithin  = 24 * time.Hour      // open work that is due so soon is at risk
	TouchWindow = 90 * 24 * time.Hour // how far back the forecast looks for how long a step takes
	BoardRows   = 200                 // of one table of the board; one more is read, to know whether there are more
)

// AgeBounds are where the buckets of age part, in hours of the site's working time: a day, three, five and ten of eight hours.
var AgeBounds = [4]int{8, 24, 40, 80}

// ForecastDays are how far ahead the forecast looks.
var ForecastDays = [3]int{1, 3, 7}

// BoardFilter narrows the board. What is zero does not narrow, but for Sites, Sees, From, To and At, which are always given.
type BoardFilter struct {
	Sites      []string // that are asked for, all of which the reader sees
	Sees       []string // all that the reader sees: the forecast knows from them how long a step takes
	Everywhere bool     // Sites are all there are
	Type       string
	Class      string
	Area       string
	Product    string
	From       time.Time // of what was closed, decided or asked for: From included, To not
	To         time.Time
	At         time.Time // the instant that open work is looked at
	Side       []string  // the steps beside the main line, of all types
}

// Board is every figure of the manager's board, all as of one snapshot.
type Board struct {
	Sites      []queries.Site
	Open       []queries.BoardOpenRow // by type, step and site
	Load       []queries.BoardLoadRow // by person, the busiest first
	Flow       []queries.BoardFlowRow // decided in the period, by type and step
	Returns    []queries.BoardReturnsRow
	Extensions []queries.BoardExtensionsRow
	Touch      []queries.BoardTouchRow
	Forecast   []queries.BoardForecastRow
	Closed     []queries.BoardClosedRow // closed in the period, by dimension
}

// Board reads the figures in one read-only transaction.
func (db *DB) Board(ctx context.Context, org uuid.UUID, f BoardFilter) (*Board, error) {
	b := &Board{}
	err := db.Read(ctx, org, func(q *queries.Queries, tx pgx.Tx) error {
		// An aggregate over many rows gains from a plan of its own and from room to sort in memory.
		if _, err := tx.Exec(ctx, "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('work_mem', '32MB', true)"); err != nil {
			return fmt.Errorf("prepare the board: %w", err)
		}
		for _, read := range []func(context.Context, *queries.Queries, uuid.UUID, BoardFilter) error{b.open, b.decided, b.forecast, b.closed} {
			if err := read(ctx, q, org, f); err != nil {
				return err
			}
		}
		return nil
	})
	return b, err
}

func (b *Board) open(ctx context.Context, q *queries.Queries, org uuid.UUID, f BoardFilter) error {
	var err error
	if b.Sites, err = q.Sites(ctx, org); err != nil {
		return fmt.Errorf("read the sites: %w", err)
	}
	clocks, err := clocksOf(ctx, q, org)
	if err != nil {
		return err
	}
	var ages [len(AgeBounds)][]time.Time
	for _, site := range f.Sites {
		for i, hours := range AgeBounds {
			ages[i] = append(ages[i], openedBefore(clocks[site], f.At, hours))
		}
	}
	if b.Open, err = q.BoardOpen(ctx, queries.BoardOpenParams{
		Org: org, Sites: f.Sites, At: f.At, Risk: f.At.Add(RiskWithin), First: ages[0], Second: ages[1], Third: ages[2], Fourth: ages[3],
		Type: f.Type, Class: f.Class, Area: f.Area, Product: f.Product,
	}); err != nil {
		return fmt.Errorf("count open work: %w", err)
	}
	if b.Load, err = q.BoardLoad(ctx, queries.BoardLoadParams{
		Org: org, Sites: f.Sites, At: f.At, Week: f.At.AddDate(0, 0, 7), Rows: BoardRows + 1,
		Type: f.Type, Class: f.Class, Area: f.Area, Product: f.Product,
	}); err != nil {
		return fmt.Errorf("count the load: %w", err)
	}
	return nil
}

func (b *Board) decided(ctx context.Context, q *queries.Queries, org uuid.UUID, f BoardFilter) error {
	var err error
	if b.Flow, err = q.BoardFlow(ctx, queries.BoardFlowParams{
		Org: org, Sites: f.Sites, Since: f.From, Until: f.To, Type: f.Type, Class: f.Class, Area: f.Area, Product: f.Product,
	}); err != nil {
		return fmt.Errorf("measure decided work: %w", err)
	}
	if b.Returns, err = q.BoardReturns(ctx, queries.BoardReturnsParams{
		Org: org, Sites: f.Sites, Since: f.From, Until: f.To, Rows: BoardRows + 1, Type: f.Type, Class: f.Class, Area: f.Area, Product: f.Product,
	}); err != nil {
		return fmt.Errorf("count returns: %w", err)
	}
	if b.Extensions, err = q.BoardExtensions(ctx, queries.BoardExtensionsParams{
		Org: org, Sites: f.Sites, Side: f.Side, Step: models.StepExtensionApproval, Since: f.From, Until: f.To,
		Type: f.Type, Class: f.Class, Area: f.Area, Product: f.Product,
	}); err != nil {
		return fmt.Errorf("count extensions: %w", err)
	}
	return nil
}

func (b *Board) forecast(ctx context.Context, q *queries.Queries, org uuid.UUID, f BoardFilter) error {
	var err error
	if b.Touch, err = b.touch(ctx, q, org, f); err != nil {
		return err
	}
	p := queries.BoardForecastParams{
		Org: org, Sites: f.Sites, At: f.At, Day1: daysAfter(f.At, 0), Day3: daysAfter(f.At, 1), Day7: daysAfter(f.At, 2),
		Type: f.Type, Class: f.Class, Area: f.Area, Product: f.Product, Types: []string{}, Steps: []string{}, Seconds: []float64{},
	}
	for _, t := range b.Touch {
		p.Types, p.Steps, p.Seconds = append(p.Types, t.RecordType), append(p.Steps, t.Step), append(p.Seconds, t.Median)
	}
	if b.Forecast, err = q.BoardForecast(ctx, p); err != nil {
		return fmt.Errorf("forecast breaches: %w", err)
	}
	return nil
}

func (b *Board) closed(ctx context.Context, q *queries.Queries, org uuid.UUID, f BoardFilter) error {
	var err error
	if b.Closed, err = q.BoardClosed(ctx, queries.BoardClosedParams{
		Org: org, Sites: f.Sites, Since: f.From, Until: f.To, Rows: BoardRows + 1, Type: f.Type, Class: f.Class, Area: f.Area, Product: f.Product,
	}); err != nil {
		return fmt.Errorf("measure closed records: %w", err)
	}
	return nil
}

// touch is touchOf for all that the reader sees. A board that is not narrowed has measured it already.
func (b *Board) touch(ctx context.Context, q *queries.Queries, org uuid.UUID, f BoardFilter) ([]queries.BoardTouchRow, error) {
	narrowed := len(f.Sites) < len(f.Sees) || f.Type+f.Class+f.Area+f.Product != ""
	if narrowed || !f.From.Equal(f.At.Add(-TouchWindow)) || !f.To.Equal(f.At) {
		return touchOf(ctx, q, org, f.Sees, f.At)
	}
	rows := make([]queries.BoardTouchRow, len(b.Flow))
	for i, flow := range b.Flow {
		rows[i] = queries.BoardTouchRow{RecordType: flow.RecordType, Step: flow.Step, Decided: flow.Decided, Median: flow.Touch[0]}
	}
	return rows, nil
}

// touchOf is how long each step took from being claimed to being decided, in the time before an instant.
func touchOf(ctx context.Context, q *queries.Queries, org uuid.UUID, sites []string, at time.Time) ([]queries.BoardTouchRow, error) {
	rows, err := q.BoardTouch(ctx, queries.BoardTouchParams{Org: org, Sites: sites, Since: at.Add(-TouchWindow), Until: at})
	if err != nil {
		return nil, fmt.Errorf("measure touch times: %w", err)
	}
	return rows, nil
}

func daysAfter(at time.Time, i int) time.Time {
	return at.Add(time.Duration(ForecastDays[i]) * 24 * time.Hour)
}

// openedBefore is the latest instant that lies so many working hours before another. Without a calendar every hour is one.
func openedBefore(clock *models.Clock, at time.Time, hours int) time.Time {
	if clock == nil {
		return at.Add(-time.Duration(hours) * time.Hour)
	}
	return clock.Add(at, models.Duration{N: -hours, Unit: models.UnitWorkingHour})
}

// clocksOf are the working calendars of the sites in force.
func clocksOf(ctx context.Context, q *queries.Queries, org uuid.UUID) (map[string]*models.Clock, error) {
	rows, err := q.WorkingCalendars(ctx, org)
	if err != nil {
		return nil, fmt.Errorf("read the calendars: %w", err)
	}
	clocks := make(map[string]*models.Clock, len(rows))
	for _, row := range rows {
		var spec models.Calendar
		if err := json.Unmarshal(row.Spec, &spec); err != nil {
			return nil, fmt.Errorf("read the calendar of site %s: %w", row.Site, err)
		}
		if clocks[row.Site], err = spec.Compile(); err != nil {
			return nil, fmt.Errorf("calendar of site %s: %w", row.Site, err)
		}
	}
	return clocks, nil
}

// SiteIDs are all sites of an organization.
func (db *DB) SiteIDs(ctx context.Context, org uuid.UUID) (ids []string, err error) {
	err = db.Read(ctx, org, func(q *queries.Queries, _ pgx.Tx) error {
		ids, err = q.SiteIDs(ctx, org)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the sites: %w", err)
	}
	return ids, nil
}
