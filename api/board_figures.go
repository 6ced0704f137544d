// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
	"github.com/countersign/countersign/models/postgres/queries"
)

const forecastMethod = "A task is expected to be decided its step's median touch time after it was claimed, or after now if nobody holds it. " +
	"It is counted where its due date comes before that, and within so many days. The median is of what was decided at the same step, at the sites whose figures you see, in the 90 days before now; " +
	"steps without any are not forecast. What is breached already is not counted."

// boardView puts the rows of a board together with the lists behind them.
type boardView struct {
	types models.Types
	f     postgres.BoardFilter
	rows  *postgres.Board
	out   *Board
}

func newBoard(types models.Types, rows *postgres.Board, f postgres.BoardFilter) *Board {
	v := boardView{types: types, f: f, rows: rows, out: &Board{At: f.At, From: f.From, To: f.To, Sites: []Place{}, Cut: []string{}}}
	for _, site := range f.Sites {
		v.out.Sites = append(v.out.Sites, siteNamed(rows.Sites, site))
	}
	v.open()
	v.load()
	v.flow()
	v.returns()
	v.extensions()
	v.forecast()
	v.closed()
	return v.out
}

// figure counts tasks of a box. Pairs are names and values of parameters beside the board's own filters.
func (v boardView) figure(count int64, box string, pairs ...string) Figure {
	return Figure{Count: count, List: v.list("/v1/tasks", append([]string{"box", box, "type", v.f.Type}, pairs...))}
}

// records counts records that were closed in the period.
func (v boardView) records(count int64, pairs ...string) Figure {
	period := []string{"type", v.f.Type, "state", models.StateClosed, "sort", "-closed", "closed_from", instant(v.f.From), "closed_before", instant(v.f.To)}
	return Figure{Count: count, List: v.list("/v1/records", append(period, pairs...))}
}

func (v boardView) list(path string, pairs []string) string {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	set("class", v.f.Class)
	set("area", v.f.Area)
	set("product", v.f.Product)
	if !v.f.Everywhere {
		q.Set("site", siteList(v.f.Sites))
	}
	for i := 0; i < len(pairs); i += 2 {
		set(pairs[i], pairs[i+1])
	}
	return path + "?" + q.Encode()
}

// siteList is the value of the parameter site. Who sees no site asks for one that is none, because no value would not narrow.
func siteList(sites []string) string {
	if len(sites) == 0 {
		return "-"
	}
	return strings.Join(sites, ",")
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func seconds(s float64) int64 { return int64(math.Round(s)) }

func spread(quantiles []float64, total float64) Spread {
	return Spread{Median: seconds(quantiles[0]), P90: seconds(quantiles[1]), Total: seconds(total)}
}

func (v boardView) title(recordType, step string) string {
	s, _ := v.types[recordType].Step(step)
	return s.Title
}

// level is what is due in a window from now.
func (v boardView) level(count int64, from, before time.Time, pairs ...string) Figure {
	if !from.IsZero() {
		pairs = append(pairs[:len(pairs):len(pairs)], "due_from", instant(from))
	}
	if !before.IsZero() {
		pairs = append(pairs[:len(pairs):len(pairs)], "due_before", instant(before))
	}
	return v.figure(count, postgres.BoxAll, pairs...)
}

func (v boardView) levels(open, met, risk, breached int64, pairs ...string) BoardLevels {
	soon := v.f.At.Add(postgres.RiskWithin)
	return BoardLevels{
		Open:     v.figure(open, postgres.BoxAll, pairs...),
		Met:      v.level(met, soon, time.Time{}, pairs...),
		AtRisk:   v.level(risk, v.f.At, soon, pairs...),
		Breached: v.level(breached, time.Time{}, v.f.At, pairs...),
	}
}

// open adds the sites of each step up: their calendars part the buckets of age, and their rows come one after another.
func (v boardView) open() {
	v.out.Steps = []StepOpen{}
	var total queries.BoardOpenRow
	for i := 0; i < len(v.rows.Open); {
		sum := queries.BoardOpenRow{RecordType: v.rows.Open[i].RecordType, Step: v.rows.Open[i].Step}
		for ; i < len(v.rows.Open) && v.rows.Open[i].RecordType == sum.RecordType && v.rows.Open[i].Step == sum.Step; i++ {
			addOpen(&sum, v.rows.Open[i])
		}
		addOpen(&total, sum)
		where := []string{"type", sum.RecordType, "step", sum.Step}
		v.out.Steps = append(v.out.Steps, StepOpen{
			Type: sum.RecordType, Step: sum.Step, Title: v.title(sum.RecordType, sum.Step),
			BoardLevels: v.levels(sum.Open, sum.Met, sum.AtRisk, sum.Breached, where...), Ageing: v.ageing(sum, where),
		})
	}
	v.out.Levels = v.levels(total.Open, total.Met, total.AtRisk, total.Breached)
}

func addOpen(sum *queries.BoardOpenRow, row queries.BoardOpenRow) {
	sum.Open += row.Open
	sum.Met += row.Met
	sum.AtRisk += row.AtRisk
	sum.Breached += row.Breached
	sum.Older1 += row.Older1
	sum.Older2 += row.Older2
	sum.Older3 += row.Older3
	sum.Older4 += row.Older4
}

// ageing takes buckets out of "at least so old".
func (v boardView) ageing(row queries.BoardOpenRow, where []string) []AgeBucket {
	older := []int64{row.Open, row.Older1, row.Older2, row.Older3, row.Older4, 0}
	bounds := append([]int{0}, postgres.AgeBounds[:]...)
	buckets := make([]AgeBucket, len(bounds))
	for i, from := range bounds {
		pairs := append(where[:len(where):len(where)], "at", instant(v.f.At))
		if from > 0 {
			pairs = append(pairs, "age_from", strconv.Itoa(from))
		}
		b := AgeBucket{From: int64(from) * 3600}
		if i+1 < len(bounds) {
			b.To = int64(bounds[i+1]) * 3600
			pairs = append(pairs, "age_to", strconv.Itoa(bounds[i+1]))
		}
		b.Figure = v.figure(older[i]-older[i+1], postgres.BoxAll, pairs...)
		buckets[i] = b
	}
	return buckets
}

func (v boardView) load() {
	v.out.Load = []Load{}
	for _, row := range cut(v.out, "load", v.rows.Load) {
		who := []string{"claimed", "false"}
		if row.AssigneeID != nil {
			who = []string{"assignee", row.AssigneeID.String()}
		}
		v.out.Load = append(v.out.Load, Load{
			Person: named(row.AssigneeID, row.AssigneeName), Open: v.figure(row.Open, postgres.BoxAll, who...),
			Overdue:     v.level(row.Overdue, time.Time{}, v.f.At, who...),
			DueThisWeek: v.level(row.DueThisWeek, v.f.At, v.f.At.AddDate(0, 0, 7), who...),
		})
	}
}

// cut keeps a table at its length, and notes that it was longer.
func cut[T any](b *Board, name string, rows []T) []T {
	if len(rows) <= postgres.BoardRows {
		return rows
	}
	b.Cut = append(b.Cut, name)
	return rows[:postgres.BoardRows]
}

// decided counts what was decided in the period.
func (v boardView) decided(count int64, pairs ...string) Figure {
	return v.figure(count, postgres.BoxDecided, append([]string{"completed_from", instant(v.f.From), "completed_before", instant(v.f.To)}, pairs...)...)
}

func (v boardView) flow() {
	v.out.Flow = []StepFlow{}
	for _, row := range v.rows.Flow {
		v.out.Flow = append(v.out.Flow, StepFlow{
			Type: row.RecordType, Step: row.Step, Title: v.title(row.RecordType, row.Step),
			Decided:  v.decided(row.Decided, "type", row.RecordType, "step", row.Step),
			Returned: v.decided(row.Returned, "type", row.RecordType, "step", row.Step, "outcome", models.OutcomeReturned),
			Waiting:  spread(row.Waiting, row.WaitingTotal), Touch: spread(row.Touch, row.TouchTotal),
		})
	}
}

// group is the parameter that lists one group, and the name that people know it by.
func (v boardView) group(dimension, key string) (pair []string, name string) {
	switch {
	case dimension == "all":
		return nil, ""
	case key == "":
		return []string{"without", dimension}, ""
	case dimension == "site":
		return []string{"site", key}, siteNamed(v.rows.Sites, key).Name
	}
	return []string{dimension, key}, key
}

func (v boardView) returns() {
	by := map[string][]StepReturns{"site": {}, "area": {}, "product": {}}
	for _, row := range v.rows.Returns {
		pair, name := v.group(row.Dimension, row.Key)
		pair = append(pair, "type", row.RecordType, "step", row.Step)
		by[row.Dimension] = append(by[row.Dimension], StepReturns{
			Key: row.Key, Name: name, Type: row.RecordType, Step: row.Step, Title: v.title(row.RecordType, row.Step),
			Decided: v.decided(row.Decided, pair...), Returned: v.decided(row.Returned, append(pair, "outcome", models.OutcomeReturned)...),
		})
	}
	v.out.Returns = Returns{
		Site: cut(v.out, "returns.site", by["site"]), Area: cut(v.out, "returns.area", by["area"]), Product: cut(v.out, "returns.product", by["product"]),
	}
}

func (v boardView) extensions() {
	figure := func(count int64, pairs ...string) Figure {
		return v.figure(count, postgres.BoxRequests, append([]string{
			"step", models.StepExtensionApproval, "opened_from", instant(v.f.From), "opened_before", instant(v.f.To),
		}, pairs...)...)
	}
	out := Extensions{Steps: []StepExtensions{}}
	var requested, approved int64
	for _, row := range v.rows.Extensions {
		requested, approved = requested+row.Requested, approved+row.Approved
		where := []string{"type", row.RecordType, "during", row.Step}
		out.Steps = append(out.Steps, StepExtensions{
			Type: row.RecordType, Step: row.Step, Title: v.title(row.RecordType, row.Step), Requested: figure(row.Requested, where...),
			Approved: figure(row.Approved, append(where, "step_outcome", models.OutcomeApproved)...),
		})
	}
	out.Requested, out.Approved = figure(requested), figure(approved, "step_outcome", models.OutcomeApproved)
	v.out.Extensions = out
}

func (v boardView) forecast() {
	expected := map[string][3]int64{}
	for _, row := range v.rows.Forecast {
		expected[row.RecordType+" "+row.Step] = [3]int64{row.Within1, row.Within3, row.Within7}
	}
	out := Forecast{Method: forecastMethod, Steps: []StepForecast{}}
	var total [3]int64
	for _, row := range v.rows.Touch {
		if v.f.Type != "" && v.f.Type != row.RecordType {
			continue
		}
		counts := expected[row.RecordType+" "+row.Step]
		for i := range total {
			total[i] += counts[i]
		}
		out.Steps = append(out.Steps, StepForecast{
			Type: row.RecordType, Step: row.Step, Title: v.title(row.RecordType, row.Step), Touch: seconds(row.Median), From: row.Decided,
			Within: v.breaches(counts, "type", row.RecordType, "step", row.Step),
		})
	}
	out.Within = v.breaches(total)
	v.out.Forecast = out
}

func (v boardView) breaches(counts [3]int64, pairs ...string) []Breaches {
	out := make([]Breaches, len(counts))
	for i, days := range postgres.ForecastDays {
		where := append(pairs[:len(pairs):len(pairs)], "at", instant(v.f.At), "forecast_days", strconv.Itoa(days))
		out[i] = Breaches{Days: days, Figure: v.figure(counts[i], postgres.BoxAll, where...)}
	}
	return out
}

func (v boardView) closed() {
	by := map[string][]Closure{"class": {}, "site": {}, "area": {}, "product": {}}
	for _, row := range v.rows.Closed {
		by[row.Dimension] = append(by[row.Dimension], v.closure(row))
	}
	all := v.closure(queries.BoardClosedRow{Dimension: "all", Cycle: []float64{0, 0}})
	if len(by["all"]) > 0 {
		all = by["all"][0]
	}
	v.out.Closed = Closures{
		All: all, Class: cut(v.out, "closed.class", by["class"]), Site: cut(v.out, "closed.site", by["site"]),
		Area: cut(v.out, "closed.area", by["area"]), Product: cut(v.out, "closed.product", by["product"]),
	}
}

func (v boardView) closure(row queries.BoardClosedRow) Closure {
	pair, name := v.group(row.Dimension, row.Key)
	figure := func(count int64, more ...string) Figure {
		return v.records(count, append(pair[:len(pair):len(pair)], more...)...)
	}
	return Closure{
		Key: row.Key, Name: name, Closed: figure(row.Closed), OnTime: figure(row.OnTime, "on_time", postgres.OnTimeDue),
		OnTimeOriginal: figure(row.OnTimeOriginal, "on_time", postgres.OnTimeOriginal), Repeats: figure(row.Repeats, "repeat", "true"),
		HumanErrors: figure(row.HumanErrors, "human_error", "true"), CycleMedian: seconds(row.Cycle[0]), CycleP90: seconds(row.Cycle[1]),
	}
}
