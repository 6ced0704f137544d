// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
)

// rows are the tables as they are, behind row security and past every view, index and filter.
type rows struct {
	records   map[uuid.UUID]models.Record
	tasks     map[uuid.UUID]models.Task
	steps     []models.StepRow
	decisions []models.Decision
}

func readRows(t *testing.T, w *world) rows {
	t.Helper()
	conn := w.DB.Admin(t)
	r := rows{records: map[uuid.UUID]models.Record{}, tasks: map[uuid.UUID]models.Task{}}
	for _, record := range collect[models.Record](t, conn, "records") {
		r.records[record.ID] = record
	}
	for _, task := range collect[models.Task](t, conn, "tasks") {
		r.tasks[task.ID] = task
	}
	r.steps, r.decisions = collect[models.StepRow](t, conn, "steps"), collect[models.Decision](t, conn, "decisions")
	return r
}

func collect[T any](t *testing.T, conn *pgx.Conn, table string) []T {
	t.Helper()
	found, err := conn.Query(t.Context(), "SELECT to_jsonb(x) FROM "+table+" x")
	require.NoError(t, err)
	all, err := pgx.CollectRows(found, pgx.RowTo[T])
	require.NoError(t, err)
	require.NotEmpty(t, all)
	return all
}

// tally counts what a board should say by looking at each row in turn.
type tally struct {
	rows
	at, from, to                     time.Time
	sites, sees                      []string
	recordType, class, area, product string

	out map[string]int64
}

func (c tally) with(change func(*tally)) tally {
	change(&c)
	return c
}

func (c *tally) add(n int64, name ...string) {
	if n != 0 {
		c.out[strings.Join(name, "/")] += n
	}
}

func areaOf(r models.Record) string {
	report, _ := r.Data["report"].(map[string]any)
	area, _ := report["department"].(string)
	return area
}

// productsOf are the products of a record's batches, each once; one without a name if there are none.
func productsOf(r models.Record) []string {
	report, _ := r.Data["report"].(map[string]any)
	batches, _ := report["batches"].([]any)
	var products []string
	for _, b := range batches {
		product, _ := b.(map[string]any)["product"].(string)
		if !slices.Contains(products, product) {
			products = append(products, product)
		}
	}
	if len(products) == 0 {
		return []string{""}
	}
	return products
}

func (c *tally) wanted(r models.Record) bool {
	return slices.Contains(c.sites, r.Site) && (c.recordType == "" || r.Type == c.recordType) && (c.class == "" || r.Class == c.class) &&
		(c.area == "" || areaOf(r) == c.area) && (c.product == "" || slices.Contains(productsOf(r), c.product))
}

func (c *tally) during(at time.Time) bool { return !at.Before(c.from) && at.Before(c.to) }

// groups are the groups that a record counts in.
func (c *tally) groups(r models.Record) map[string][]string {
	products := productsOf(r)
	if c.product != "" {
		products = []string{c.product}
	}
	return map[string][]string{"site": {r.Site}, "area": {areaOf(r)}, "product": products, "class": {r.Class}, "all": {""}}
}

func (c tally) count(t *testing.T, w *world) map[string]int64 {
	t.Helper()
	c.out = map[string]int64{}
	c.open(t, w)
	c.flow()
	c.extensions()
	c.forecast()
	c.closed()
	return c.out
}

func (c *tally) open(t *testing.T, w *world) {
	t.Helper()
	clocks := w.clocks(t)
	for _, task := range c.tasks {
		if task.State != models.TaskOpen || !c.wanted(c.records[task.Record]) {
			continue
		}
		left := task.DueAt.Sub(c.at)
		who := "nobody"
		if task.Assignee != nil {
			who = task.Assignee.String()
		}
		level := "met"
		switch {
		case left < 0:
			level = "breached"
			c.add(1, "load", who, "overdue")
		case left < 24*time.Hour:
			level = "at_risk"
		}
		if left >= 0 && left < 7*24*time.Hour {
			c.add(1, "load", who, "week")
		}
		c.add(1, "load", who, "open")
		for _, name := range []string{"levels", "step/" + task.Step} {
			c.add(1, name, "open")
			c.add(1, name, level)
		}
		age := clocks[task.Site].Between(task.OpenedAt, c.at)
		bucket := time.Duration(0)
		for _, hours := range []time.Duration{8, 24, 40, 80} {
			if age >= hours*time.Hour {
				bucket = hours * time.Hour
			}
		}
		c.add(1, "age", task.Step, bucket.String())
	}
}

// clocks are the calendars of the sites.
func (w *world) clocks(t *testing.T) map[string]*models.Clock {
	t.Helper()
	conn := w.DB.Admin(t)
	calendars := map[uuid.UUID]models.Calendar{}
	for _, row := range collect[struct {
		ID   uuid.UUID       `json:"id"`
		Spec models.Calendar `json:"spec"`
	}](t, conn, "calendars") {
		calendars[row.ID] = row.Spec
	}
	clocks := map[string]*models.Clock{}
	for _, site := range collect[postgres.SiteRow](t, conn, "sites") {
		clock, err := calendars[site.Calendar].Compile()
		require.NoError(t, err)
		clocks[site.ID] = clock
	}
	return clocks
}

// quantile is interpolated between the two values around it.
func quantile(values []float64, p float64) int64 {
	slices.Sort(values)
	place := p * float64(len(values)-1)
	low, high := values[int(math.Floor(place))], values[int(math.Ceil(place))]
	return int64(math.Round(low + (high-low)*(place-math.Floor(place))))
}

func (c *tally) spread(values []float64, name ...string) {
	total := 0.0
	for _, v := range values {
		total += v
	}
	c.add(quantile(values, 0.5), append(name, "median")...)
	c.add(quantile(values, 0.9), append(name, "p90")...)
	c.add(int64(math.Round(total)), append(name, "total")...)
}

// flow counts decisions, which the board takes from tasks.
func (c *tally) flow() {
	waiting, touch := map[string][]float64{}, map[string][]float64{}
	for _, d := range c.decisions {
		r, task := c.records[d.Record], c.tasks[d.Task]
		if !c.during(d.At) || !c.wanted(r) {
			continue
		}
		claimed := task.OpenedAt
		if task.ClaimedAt != nil {
			claimed = *task.ClaimedAt
		}
		waiting[d.Step] = append(waiting[d.Step], claimed.Sub(task.OpenedAt).Seconds())
		touch[d.Step] = append(touch[d.Step], d.At.Sub(claimed).Seconds())
		returned := int64(0)
		if d.Outcome == "returned" {
			returned = 1
		}
		c.add(1, "flow", d.Step, "decided")
		c.add(returned, "flow", d.Step, "returned")
		for by, keys := range c.groups(r) {
			for _, key := range keys {
				if by == "site" || by == "area" || by == "product" {
					c.add(1, "returns", by, key, d.Step, "decided")
					c.add(returned, "returns", by, key, d.Step, "returned")
				}
			}
		}
	}
	for step := range waiting {
		c.spread(waiting[step], "flow", step, "waiting")
		c.spread(touch[step], "flow", step, "touch")
	}
}

func (c *tally) extensions() {
	for _, request := range c.steps {
		if request.Step != "extension_approval" || !c.during(request.OpenedAt) || !c.wanted(c.records[request.Record]) {
			continue
		}
		var at models.StepRow
		for _, s := range c.steps {
			if s.Record == request.Record && s.Step != "extension_approval" && !s.OpenedAt.After(request.OpenedAt) && s.OpenedAt.After(at.OpenedAt) {
				at = s
			}
		}
		c.add(1, "extensions", "requested")
		c.add(1, "extensions", at.Step, "requested")
		if request.Outcome == "approved" {
			c.add(1, "extensions", "approved")
			c.add(1, "extensions", at.Step, "approved")
		}
	}
}

func (c *tally) forecast() {
	touch := map[string][]float64{}
	for _, d := range c.decisions {
		r, task := c.records[d.Record], c.tasks[d.Task]
		if d.At.Before(c.at.Add(-90*24*time.Hour)) || !d.At.Before(c.at) || !slices.Contains(c.sees, r.Site) || c.recordType != "" && c.recordType != r.Type {
			continue
		}
		claimed := task.OpenedAt
		if task.ClaimedAt != nil {
			claimed = *task.ClaimedAt
		}
		touch[d.Step] = append(touch[d.Step], d.At.Sub(claimed).Seconds())
	}
	median := map[string]time.Duration{}
	for step, values := range touch {
		slices.Sort(values)
		n := len(values)
		median[step] = time.Duration((values[(n-1)/2] + values[n/2]) / 2 * float64(time.Second))
		c.add(quantile(values, 0.5), "forecast", step, "touch")
	}
	for _, task := range c.tasks {
		if task.State != models.TaskOpen || !c.wanted(c.records[task.Record]) || task.DueAt.Before(c.at) {
			continue
		}
		began := c.at
		if task.ClaimedAt != nil {
			began = *task.ClaimedAt
		}
		takes, known := median[task.Step]
		if !known || !task.DueAt.Before(began.Add(takes)) {
			continue
		}
		for _, days := range []string{"1", "3", "7"} {
			if task.DueAt.Before(c.at.AddDate(0, 0, int(days[0]-'0'))) {
				c.add(1, "forecast", days)
				c.add(1, "forecast", task.Step, days)
			}
		}
	}
}

func (c *tally) closed() {
	cycles := map[string][]float64{}
	for _, r := range c.records {
		if r.State != models.StateClosed || !c.during(*r.ClosedAt) || !c.wanted(r) {
			continue
		}
		for by, keys := range c.groups(r) {
			for _, key := range keys {
				name := "closed/" + by + "/" + key
				cycles[name] = append(cycles[name], r.ClosedAt.Sub(r.AwareAt).Seconds())
				c.add(1, name, "closed")
				for what, holds := range map[string]bool{
					"on_time": !r.ClosedAt.After(r.DueAt), "on_time_original": !r.ClosedAt.After(r.OriginalDueAt),
					"repeats": r.Flags["repeat"], "human_errors": r.Flags["human_error"],
				} {
					if holds {
						c.add(1, name, what)
					}
				}
			}
		}
	}
	for name, values := range cycles {
		c.add(quantile(values, 0.5), name, "median")
		c.add(quantile(values, 0.9), name, "p90")
	}
}
