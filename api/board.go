// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"slices"
	"time"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
)

// Figure is a count with the list that it is the length of.
type Figure struct {
	Count int64  `json:"count"`
	List  string `json:"list" doc:"Path and query that list exactly what is counted."`
}

// Spread is how durations are spread, in seconds.
type Spread struct {
	Median int64 `json:"median_seconds"`
	P90    int64 `json:"p90_seconds" doc:"Nine of ten are no longer than this (interpolated)."`
	Total  int64 `json:"total_seconds"`
}

// BoardLevels are the service levels of open tasks.
type BoardLevels struct {
	Open     Figure `json:"open"`
	Met      Figure `json:"met" doc:"Due in 24 hours or later."`
	AtRisk   Figure `json:"at_risk" doc:"Due within 24 hours."`
	Breached Figure `json:"breached" doc:"The due instant has passed."`
}

// AgeBucket counts open tasks by how long they have been open.
type AgeBucket struct {
	From int64 `json:"from_seconds" doc:"Of the working time of the task's site, since it was opened."`
	To   int64 `json:"to_seconds,omitempty" doc:"Not included; absent where there is no end."`
	Figure
}

// StepOpen is the open work of one step.
type StepOpen struct {
	Type  string `json:"type"`
	Step  string `json:"step"`
	Title string `json:"title"`
	BoardLevels
	Ageing []AgeBucket `json:"ageing"`
}

// Load is what one person holds.
type Load struct {
	Person      *Named `json:"person,omitempty" doc:"Absent for what is offered to a group and held by nobody."`
	Open        Figure `json:"open"`
	Overdue     Figure `json:"overdue"`
	DueThisWeek Figure `json:"due_this_week" doc:"Due within 7 days; what is overdue is not counted again."`
}

// StepFlow is what was decided at one step in the period.
type StepFlow struct {
	Type     string `json:"type"`
	Step     string `json:"step"`
	Title    string `json:"title"`
	Decided  Figure `json:"decided"`
	Returned Figure `json:"returned" doc:"Over decided, this is the return rate."`
	Waiting  Spread `json:"waiting" doc:"From opened to claimed, in elapsed time; 0 for a task that was given to somebody when it opened. A task that changed hands counts from its last claim."`
	Touch    Spread `json:"touch" doc:"From claimed to decided, in elapsed time."`
}

// StepReturns is the return rate of one step in one group.
type StepReturns struct {
	Key      string `json:"key"`
	Name     string `json:"name"`
	Type     string `json:"type"`
	Step     string `json:"step"`
	Title    string `json:"title"`
	Decided  Figure `json:"decided"`
	Returned Figure `json:"returned"`
}

// Returns are the return rates by group. A record with several products counts for each.
type Returns struct {
	Site    []StepReturns `json:"site"`
	Area    []StepReturns `json:"area"`
	Product []StepReturns `json:"product"`
}

// StepExtensions are the requests for more time made while records stood at one step.
type StepExtensions struct {
	Type      string `json:"type"`
	Step      string `json:"step"`
	Title     string `json:"title"`
	Requested Figure `json:"requested"`
	Approved  Figure `json:"approved" doc:"Of those requested in the period."`
}

// Extensions are the requests for more time of the period.
type Extensions struct {
	Requested Figure           `json:"requested"`
	Approved  Figure           `json:"approved" doc:"Of those requested in the period."`
	Steps     []StepExtensions `json:"steps"`
}

// Breaches are expected within so many days.
type Breaches struct {
	Days int `json:"days"`
	Figure
}

// StepForecast is the forecast of one step.
type StepForecast struct {
	Type   string     `json:"type"`
	Step   string     `json:"step"`
	Title  string     `json:"title"`
	Touch  int64      `json:"median_touch_seconds"`
	From   int64      `json:"measured_on" doc:"So many decided tasks."`
	Within []Breaches `json:"within"`
}

// Forecast is what will be breached if nothing goes faster than it did.
type Forecast struct {
	Method string         `json:"method"`
	Within []Breaches     `json:"within"`
	Steps  []StepForecast `json:"steps"`
}

// Closure is what was closed in the period, in one group. What was cancelled was not closed, and what was reopened is open.
type Closure struct {
	Key            string `json:"key"`
	Name           string `json:"name"`
	Closed         Figure `json:"closed"`
	OnTime         Figure `json:"on_time" doc:"By the due date as extended."`
	OnTimeOriginal Figure `json:"on_time_original" doc:"By the due date before any extension."`
	Repeats        Figure `json:"repeats" doc:"Over closed, this is the recurrence."`
	HumanErrors    Figure `json:"human_errors"`
	CycleMedian    int64  `json:"cycle_median_seconds" doc:"From awareness to closure, in elapsed time."`
	CycleP90       int64  `json:"cycle_p90_seconds"`
}

// Closures are what was closed, by group. A record with several products counts for each.
type Closures struct {
	All     Closure   `json:"all"`
	Class   []Closure `json:"class"`
	Site    []Closure `json:"site"`
	Area    []Closure `json:"area"`
	Product []Closure `json:"product"`
}

// Board is the manager's board: open work as it stands, and what was decided and closed in a period. Durations are in seconds.
type Board struct {
	At         time.Time   `json:"at" doc:"The instant at which open work was looked at. The lists name it, so that they list the same later."`
	From       time.Time   `json:"from" doc:"Of the period; included."`
	To         time.Time   `json:"to" doc:"Not included."`
	Sites      []Place     `json:"sites" doc:"Of which the board tells."`
	Levels     BoardLevels `json:"levels"`
	Steps      []StepOpen  `json:"steps"`
	Load       []Load      `json:"load" doc:"The busiest first."`
	Flow       []StepFlow  `json:"flow"`
	Returns    Returns     `json:"returns"`
	Extensions Extensions  `json:"extensions"`
	Forecast   Forecast    `json:"forecast"`
	Closed     Closures    `json:"closed"`
	Cut        []string    `json:"cut" doc:"Tables that have more rows than are told: the 200 with the highest counts are."`
}

// BoardFilters narrow the board.
type BoardFilters struct {
	Type    string    `query:"type" maxLength:"100"`
	Site    []string  `query:"site" maxItems:"100" doc:"Id of a site, or of several."`
	Area    string    `query:"area" maxLength:"500" doc:"The owning department."`
	Product string    `query:"product" maxLength:"500" doc:"One of the products of its batches."`
	Class   string    `query:"class" maxLength:"100"`
	From    time.Time `query:"from" doc:"90 days before its end unless told."`
	To      time.Time `query:"to" doc:"Now unless told; not included."`
}

// periodBefore is how long a period is unless told.
const periodBefore = 90 * 24 * time.Hour

type boardOutput struct{ Body Board }

// board counts at the sites whose figures the caller sees.
func (a *API) board(ctx context.Context, in *BoardFilters) (*boardOutput, error) {
	board, err := a.readBoard(ctx, *in)
	if err != nil {
		return nil, err
	}
	return &boardOutput{Body: *board}, nil
}

func (a *API) readBoard(ctx context.Context, in BoardFilters) (*Board, error) {
	c := callerOf(ctx)
	if err := a.may(ctx, c, "sla.read"); err != nil {
		return nil, err
	}
	f, err := a.boardFilter(ctx, c, in)
	if err != nil {
		return nil, err
	}
	rows, err := a.DB.Board(ctx, c.Org, f)
	if err != nil {
		return nil, err
	}
	return newBoard(a.Types, rows, f), nil
}

func (a *API) boardFilter(ctx context.Context, c *caller, in BoardFilters) (postgres.BoardFilter, error) {
	f := postgres.BoardFilter{
		Type: in.Type, Class: in.Class, Area: in.Area, Product: in.Product,
		From: in.From.UTC(), To: in.To.UTC(), At: a.Now().UTC().Truncate(time.Microsecond), Side: a.sideSteps(),
	}
	if in.To.IsZero() {
		f.To = f.At
	}
	if in.From.IsZero() {
		f.From = f.To.Add(-periodBefore)
	}
	for name, at := range map[string]time.Time{"from": f.From, "to": f.To} {
		if at.Year() < 1 || at.Year() > 9999 {
			return f, models.InvalidField("query."+name, "out_of_range", "The year is between 1 and 9999 in UTC.")
		}
	}
	if !f.From.Before(f.To) {
		return f, models.InvalidField("query.from", "order", "The period begins before it ends.")
	}
	sees, everywhere, err := a.sitesSeen(ctx, c)
	f.Sites, f.Sees, f.Everywhere = sees, sees, everywhere && len(in.Site) == 0
	if len(in.Site) > 0 {
		f.Sites = slices.DeleteFunc(slices.Clone(sees), func(site string) bool { return !slices.Contains(in.Site, site) })
	}
	return f, err
}

// sitesSeen are the sites whose figures the caller may see, and whether that is all there are.
func (a *API) sitesSeen(ctx context.Context, c *caller) (sites []string, everywhere bool, err error) {
	scope, err := a.Policy.Scope(ctx, c.Person)
	if err != nil {
		return nil, false, err
	}
	return a.sitesUnder(ctx, c, scope.Levels)
}

// sitesUnder are the sites under scope keys, and whether that is all there are.
func (a *API) sitesUnder(ctx context.Context, c *caller, keys []string) (sites []string, everywhere bool, err error) {
	if sites, everywhere = sitesOf(keys); everywhere {
		sites, err = a.DB.SiteIDs(ctx, c.Org)
	}
	return sites, everywhere, err
}

// sideSteps are the steps that no record stands at.
func (a *API) sideSteps() []string {
	side := []string{}
	for _, t := range a.sortedTypes() {
		for _, s := range t.Steps {
			if s.Side && !slices.Contains(side, s.Name) {
				side = append(side, s.Name)
			}
		}
	}
	return side
}
