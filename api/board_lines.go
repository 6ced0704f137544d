// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import "strconv"

// boardColumns are those of an exported board: one line a figure.
var boardColumns = []string{"Table", "Group", "Step", "Figure", "Value", "Unit", "List"}

// liner writes the lines of a board, and stops at the first that fails.
type liner struct {
	row func(...any) error
	err error
}

func (l *liner) count(table, group, step, name string, f Figure) {
	if l.err == nil {
		l.err = l.row(table, group, step, name, f.Count, "", f.List)
	}
}

func (l *liner) seconds(table, group, step, name string, s int64) {
	if l.err == nil {
		l.err = l.row(table, group, step, name, s, "s", "")
	}
}

// lines writes every figure of the board.
func (b *Board) lines(row func(...any) error) error {
	l := &liner{row: row}
	l.levels("Open work", "", b.Levels)
	for _, s := range b.Steps {
		l.levels("Open work", s.Title, s.BoardLevels)
		for _, a := range s.Ageing {
			l.count("Age in working time", "", s.Title, ageName(a), a.Figure)
		}
	}
	for _, p := range b.Load {
		who := "Held by nobody"
		if p.Person != nil {
			who = p.Person.Name
		}
		l.count("Load", who, "", "Open", p.Open)
		l.count("Load", who, "", "Overdue", p.Overdue)
		l.count("Load", who, "", "Due within 7 days", p.DueThisWeek)
	}
	for _, f := range b.Flow {
		l.count("Decided", "", f.Title, "Decided", f.Decided)
		l.count("Decided", "", f.Title, "Returned", f.Returned)
		l.spread("Waiting time", f.Title, f.Waiting)
		l.spread("Touch time", f.Title, f.Touch)
	}
	l.returns("Returns by site", b.Returns.Site)
	l.returns("Returns by area", b.Returns.Area)
	l.returns("Returns by product", b.Returns.Product)
	l.count("Extensions", "", "", "Requested", b.Extensions.Requested)
	l.count("Extensions", "", "", "Approved", b.Extensions.Approved)
	for _, e := range b.Extensions.Steps {
		l.count("Extensions", "", e.Title, "Requested", e.Requested)
		l.count("Extensions", "", e.Title, "Approved", e.Approved)
	}
	l.breaches("", b.Forecast.Within)
	for _, s := range b.Forecast.Steps {
		l.seconds("Forecast", "", s.Title, "Median touch time", s.Touch)
		l.breaches(s.Title, s.Within)
	}
	l.closures("Closed", []Closure{b.Closed.All})
	l.closures("Closed by class", b.Closed.Class)
	l.closures("Closed by site", b.Closed.Site)
	l.closures("Closed by area", b.Closed.Area)
	l.closures("Closed by product", b.Closed.Product)
	return l.err
}

func (l *liner) levels(table, step string, levels BoardLevels) {
	l.count(table, "", step, "Open", levels.Open)
	l.count(table, "", step, "Met", levels.Met)
	l.count(table, "", step, "At risk", levels.AtRisk)
	l.count(table, "", step, "Breached", levels.Breached)
}

func (l *liner) spread(table, step string, s Spread) {
	l.seconds(table, "", step, "Median", s.Median)
	l.seconds(table, "", step, "90th percentile", s.P90)
	l.seconds(table, "", step, "Total", s.Total)
}

func (l *liner) returns(table string, rows []StepReturns) {
	for _, r := range rows {
		l.count(table, r.Name, r.Title, "Decided", r.Decided)
		l.count(table, r.Name, r.Title, "Returned", r.Returned)
	}
}

func (l *liner) breaches(step string, within []Breaches) {
	for _, w := range within {
		l.count("Forecast", "", step, "Breached within "+strconv.Itoa(w.Days)+" days", w.Figure)
	}
}

func (l *liner) closures(table string, rows []Closure) {
	for _, c := range rows {
		l.count(table, c.Name, "", "Closed", c.Closed)
		l.count(table, c.Name, "", "By its due date", c.OnTime)
		l.count(table, c.Name, "", "By its original due date", c.OnTimeOriginal)
		l.count(table, c.Name, "", "Repeats", c.Repeats)
		l.count(table, c.Name, "", "Human error", c.HumanErrors)
		l.seconds(table, c.Name, "", "Median cycle time", c.CycleMedian)
		l.seconds(table, c.Name, "", "90th percentile of cycle time", c.CycleP90)
	}
}

// ageName is a bucket in working hours: "8 to 24 h".
func ageName(a AgeBucket) string {
	from := strconv.FormatInt(a.From/3600, 10)
	if a.To == 0 {
		return from + " h or more"
	}
	return from + " to " + strconv.FormatInt(a.To/3600, 10) + " h"
}
