// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"fmt"
	"time"
)

// horizonDays ends every search of a Clock, some 550 years out. No Duration within its limits gets there on a calendar that
// Validate accepts; Between of instants further apart stops counting.
const horizonDays = 200_000

// Clock counts time on one calendar. It is immutable and safe for concurrent use. Instants come back in UTC.
//
// Wall times are turned into instants by one rule, so that days and spans neither overlap nor leave holes: a wall time that
// occurs twice is its first occurrence, one that is skipped is the instant of the change.
type Clock struct {
	zone  *time.Location
	week  [7]Hours
	dates map[int]Hours // holidays and extra days, by day number
}

// interval is a stretch of working time, to excluded.
type interval struct{ from, to time.Time }

// Compile validates the calendar and prepares it for counting.
func (c Calendar) Compile() (*Clock, error) {
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("compile calendar: %w", err)
	}
	zone, err := loadZone(c.Zone)
	if err != nil {
		return nil, fmt.Errorf("compile calendar: %w", err)
	}
	k := &Clock{zone: zone, week: c.Week, dates: make(map[int]Hours, len(c.Holidays)+len(c.Extra))}
	for _, h := range c.Holidays {
		date, _ := parseDate(h.Date)
		k.dates[dayNumber(date)] = nil
	}
	for _, e := range c.Extra {
		date, _ := parseDate(e.Date)
		k.dates[dayNumber(date)] = e.Hours
	}
	return k, nil
}

// Location is the time zone of the calendar.
func (k *Clock) Location() *time.Location { return k.zone }

// Add moves t by d.
//
//   - Elapsed minutes and hours count real time.
//   - Working minutes and hours count working time: forward to the earliest instant, back to the latest, at which
//     Between(t, result) is d.
//   - Calendar days end at the same wall time: a month from awareness is a span of time, whatever the site's hours.
//   - Working days end at the close of the Nth working day after the day of t (before it, if negative), at whatever hour t is:
//     a day counts whole, the day of the event never counts, and who is given a task at 16:55 has no less than at 08:00.
//     "0wd" is the next close.
//
// For every d, Add never moves an earlier instant past a later one.
func (k *Clock) Add(t time.Time, d Duration) time.Time {
	t = t.Round(0)
	switch d.Unit {
	case UnitHour:
		return t.Add(time.Duration(d.N) * time.Hour).UTC()
	case UnitWorkingMinute:
		return k.addWorking(t, time.Duration(d.N)*time.Minute)
	case UnitWorkingHour:
		return k.addWorking(t, time.Duration(d.N)*time.Hour)
	case UnitCalendarDay:
		return k.instant(wallOf(t.In(k.zone)).AddDate(0, 0, d.N))
	case UnitWorkingDay:
		if d.N == 0 {
			return k.NextWorkingDayEnd(t)
		}
		return k.close(k.workingDay(k.day(t), d.N))
	default:
		return t.Add(time.Duration(d.N) * time.Minute).UTC()
	}
}

// Between is the working time from a to b, negative if b is before a.
func (k *Clock) Between(a, b time.Time) time.Duration {
	a, b = a.Round(0), b.Round(0)
	if b.Before(a) {
		return -k.Between(b, a)
	}
	var total time.Duration
	last := min(k.day(b), k.day(a)+horizonDays)
	for day := k.day(a); day <= last; day++ {
		for _, s := range k.intervals(day) {
			total += overlap(s, interval{a, b})
		}
	}
	return total
}

// IsWorking reports whether t is in working time. The instant of closing is not.
func (k *Clock) IsWorking(t time.Time) bool {
	for _, s := range k.intervals(k.day(t)) {
		if !t.Before(s.from) && t.Before(s.to) {
			return true
		}
	}
	return false
}

// NextOpen is t if t is in working time, otherwise the next opening.
func (k *Clock) NextOpen(t time.Time) time.Time {
	first := k.day(t)
	for day := first; day <= first+horizonDays; day++ {
		for _, s := range k.intervals(day) {
			if t.Before(s.to) {
				return later(t.Round(0), s.from).UTC()
			}
		}
	}
	return k.midnight(first + horizonDays)
}

// NextWorkingDayEnd is the first close of a working day after t: today's during the day, the next working day's from the
// instant of closing on.
func (k *Clock) NextWorkingDayEnd(t time.Time) time.Time {
	today := k.day(t)
	if end := k.close(today); k.works(today) && t.Before(end) {
		return end
	}
	return k.close(k.workingDay(today, 1))
}

// StatutoryDue is the last second of the nth day after the day of awareness, which is day 0, in the zone of the calendar: what
// 21 CFR 314.81(b)(1) means by "within 3 working days of receipt", and 803.20 by 30 calendar or 5 work days. It is a whole local
// day because the law names days, not hours, and it is 23:59:59 so that the date printed is the date the law names. Kind is
// UnitWorkingDay or UnitCalendarDay; working days are those of this calendar, so take the authority's, not the shift plan's.
func (k *Clock) StatutoryDue(aware time.Time, n int, kind Unit) (time.Time, error) {
	if err := (Duration{N: n, Unit: kind}).Validate(); err != nil || n < 1 {
		return time.Time{}, fmt.Errorf("count statutory days: %d%s is not a statutory term", n, kind)
	}
	day := k.day(aware)
	switch kind {
	case UnitWorkingDay:
		day = k.workingDay(day, n)
	case UnitCalendarDay:
		day += n
	default:
		return time.Time{}, fmt.Errorf("count statutory days: unit %q is not a day", kind)
	}
	return k.midnight(day + 1).Add(-time.Second), nil
}

func (k *Clock) addWorking(t time.Time, d time.Duration) time.Time {
	switch {
	case d == 0:
		return t.UTC()
	case d > 0:
		return k.addForward(t, d)
	default:
		return k.addBack(t, -d)
	}
}

func (k *Clock) addForward(t time.Time, left time.Duration) time.Time {
	first := k.day(t)
	for day := first; day <= first+horizonDays; day++ {
		for _, s := range k.intervals(day) {
			from := later(s.from, t)
			worked := s.to.Sub(from)
			if worked >= left {
				return from.Add(left).UTC()
			}
			left -= max(worked, 0)
		}
	}
	return k.midnight(first + horizonDays)
}

func (k *Clock) addBack(t time.Time, left time.Duration) time.Time {
	first := k.day(t)
	for day := first; day >= first-horizonDays; day-- {
		spans := k.intervals(day)
		for i := len(spans) - 1; i >= 0; i-- {
			to := earlier(spans[i].to, t)
			worked := to.Sub(spans[i].from)
			if worked >= left {
				return to.Add(-left).UTC()
			}
			left -= max(worked, 0)
		}
	}
	return k.midnight(first - horizonDays)
}

// workingDay is the nth working day after day, or before it if n is negative.
func (k *Clock) workingDay(day, n int) int {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for range horizonDays {
		if n == 0 {
			break
		}
		day += step
		if k.works(day) {
			n--
		}
	}
	return day
}

// works reports whether any working time falls on the day. A day that a zone skipped (Apia, 30 December 2011) has none.
func (k *Clock) works(day int) bool { return len(k.intervals(day)) > 0 }

// close is the end of the last span of a day, midnight for a day off.
func (k *Clock) close(day int) time.Time {
	spans := k.intervals(day)
	if len(spans) == 0 {
		return k.midnight(day + 1)
	}
	return spans[len(spans)-1].to
}

// intervals are the spans of a day as instants. Spans that fall into a clock change, and so have no length, are left out.
func (k *Clock) intervals(day int) []interval {
	hours, given := k.dates[day]
	if !given {
		hours = k.week[weekday(day)]
	}
	out := make([]interval, 0, len(hours))
	for _, h := range hours {
		s := interval{k.wall(day, h.From), k.wall(day, h.To)}
		if s.from.Before(s.to) {
			out = append(out, s)
		}
	}
	return out
}

// day is the number of the local date of t, counted from 1 January 1970.
func (k *Clock) day(t time.Time) int { return dayNumber(wallOf(t.In(k.zone))) }

func (k *Clock) midnight(day int) time.Time { return k.wall(day, 0) }

func (k *Clock) wall(day, minute int) time.Time {
	return k.instant(time.Unix(int64(day)*24*3600+int64(minute)*60, 0).UTC())
}

// instant finds the instant of a wall time, given as if it were UTC. time.Date leaves open which of two it takes around a
// change of the clock, and Time.ZoneBounds does not advance past 31 December of leap years after 2037 (Go 1.26), so the change
// is searched for. No zone changes twice within the window.
func (k *Clock) instant(wall time.Time) time.Time {
	const window = 15 * time.Hour // more than any offset from UTC
	before, after := k.offset(wall.Add(-window)), k.offset(wall.Add(window))
	early, late := wall.Add(-before), wall.Add(-after)
	if before == after {
		return early
	}
	change := k.change(wall.Add(-window), wall.Add(window), before)
	switch {
	case early.Before(change):
		return early
	case late.Before(change):
		return change
	default:
		return late
	}
}

// change finds the whole second between from and to at which the offset stops being the one given.
func (k *Clock) change(from, to time.Time, offset time.Duration) time.Time {
	low, high := from.Unix(), to.Unix()
	for low+1 < high {
		middle := (low + high) / 2
		if k.offset(time.Unix(middle, 0)) == offset {
			low = middle
		} else {
			high = middle
		}
	}
	return time.Unix(high, 0).UTC()
}

func (k *Clock) offset(t time.Time) time.Duration {
	_, seconds := t.In(k.zone).Zone()
	return time.Duration(seconds) * time.Second
}

// wallOf is the wall time of t as if it were UTC, where every day has 24 hours.
func wallOf(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

func dayNumber(wall time.Time) int {
	seconds := wall.Unix()
	day := seconds / (24 * 3600)
	if seconds%(24*3600) < 0 {
		day--
	}
	return int(day)
}

// weekday of a day number; 1 January 1970 was a Thursday.
func weekday(day int) time.Weekday { return time.Weekday(((day+4)%7 + 7) % 7) }

func overlap(a, b interval) time.Duration {
	return max(earlier(a.to, b.to).Sub(later(a.from, b.from)), 0)
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
