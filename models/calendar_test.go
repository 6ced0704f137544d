// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// office is 08:00-12:00 and 13:00-17:00, Monday to Friday.
func office(zone string) Calendar {
	day := Hours{{8 * 60, 12 * 60}, {13 * 60, 17 * 60}}
	return Calendar{Name: "Office", Zone: zone, Week: [7]Hours{1: day, 2: day, 3: day, 4: day, 5: day}}
}

// roundTheClock never closes.
func roundTheClock(zone string) Calendar {
	day := Hours{{0, minutesPerDay}}
	return Calendar{Name: "Plant", Zone: zone, Week: [7]Hours{day, day, day, day, day, day, day}}
}

// night works 22:00 to 06:00, every night.
func night(zone string) Calendar {
	day := Hours{{0, 6 * 60}, {22 * 60, minutesPerDay}}
	return Calendar{Name: "Night", Zone: zone, Week: [7]Hours{day, day, day, day, day, day, day}}
}

func compile(t *testing.T, c Calendar) *Clock {
	t.Helper()
	clock, err := c.Compile()
	require.NoError(t, err)
	return clock
}

// at reads a wall time; around a change of the clock give the offset instead.
func at(t *testing.T, zone, text string) time.Time {
	t.Helper()
	if instant, err := time.Parse(time.RFC3339, text); err == nil {
		return instant
	}
	loc, err := time.LoadLocation(zone)
	require.NoError(t, err)
	instant, err := time.ParseInLocation("2006-01-02 15:04", text, loc)
	require.NoError(t, err)
	return instant
}

func duration(t *testing.T, text string) Duration {
	t.Helper()
	d, err := ParseDuration(text)
	require.NoError(t, err)
	return d
}

func TestClockAdd(t *testing.T) {
	t.Parallel()
	berlin := office("Europe/Berlin")
	berlin.Holidays = []Holiday{{Date: "2026-12-25", Name: "Christmas Day"}, {Date: "2027-01-01", Name: "New Year"}}
	berlin.Extra = []ExtraDay{{Date: "2026-12-24", Hours: Hours{{8 * 60, 12 * 60}}}, {Date: "2026-12-19", Hours: Hours{{9 * 60, 13 * 60}}}}
	calendars := map[string]Calendar{
		"berlin": berlin, "night": night("Europe/Berlin"), "plant": roundTheClock("America/New_York"),
		"kolkata": office("Asia/Kolkata"), "apia": roundTheClock("Pacific/Apia"), "cairo": roundTheClock("Africa/Cairo"),
	}
	// 2026-03-02 is a Monday. Europe changes on 29 March and 25 October 2026, New York on 8 March and 1 November,
	// Cairo at midnight of 24 April and of 30 October.
	for _, c := range []struct{ name, calendar, from, add, want string }{
		{"working hours within the day", "berlin", "2026-03-02 09:00", "2wh", "2026-03-02 11:00"},
		{"working hours over lunch", "berlin", "2026-03-02 11:00", "2wh", "2026-03-02 14:00"},
		{"working hours end at the close, not at the next opening", "berlin", "2026-03-02 13:00", "4wh", "2026-03-02 17:00"},
		{"working hours over a weekend", "berlin", "2026-03-06 16:00", "2wh", "2026-03-09 09:00"},
		{"working hours from outside them", "berlin", "2026-03-07 11:00", "1wh", "2026-03-09 09:00"},
		{"working hours over a holiday and short Christmas Eve", "berlin", "2026-12-24 11:00", "2wh", "2026-12-28 09:00"},
		{"working minutes", "berlin", "2026-03-02 11:30", "90wm", "2026-03-02 14:00"},
		{"working hours back", "berlin", "2026-03-09 09:00", "-2wh", "2026-03-06 16:00"},
		{"no working hours", "berlin", "2026-03-07 11:00", "0wh", "2026-03-07 11:00"},
		{"an extra Saturday counts", "berlin", "2026-12-18 16:00", "2wh", "2026-12-19 10:00"},
		{"working hours over the weekend of the change", "berlin", "2026-03-27 16:00", "2wh", "2026-03-30 09:00"},

		{"working days end at the close", "berlin", "2026-03-02 09:30", "3wd", "2026-03-05 17:00"},
		{"the hour of the day does not matter", "berlin", "2026-03-02 23:30", "3wd", "2026-03-05 17:00"},
		{"working days over a weekend", "berlin", "2026-03-05 09:00", "3wd", "2026-03-10 17:00"},
		{"working days from a Sunday", "berlin", "2026-03-08 09:00", "1wd", "2026-03-09 17:00"},
		{"working days over a holiday to a short day", "berlin", "2026-12-23 09:00", "1wd", "2026-12-24 12:00"},
		{"working days over Christmas", "berlin", "2026-12-23 09:00", "2wd", "2026-12-28 17:00"},
		{"three working days before", "berlin", "2026-03-10 12:00", "-3wd", "2026-03-05 17:00"},
		{"no working days is today's close", "berlin", "2026-03-02 09:00", "0wd", "2026-03-02 17:00"},
		{"after the close it is the next one", "berlin", "2026-03-02 17:00", "0wd", "2026-03-03 17:00"},

		{"calendar days keep the wall time over the change", "berlin", "2026-03-28 09:30", "2d", "2026-03-30 09:30"},
		{"into the gap: the instant of the change", "berlin", "2026-03-28 02:30", "1d", "2026-03-29T01:00:00Z"},
		{"into the fold: the first time", "berlin", "2026-10-24 02:30", "1d", "2026-10-25T00:30:00Z"},
		{"from the second time of the fold", "berlin", "2026-10-25T01:30:00Z", "1d", "2026-10-26 02:30"},
		{"three days before", "berlin", "2026-04-01 09:30", "-3d", "2026-03-29 09:30"},
		{"30 days", "berlin", "2026-01-31 10:00", "30d", "2026-03-02 10:00"},
		{"24 elapsed hours over the change", "berlin", "2026-03-28 09:30", "24h", "2026-03-29 10:30"},
		{"90 elapsed minutes back", "berlin", "2026-03-28 09:30", "-90m", "2026-03-28 08:00"},

		{"the night of the gap is an hour short", "night", "2026-03-28 22:00", "7wh", "2026-03-29 06:00"},
		{"the night of the fold is an hour long", "night", "2026-10-24 22:00", "9wh", "2026-10-25 06:00"},
		{"round the clock, spring", "plant", "2026-03-07 12:00", "24wh", "2026-03-08 13:00"},
		{"round the clock, autumn", "plant", "2026-10-31 12:00", "24wh", "2026-11-01 11:00"},
		{"a working day round the clock ends at midnight", "plant", "2026-10-31 12:00", "1wd", "2026-11-02 00:00"},
		{"half-hour zone", "kolkata", "2026-03-06T11:00:00Z", "1wh", "2026-03-09T03:00:00Z"},
		{"Apia has no 30 December 2011: one working day on is the 31st", "apia", "2011-12-29 10:00", "1wd", "2012-01-01 00:00"},
		{"Apia: a calendar day on is the change itself", "apia", "2011-12-29 10:00", "1d", "2011-12-30T10:00:00Z"},
		{"Apia: hours go on without a hole", "apia", "2011-12-29 20:00", "6wh", "2011-12-31 02:00"},
		{"the last day of a leap year beyond the zone tables", "berlin", "2040-12-30 09:00", "2wd", "2041-01-01 17:00"},
		{"summer beyond the zone tables", "night", "2040-10-27 22:00", "9wh", "2040-10-28 06:00"},
		{"Cairo: midnight is in the gap", "cairo", "2026-04-23 00:00", "1d", "2026-04-23T22:00:00Z"},
		{"Cairo: the day before the gap has 24 hours", "cairo", "2026-04-23 12:00", "12wh", "2026-04-24 01:00"},
		{"Cairo: the day of the fold has 25", "cairo", "2026-10-29 12:00", "13wh", "2026-10-30 00:00"},
		{"Cairo: the day of the fold closes at its second midnight", "cairo", "2026-10-28 12:00", "1wd", "2026-10-29T22:00:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			calendar := calendars[c.calendar]
			got := compile(t, calendar).Add(at(t, calendar.Zone, c.from), duration(t, c.add))
			require.Equal(t, at(t, calendar.Zone, c.want).UTC().String(), got.String())
		})
	}
}

func TestClockOpen(t *testing.T) {
	t.Parallel()
	clock := compile(t, office("Europe/Berlin"))
	for _, c := range []struct {
		at      string
		working bool
		next    string
	}{
		{"2026-03-02 07:59", false, "2026-03-02 08:00"},
		{"2026-03-02 08:00", true, "2026-03-02 08:00"},
		{"2026-03-02 12:00", false, "2026-03-02 13:00"},
		{"2026-03-02 16:59", true, "2026-03-02 16:59"},
		{"2026-03-06 17:00", false, "2026-03-09 08:00"},
		{"2026-03-08 12:00", false, "2026-03-09 08:00"},
	} {
		instant := at(t, "Europe/Berlin", c.at)
		require.Equal(t, c.working, clock.IsWorking(instant), c.at)
		require.True(t, at(t, "Europe/Berlin", c.next).Equal(clock.NextOpen(instant)), c.at)
	}
	require.Equal(t, "Europe/Berlin", clock.Location().String())
}

func TestStatutoryDue(t *testing.T) {
	t.Parallel()
	calendar := office("America/New_York")
	calendar.Holidays = []Holiday{{Date: "2026-07-03", Name: "Independence Day (observed)"}}
	clock := compile(t, calendar)
	for _, c := range []struct {
		name, aware string
		n           int
		kind        Unit
		want        string
	}{
		{"3 working days, the day after is day 1", "2026-06-29 09:00", 3, UnitWorkingDay, "2026-07-02T23:59:59-04:00"},
		{"late in the evening is still day 0", "2026-06-29 23:59", 3, UnitWorkingDay, "2026-07-02T23:59:59-04:00"},
		{"over the holiday and the weekend", "2026-07-01 09:00", 3, UnitWorkingDay, "2026-07-07T23:59:59-04:00"},
		{"from a Saturday", "2026-06-27 09:00", 3, UnitWorkingDay, "2026-07-01T23:59:59-04:00"},
		{"30 calendar days over the change of the clock", "2026-10-15 09:00", 30, UnitCalendarDay, "2026-11-14T23:59:59-05:00"},
		{"a day that the clocks lengthen ends an hour later", "2026-10-31 09:00", 1, UnitCalendarDay, "2026-11-01T23:59:59-05:00"},
	} {
		got, err := clock.StatutoryDue(at(t, calendar.Zone, c.aware), c.n, c.kind)
		require.NoError(t, err, c.name)
		require.Equal(t, c.want, got.In(clock.Location()).Format(time.RFC3339), c.name)
	}
	for _, bad := range []Duration{{0, UnitWorkingDay}, {-1, UnitCalendarDay}, {3, UnitHour}, {1 << 40, UnitCalendarDay}, {3, "week"}} {
		_, err := clock.StatutoryDue(time.Unix(0, 0), bad.N, bad.Unit)
		require.Error(t, err, bad)
	}
}

// TestClockProperties holds the laws of Add and Between over random instants, zones and calendars, and compares Between with
// counting minutes by wall clock.
func TestClockProperties(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Africa/Cairo", "Australia/Lord_Howe", "UTC"} {
		for _, calendar := range []Calendar{office(zone), night(zone), roundTheClock(zone)} {
			t.Run(zone+" "+calendar.Name, func(t *testing.T) {
				t.Parallel()
				calendar.Holidays = []Holiday{{Date: "2026-12-25"}, {Date: "2011-12-28"}}
				calendar.Extra = []ExtraDay{{Date: "2026-10-25", Hours: Hours{{60, 5 * 60}}}}
				clock := compile(t, calendar)
				rng := rand.New(rand.NewPCG(1, 2))
				for range 50 {
					checkClockLaws(t, clock, rng)
				}
				for range 5 {
					checkBetween(t, clock, calendar, rng)
				}
			})
		}
	}
}

// randomInstant is mostly near a change of the clock.
func randomInstant(rng *rand.Rand) time.Time {
	changes := []string{"2026-03-29T00:00:00Z", "2026-10-25T00:00:00Z", "2026-03-08T06:00:00Z", "2011-12-30T10:00:00Z", "2026-04-23T22:00:00Z", "2026-12-24T00:00:00Z"}
	base, _ := time.Parse(time.RFC3339, changes[rng.IntN(len(changes))])
	return base.Add(time.Duration(rng.Int64N(int64(14*24*time.Hour))) - 7*24*time.Hour)
}

func checkClockLaws(t *testing.T, clock *Clock, rng *rand.Rand) {
	t.Helper()
	a, b := randomInstant(rng), randomInstant(rng)
	if b.Before(a) {
		a, b = b, a
	}
	for _, unit := range []Unit{UnitMinute, UnitHour, UnitWorkingMinute, UnitWorkingHour, UnitCalendarDay, UnitWorkingDay} {
		d := Duration{N: rng.IntN(80) - 40, Unit: unit}
		require.False(t, clock.Add(b, d).Before(clock.Add(a, d)), "Add(%v) is monotone: %v %v", d, a, b)
		more := Duration{N: d.N + 1, Unit: unit}
		require.False(t, clock.Add(a, more).Before(clock.Add(a, d)), "more is not earlier: %v %v", a, d)
	}
	hours := Duration{N: rng.IntN(200) - 100, Unit: UnitWorkingHour}
	require.Equal(t, time.Duration(hours.N)*time.Hour, clock.Between(a, clock.Add(a, hours)), "%v + %v", a, hours)
	require.Equal(t, -clock.Between(a, b), clock.Between(b, a))
	middle := a.Add(b.Sub(a) / 2)
	require.Equal(t, clock.Between(a, b), clock.Between(a, middle)+clock.Between(middle, b))
	require.True(t, clock.IsWorking(clock.NextOpen(a)))
	require.Zero(t, clock.Between(a, clock.NextOpen(a)))
	require.True(t, clock.NextWorkingDayEnd(a).After(a))
}

// checkBetween compares with an independent count: each minute of which the wall clock reads a working time.
func checkBetween(t *testing.T, clock *Clock, calendar Calendar, rng *rand.Rand) {
	t.Helper()
	zone, err := time.LoadLocation(calendar.Zone)
	require.NoError(t, err)
	a := randomInstant(rng).Truncate(time.Minute)
	b := a.Add(time.Duration(rng.IntN(3*24*60)) * time.Minute)
	extra := calendar.Extra[0]
	counted := time.Duration(0)
	for m := a; m.Before(b); m = m.Add(time.Minute) {
		local := m.In(zone)
		date, minute := local.Format(time.DateOnly), local.Hour()*60+local.Minute()
		hours := calendar.Week[local.Weekday()]
		switch date {
		case extra.Date:
			hours = extra.Hours
		case calendar.Holidays[0].Date, calendar.Holidays[1].Date:
			hours = nil
		}
		for _, s := range hours {
			if s.From <= minute && minute < s.To {
				counted += time.Minute
			}
		}
	}
	require.Equal(t, counted, clock.Between(a, b), "%v to %v", a, b)
}

// TestClockStaysFinite asks for the worst that the limits allow: one working hour a week, and every holiday on it.
func TestClockStaysFinite(t *testing.T) {
	t.Parallel()
	calendar := Calendar{Name: "Rare", Zone: "Europe/Berlin", Week: [7]Hours{0: {{2 * 60, 3 * 60}}}}
	sunday := time.Date(2026, 1, 4, 0, 0, 0, 0, time.UTC)
	for i := range maxCalendarDays {
		calendar.Holidays = append(calendar.Holidays, Holiday{Date: sunday.AddDate(0, 0, 7*i).Format(time.DateOnly)})
	}
	clock := compile(t, calendar)
	start := sunday.AddDate(0, 0, -1)
	longest := Duration{N: units[UnitWorkingHour].max, Unit: UnitWorkingHour}
	require.Equal(t, time.Duration(longest.N)*time.Hour, clock.Between(start, clock.Add(start, longest)))
	require.Equal(t, 2026+38, clock.NextOpen(start).Year())
	require.Equal(t, -time.Duration(longest.N)*time.Hour, clock.Between(start, clock.Add(start, longest.Negate())))
	far := time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
	require.Positive(t, clock.Between(time.Time{}, far))
	require.NotPanics(t, func() { clock.Add(far, Duration{N: 3660, Unit: UnitWorkingDay}) })
}

func TestCalendarValidate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*Calendar)
		path   string
		code   string
	}{
		{"no name", func(c *Calendar) { c.Name = "" }, "name", "invalid"},
		{"no zone", func(c *Calendar) { c.Zone = "" }, "zone", "unknown_zone"},
		{"the machine's zone", func(c *Calendar) { c.Zone = "Local" }, "zone", "unknown_zone"},
		{"a path as zone", func(c *Calendar) { c.Zone = "../etc/passwd" }, "zone", "unknown_zone"},
		{"no working hours", func(c *Calendar) { c.Week = [7]Hours{} }, "week", "no_working_hours"},
		{"half an hour a week", func(c *Calendar) { c.Week = [7]Hours{1: {{0, 30}}} }, "week", "no_working_hours"},
		{"overlap", func(c *Calendar) { c.Week[2] = Hours{{60, 120}, {100, 200}} }, "week[2]", "invalid_hours"},
		{"beyond midnight", func(c *Calendar) { c.Week[2] = Hours{{60, 1441}} }, "week[2]", "invalid_hours"},
		{"empty span", func(c *Calendar) { c.Week[2] = Hours{{60, 60}} }, "week[2]", "invalid_hours"},
		{"no such date", func(c *Calendar) { c.Holidays = []Holiday{{Date: "2026-02-30"}} }, "holidays[0].date", "invalid_date"},
		{"holiday twice", func(c *Calendar) { c.Holidays = []Holiday{{Date: "2026-02-03"}, {Date: "2026-02-03"}} }, "holidays[1].date", "duplicate"},
		{"holiday that works", func(c *Calendar) {
			c.Holidays, c.Extra = []Holiday{{Date: "2026-02-03"}}, []ExtraDay{{Date: "2026-02-03"}}
		}, "extra[0].date", "duplicate"},
		{"bad extra hours", func(c *Calendar) { c.Extra = []ExtraDay{{Date: "2026-02-03", Hours: Hours{{5, 4}}}} }, "extra[0].hours", "invalid_hours"},
		{"too many days", func(c *Calendar) { c.Holidays = make([]Holiday, maxCalendarDays+1) }, "holidays", "too_many"},
	} {
		calendar := office("Europe/Berlin")
		c.change(&calendar)
		var ps Problems
		require.ErrorAs(t, calendar.Validate(), &ps, c.name)
		require.Equal(t, c.path, ps[0].Path, c.name)
		require.Equal(t, c.code, ps[0].Code, c.name)
		_, err := calendar.Compile()
		require.ErrorAs(t, err, &ps, c.name)
	}
	require.NoError(t, office("Europe/Berlin").Validate())
}

func TestCalendarJSON(t *testing.T) {
	t.Parallel()
	calendar := office("Europe/Berlin")
	calendar.Holidays = []Holiday{{Date: "2026-12-25", Name: "Christmas Day"}}
	calendar.Extra = []ExtraDay{{Date: "2026-12-24", Hours: Hours{{8 * 60, 12 * 60}}, Name: "Christmas Eve"}}
	raw, err := json.Marshal(calendar)
	require.NoError(t, err)
	require.JSONEq(t, `{"id":"00000000-0000-0000-0000-000000000000","name":"Office","zone":"Europe/Berlin",
		"week":["","08:00-12:00,13:00-17:00","08:00-12:00,13:00-17:00","08:00-12:00,13:00-17:00","08:00-12:00,13:00-17:00","08:00-12:00,13:00-17:00",""],
		"holidays":[{"date":"2026-12-25","name":"Christmas Day"}],
		"extra":[{"date":"2026-12-24","hours":"08:00-12:00","name":"Christmas Eve"}]}`, string(raw))
	var back Calendar
	require.NoError(t, json.Unmarshal(raw, &back))
	require.Equal(t, calendar, back)
	for _, bad := range []string{"8:00-12:00", "08:00", "08:00-25:00", "08:60-09:00", "08:00-24:01", "13:00-14:00,08:00-09:00", "08:00-08:00", ",", "ab:cd-ef:gh"} {
		_, err := ParseHours(bad)
		require.Error(t, err, bad)
	}
}

func TestDuration(t *testing.T) {
	t.Parallel()
	for text, words := range map[string]string{
		"3wd": "3 working days", "1d": "1 calendar day", "-3d": "-3 calendar days", "4wh": "4 working hours", "90m": "90 minutes",
		"24h": "24 hours", "15wm": "15 working minutes", "0wd": "0 working days",
	} {
		d := duration(t, text)
		require.Equal(t, text, d.String())
		require.Equal(t, words, d.Words())
		require.Equal(t, d, d.Negate().Negate())
		raw, err := json.Marshal(map[string]Duration{"due": d})
		require.NoError(t, err)
		require.Equal(t, `{"due":"`+text+`"}`, string(raw))
		var back map[string]Duration
		require.NoError(t, json.Unmarshal(raw, &back))
		require.Equal(t, d, back["due"])
	}
	require.Equal(t, "0m", Duration{}.String())
	require.Equal(t, "0 minutes", Duration{}.Words())
	for _, bad := range []string{"", "0", "d", "3", "3w", "3 d", "03d", "+3d", "--3d", "-0d", "3D", "P3D", "3.5d", "99999999999999999999d", "3661d", "-3661wd", "20001wh", "3d3h"} {
		_, err := ParseDuration(bad)
		require.Error(t, err, bad)
	}
}

func FuzzDuration(f *testing.F) {
	for _, seed := range []string{"3wd", "-90m", "", "d", "9223372036854775808h", "٣d"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if d, err := ParseDuration(text); err == nil {
			require.Equal(t, text, d.String())
		}
	})
}

func FuzzHours(f *testing.F) {
	for _, seed := range []string{"", "08:00-12:00,13:00-17:00", "00:00-24:00", "-", ",,", "8:00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if h, err := ParseHours(text); err == nil {
			require.Equal(t, text, h.String())
		}
	})
}

func BenchmarkClockAdd(b *testing.B) {
	clock, err := office("Europe/Berlin").Compile()
	require.NoError(b, err)
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for b.Loop() {
		clock.Add(start, Duration{N: 30, Unit: UnitWorkingDay})
	}
}
