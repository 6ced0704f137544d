// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"fmt"
	"strconv"
)

// Unit says what a Duration counts.
type Unit string

// Units of a Duration.
const (
	UnitMinute        Unit = "m"  // elapsed minutes
	UnitHour          Unit = "h"  // elapsed hours
	UnitWorkingMinute Unit = "wm" // minutes of working time
	UnitWorkingHour   Unit = "wh" // hours of working time
	UnitCalendarDay   Unit = "d"  // calendar days, to the same wall time
	UnitWorkingDay    Unit = "wd" // working days, to the close of the last
)

// units holds, for each unit, its words and the largest count, about ten years. The limits keep the search for a due date short.
var units = map[Unit]struct {
	one string
	max int
}{
	UnitMinute:        {"minute", 5_256_000},
	UnitHour:          {"hour", 87_600},
	UnitWorkingMinute: {"working minute", 1_200_000},
	UnitWorkingHour:   {"working hour", 20_000},
	UnitCalendarDay:   {"calendar day", 3_660},
	UnitWorkingDay:    {"working day", 3_660},
}

// Duration is a stretch of time with an explicit kind, because regulated records count several kinds at once: "24h" elapsed,
// "4wh" of working time, "30d" calendar days, "3wd" working days. A minus sign counts back: "-3d" is three days before.
// Clock.Add says where each kind ends. The zero Duration is no time at all.
type Duration struct {
	N    int
	Unit Unit
}

// ParseDuration reads the text form: an optional minus sign, a count without leading zeros, a unit.
func ParseDuration(text string) (Duration, error) {
	digits := len(text)
	for i, r := range text {
		if (r < '0' || r > '9') && (i > 0 || r != '-') {
			digits = i
			break
		}
	}
	n, err := strconv.Atoi(text[:digits])
	d := Duration{N: n, Unit: Unit(text[digits:])}
	if err != nil || strconv.Itoa(n) != text[:digits] || d.Unit == "" {
		return Duration{}, fmt.Errorf("parse duration: %.20q is not a count and a unit, such as 30d, 3wd, 4wh, 24h or 90m", text)
	}
	if err := d.Validate(); err != nil {
		return Duration{}, fmt.Errorf("parse duration: %w", err)
	}
	return d, nil
}

// Validate refuses an unknown unit and a count beyond about ten years.
func (d Duration) Validate() error {
	if d == (Duration{}) {
		return nil
	}
	unit, ok := units[d.Unit]
	if !ok {
		return fmt.Errorf("unit %.10q is not one of m, h, wm, wh, d, wd", d.Unit)
	}
	if d.N > unit.max || d.N < -unit.max {
		return fmt.Errorf("more than %d %ss", unit.max, unit.one)
	}
	return nil
}

// Negate is the same stretch in the other direction.
func (d Duration) Negate() Duration { return Duration{N: -d.N, Unit: d.Unit} }

// String is the text form, "3wd". The zero Duration is "0m".
func (d Duration) String() string {
	if d.Unit == "" {
		return "0m"
	}
	return strconv.Itoa(d.N) + string(d.Unit)
}

// Words is the duration as people read it, "3 working days".
func (d Duration) Words() string {
	one := units[d.Unit].one
	if one == "" {
		one = units[UnitMinute].one
	}
	if d.N == 1 || d.N == -1 {
		return fmt.Sprintf("%d %s", d.N, one)
	}
	return fmt.Sprintf("%d %ss", d.N, one)
}

// MarshalText implements encoding.TextMarshaler.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := ParseDuration(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
