// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
)

// withHistory is a world with a past, in which it is a certain second for the API.
func withHistory(t *testing.T, n int) (*world, time.Time) {
	t.Helper()
	w := setup(t)
	at := time.Now().UTC().Truncate(time.Second)
	w.API.Now = func() time.Time { return at }
	require.NoError(t, w.History(t.Context(), n, at))
	return w, at
}

func (w *world) board(t *testing.T, who, query string) api.Board {
	t.Helper()
	return into[api.Board](t, w.do(t, call{who: who, method: "GET", path: "/v1/board?" + query}), http.StatusOK)
}

// TestTheBoardEqualsWhatTheRowsSay counts everything again, one row after another, and holds each figure against it.
func TestTheBoardEqualsWhatTheRowsSay(t *testing.T) {
	t.Parallel()
	w, at := withHistory(t, 1500)
	rows := readRows(t, w)
	both, berlin := []string{modeltest.Berlin, modeltest.Brooklyn}, []string{modeltest.Berlin}
	from, to := at.AddDate(-1, 0, 0), at.AddDate(0, -2, 0)
	year := "from=" + from.Format(time.RFC3339) + "&to=" + to.Format(time.RFC3339)
	quarter := tally{rows: rows, at: at, from: at.Add(-90 * 24 * time.Hour), to: at, sites: both, sees: both}
	for query, expected := range map[string]tally{
		"quinn ":                         quarter,
		"max ":                           quarter.with(func(c *tally) { c.sites, c.sees = berlin, berlin }),
		"quinn " + year:                  quarter.with(func(c *tally) { c.from, c.to = from, to }),
		"quinn site=" + modeltest.Berlin: quarter.with(func(c *tally) { c.sites = berlin }),
		"max site=" + modeltest.Brooklyn: quarter.with(func(c *tally) { c.sites, c.sees = nil, berlin }),
		"quinn class=major&area=Filling&" + year: quarter.with(func(c *tally) {
			c.from, c.to, c.class, c.area = from, to, "major", "Filling"
		}),
		"helga type=deviation&product=Amlodipine+5+mg&" + year: quarter.with(func(c *tally) {
			c.from, c.to, c.product = from, to, "Amlodipine 5 mg"
		}),
		"quinn type=request": quarter.with(func(c *tally) { c.recordType = "request" }),
	} {
		who, query, _ := strings.Cut(query, " ")
		want := expected.count(t, w)
		if query != "type=request" && query != "site="+modeltest.Brooklyn { // nothing, but how long steps take
			require.Greater(t, len(want), 60, query)
		}
		require.Equal(t, want, flat(w.board(t, who, query)), "%s %s", who, query)
	}
}

// TestFiguresAreOfTheSitesOfTheRole: whoever manages a site sees its figures and no others, whatever else he reads.
func TestFiguresAreOfTheSitesOfTheRole(t *testing.T) {
	t.Parallel()
	w, at := withHistory(t, 600)
	rows := readRows(t, w)
	berlin, brooklyn, both := []string{modeltest.Berlin}, []string{modeltest.Brooklyn}, []string{modeltest.Berlin, modeltest.Brooklyn}
	w.grant(t, "max", "expert", modeltest.Brooklyn)
	w.grant(t, "hana", "investigator", models.AllSites)
	w.grant(t, "otto", "manager", modeltest.Brooklyn)
	w.grant(t, "olga", "area_head", modeltest.Brooklyn)
	w.grant(t, "olga", "manager", modeltest.Berlin)
	type levels struct {
		Total   api.Levels           `json:"total"`
		Steps   []api.StepLevels     `json:"steps"`
		Records []api.OverdueRecords `json:"overdue_records"`
	}
	sla := func(who string) levels { return into[levels](t, w.ask(t, who, "GET", "/v1/sla", nil), http.StatusOK) }
	whole := sla("quinn")
	for who, sites := range map[string][]string{"max": berlin, "hana": berlin, "otto": brooklyn, "olga": both, "helga": both} {
		reads := into[items[api.RecordItem]](t, w.ask(t, who, "GET", "/v1/records?limit=1&site="+modeltest.Berlin, nil), http.StatusOK)
		require.NotEmpty(t, reads.Items, "%s reads Berlin", who)
		quarter := tally{rows: rows, at: at, from: at.Add(-90 * 24 * time.Hour), to: at, sites: sites, sees: sites}
		require.Equal(t, quarter.count(t, w), flat(w.board(t, who, "")), who)
		other := w.board(t, who, "site="+modeltest.Berlin)
		require.Equal(t, slices.Contains(sites, modeltest.Berlin), other.Levels.Open.Count > 0, who)

		want := levels{Steps: []api.StepLevels{}, Records: []api.OverdueRecords{}}
		for _, s := range whole.Steps {
			if slices.Contains(sites, s.Site.ID) {
				want.Steps = append(want.Steps, s)
				want.Total.OnTime, want.Total.AtRisk, want.Total.Breached = want.Total.OnTime+s.OnTime, want.Total.AtRisk+s.AtRisk, want.Total.Breached+s.Breached
			}
		}
		for _, r := range whole.Records {
			if slices.Contains(sites, r.Site.ID) {
				want.Records = append(want.Records, r)
			}
		}
		require.Equal(t, want, sla(who), who)
		csv := w.ask(t, who, "GET", "/v1/board/export", nil)
		require.Equal(t, http.StatusOK, csv.StatusCode)
		require.Equal(t, slices.Contains(sites, modeltest.Brooklyn), strings.Contains(string(csv.raw), "Brooklyn"), who)
		require.Equal(t, slices.Contains(sites, modeltest.Berlin), strings.Contains(string(csv.raw), "Berlin"), who)
		for list, count := range figuresOf(t, w.ask(t, who, "GET", "/v1/board", nil)) {
			require.Equal(t, count, w.length(t, who, list), "%s: %s", who, list)
		}
	}
}

// TestEveryFigureIsTheLengthOfItsList follows every list that a board names.
func TestEveryFigureIsTheLengthOfItsList(t *testing.T) {
	t.Parallel()
	w, at := withHistory(t, 400)
	year := "from=" + at.AddDate(-2, 0, 0).Format(time.RFC3339)
	for _, ask := range []string{
		"quinn " + year, "max " + year, "quinn area=Packaging&site=" + modeltest.Berlin + "&" + year, "hana product=Amlodipine+5+mg&class=minor&" + year,
		"max site=" + modeltest.Brooklyn,
	} {
		who, query, _ := strings.Cut(ask, " ")
		figures := figuresOf(t, w.do(t, call{who: who, method: "GET", path: "/v1/board?" + query}))
		require.Greater(t, len(figures), 15)
		for list, count := range figures {
			require.Equal(t, count, w.length(t, who, list), "%s: %s", ask, list)
		}
	}
}

// figuresOf finds every figure of a board, wherever it is.
func figuresOf(t *testing.T, r reply) map[string]int {
	t.Helper()
	figures := map[string]int{}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				walk(item)
			}
		case map[string]any:
			if list, ok := v["list"].(string); ok {
				figures[list] = int(v["count"].(float64))
			}
			for _, item := range v {
				walk(item)
			}
		}
	}
	walk(into[map[string]any](t, r, http.StatusOK))
	return figures
}

// length reads a list to its end.
func (w *world) length(t *testing.T, who, list string) int {
	t.Helper()
	n, next := 0, ""
	for range 1000 {
		page := into[items[json.RawMessage]](t, w.do(t, call{who: who, method: "GET", path: list + "&limit=200" + next}), http.StatusOK)
		n += len(page.Items)
		if page.Next == "" {
			return n
		}
		next = "&cursor=" + url.QueryEscape(page.Next)
	}
	t.Fatal("the list has no end")
	return 0
}

func TestTheBoardIsForThoseWhoManage(t *testing.T) {
	t.Parallel()
	w := setup(t)
	problem(t, w.do(t, call{who: "rita", method: "GET", path: "/v1/board"}), http.StatusForbidden, models.CodeForbidden)
	problem(t, w.do(t, call{who: "ada", method: "GET", path: "/v1/board"}), http.StatusForbidden, models.CodeForbidden)
	problem(t, w.do(t, call{who: "max", method: "GET", path: "/v1/board?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z"}), http.StatusUnprocessableEntity, models.CodeInvalid)
	problem(t, w.do(t, call{who: "max", method: "GET", path: "/v1/board?from=yesterday"}), http.StatusUnprocessableEntity, models.CodeInvalid)
	empty := w.board(t, "max", "")
	require.Empty(t, empty.Steps)
	require.Zero(t, empty.Closed.All.Closed.Count)
	require.Equal(t, "Berlin", empty.Sites[0].Name)
	require.Len(t, empty.Sites, 1)
}

// flat is a board as names and numbers; nothing is named that is zero.
func flat(b api.Board) map[string]int64 {
	out := map[string]int64{}
	put := func(value int64, name ...string) {
		if value != 0 {
			out[strings.Join(name, "/")] += value
		}
	}
	levels := func(l api.BoardLevels, name string) {
		put(l.Open.Count, name, "open")
		put(l.Met.Count, name, "met")
		put(l.AtRisk.Count, name, "at_risk")
		put(l.Breached.Count, name, "breached")
	}
	spread := func(s api.Spread, name string) {
		put(s.Median, name, "median")
		put(s.P90, name, "p90")
		put(s.Total, name, "total")
	}
	levels(b.Levels, "levels")
	for _, s := range b.Steps {
		levels(s.BoardLevels, "step/"+s.Step)
		for _, a := range s.Ageing {
			put(a.Count, "age", s.Step, (time.Duration(a.From) * time.Second).String())
		}
	}
	for _, l := range b.Load {
		who := "nobody"
		if l.Person != nil {
			who = l.Person.ID.String()
		}
		put(l.Open.Count, "load", who, "open")
		put(l.Overdue.Count, "load", who, "overdue")
		put(l.DueThisWeek.Count, "load", who, "week")
	}
	for _, f := range b.Flow {
		put(f.Decided.Count, "flow", f.Step, "decided")
		put(f.Returned.Count, "flow", f.Step, "returned")
		spread(f.Waiting, "flow/"+f.Step+"/waiting")
		spread(f.Touch, "flow/"+f.Step+"/touch")
	}
	for by, returns := range map[string][]api.StepReturns{"site": b.Returns.Site, "area": b.Returns.Area, "product": b.Returns.Product} {
		for _, r := range returns {
			put(r.Decided.Count, "returns", by, r.Key, r.Step, "decided")
			put(r.Returned.Count, "returns", by, r.Key, r.Step, "returned")
		}
	}
	put(b.Extensions.Requested.Count, "extensions/requested")
	put(b.Extensions.Approved.Count, "extensions/approved")
	for _, e := range b.Extensions.Steps {
		put(e.Requested.Count, "extensions", e.Step, "requested")
		put(e.Approved.Count, "extensions", e.Step, "approved")
	}
	for _, s := range b.Forecast.Steps {
		put(s.Touch, "forecast", s.Step, "touch")
		for _, within := range s.Within {
			put(within.Count, "forecast", s.Step, string(rune('0'+within.Days)))
		}
	}
	for _, within := range b.Forecast.Within {
		put(within.Count, "forecast", string(rune('0'+within.Days)))
	}
	c := b.Closed
	for by, closures := range map[string][]api.Closure{"all": {c.All}, "class": c.Class, "site": c.Site, "area": c.Area, "product": c.Product} {
		for _, x := range closures {
			put(x.Closed.Count, "closed", by, x.Key, "closed")
			put(x.OnTime.Count, "closed", by, x.Key, "on_time")
			put(x.OnTimeOriginal.Count, "closed", by, x.Key, "on_time_original")
			put(x.Repeats.Count, "closed", by, x.Key, "repeats")
			put(x.HumanErrors.Count, "closed", by, x.Key, "human_errors")
			put(x.CycleMedian, "closed", by, x.Key, "median")
			put(x.CycleP90, "closed", by, x.Key, "p90")
		}
	}
	return out
}
