// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // a machine without zoneinfo must reach the same due dates

	"github.com/google/uuid"
)

// Limits of a calendar. They keep every search of a Clock finite: a week holds at least one working hour, and no more than
// maxCalendarDays weeks can be emptied by holidays.
const (
	maxCalendarDays = 2000
	maxSpansPerDay  = 24
	minWeekMinutes  = 60
	minutesPerDay   = 24 * 60
)

// Calendar says when a site, or an authority, works. It knows nothing of daylight saving: hours are wall times in Zone.
//
// A date takes its hours from Extra if it is there, has none if it is a holiday, and otherwise takes those of its weekday.
type Calendar struct {
	ID       uuid.UUID  `json:"id"`
	Name     string     `json:"name"`
	Zone     string     `json:"zone" doc:"IANA time zone name" example:"Europe/Berlin"`
	Week     [7]Hours   `json:"week" doc:"Working hours by weekday, Sunday first"`
	Holidays []Holiday  `json:"holidays" nullable:"false"`
	Extra    []ExtraDay `json:"extra" nullable:"false" doc:"Dates with hours of their own: a working Saturday, a short Christmas Eve"`
}

// Holiday is a date without working hours.
type Holiday struct {
	Date string `json:"date" format:"date"`
	Name string `json:"name"`
}

// ExtraDay is a date whose hours replace those of its weekday.
type ExtraDay struct {
	Date  string `json:"date" format:"date"`
	Hours Hours  `json:"hours"`
	Name  string `json:"name,omitempty"`
}

// Hours are the working spans of one day, in order and disjoint. As text and in JSON: "08:00-12:00,13:00-17:00"; "" is a day off.
type Hours []Span

// Span is a stretch of one local day in minutes from midnight, To excluded; To may be 1440, written 24:00. A night shift is two
// spans, one on each day.
type Span struct{ From, To int }

// String is the text form of the span, "08:00-12:00".
func (s Span) String() string {
	return fmt.Sprintf("%02d:%02d-%02d:%02d", s.From/60, s.From%60, s.To/60, s.To%60)
}

// String is the text form of the hours, "08:00-12:00,13:00-17:00".
func (h Hours) String() string {
	spans := make([]string, len(h))
	for i, s := range h {
		spans[i] = s.String()
	}
	return strings.Join(spans, ",")
}

// MarshalText implements encoding.TextMarshaler.
func (h Hours) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (h *Hours) UnmarshalText(text []byte) error {
	parsed, err := ParseHours(string(text))
	if err != nil {
		return err
	}
	*h = parsed
	return nil
}

// ParseHours reads "08:00-12:00,13:00-17:00". The spans must be in order and disjoint.
func ParseHours(text string) (Hours, error) {
	if text == "" {
		return nil, nil
	}
	if len(text) > maxSpansPerDay*len("00:00-00:00,") {
		return nil, fmt.Errorf("parse hours: more than %d spans", maxSpansPerDay)
	}
	var hours Hours
	for part := range strings.SplitSeq(text, ",") {
		span, err := parseSpan(part)
		if err != nil {
			return nil, fmt.Errorf("parse hours: %w", err)
		}
		hours = append(hours, span)
	}
	if msg := hours.problem(); msg != "" {
		return nil, fmt.Errorf("parse hours: %s", msg)
	}
	return hours, nil
}

func parseSpan(text string) (Span, error) {
	from, to, ok := strings.Cut(text, "-")
	start, okFrom := parseWall(from)
	end, okTo := parseWall(to)
	if !ok || !okFrom || !okTo {
		return Span{}, fmt.Errorf("span %.20q is not like 08:00-12:00", text)
	}
	return Span{From: start, To: end}, nil
}

// parseWall reads HH:MM, 24:00 included, into minutes.
func parseWall(text string) (int, bool) {
	if len(text) != 5 || text[2] != ':' {
		return 0, false
	}
	for _, i := range []int{0, 1, 3, 4} {
		if text[i] < '0' || text[i] > '9' {
			return 0, false
		}
	}
	hour, minute := int(text[0]-'0')*10+int(text[1]-'0'), int(text[3]-'0')*10+int(text[4]-'0')
	total := hour*60 + minute
	return total, minute < 60 && total <= minutesPerDay
}

// problem tells what is wrong with the hours of a day, "" if nothing.
func (h Hours) problem() string {
	if len(h) > maxSpansPerDay {
		return fmt.Sprintf("more than %d spans", maxSpansPerDay)
	}
	end := 0
	for _, s := range h {
		switch {
		case s.From < 0 || s.To > minutesPerDay || s.From >= s.To:
			return "a span must start before it ends, within 00:00-24:00"
		case s.From < end:
			return "spans must be in order and must not overlap"
		}
		end = s.To
	}
	return ""
}

func (h Hours) minutes() int {
	total := 0
	for _, s := range h {
		total += s.To - s.From
	}
	return total
}

// Validate reports all that is wrong with the calendar as Problems, or nil. A calendar without an hour of work a week is
// refused: a due date counted on it would never come.
func (c Calendar) Validate() error {
	var ps Problems
	if n := len([]rune(c.Name)); n == 0 || n > 200 || strings.ContainsRune(c.Name, 0) {
		ps.add("name", "invalid", "must have 1 to 200 characters")
	}
	if _, err := loadZone(c.Zone); err != nil {
		ps.add("zone", "unknown_zone", "must be an IANA time zone such as Europe/Berlin")
	}
	week := 0
	for i, hours := range c.Week {
		if msg := hours.problem(); msg != "" {
			ps.add(fmt.Sprintf("week[%d]", i), "invalid_hours", msg)
		}
		week += hours.minutes()
	}
	if week < minWeekMinutes {
		ps.add("week", "no_working_hours", "must hold at least one working hour a week")
	}
	c.checkDates(&ps)
	return ps.Err()
}

func (c Calendar) checkDates(ps *Problems) {
	if len(c.Holidays)+len(c.Extra) > maxCalendarDays {
		ps.add("holidays", "too_many", fmt.Sprintf("holidays and extra days together may not exceed %d", maxCalendarDays))
		return
	}
	seen := map[string]bool{}
	check := func(path, date string) {
		if _, ok := parseDate(date); !ok {
			ps.add(path, "invalid_date", "must be a date such as 2026-12-25")
		} else if seen[date] {
			ps.add(path, "duplicate", "this date is already given")
		}
		seen[date] = true
	}
	for i, h := range c.Holidays {
		check(fmt.Sprintf("holidays[%d].date", i), h.Date)
	}
	for i, e := range c.Extra {
		check(fmt.Sprintf("extra[%d].date", i), e.Date)
		if msg := e.Hours.problem(); msg != "" {
			ps.add(fmt.Sprintf("extra[%d].hours", i), "invalid_hours", msg)
		}
	}
}

// loadZone refuses "" and "Local", which time.LoadLocation takes for UTC and for whatever this machine is set to.
func loadZone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, fmt.Errorf("load time zone: %q names no place", name)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("load time zone: %w", err)
	}
	return zone, nil
}

// parseDate reads a date of the years 1000 to 9999, written YYYY-MM-DD, as midnight UTC.
func parseDate(text string) (time.Time, bool) {
	if len(text) != len(time.DateOnly) || text[0] == '0' {
		return time.Time{}, false
	}
	t, err := time.Parse(time.DateOnly, text)
	return t, err == nil
}
