// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"fmt"
	"time"
)

// Offset returns the offset from UTC in force in loc at t, as "+01:00". Events and
// signatures keep it beside the zone name, because zone rules change and a signature's
// local time must not (draft Annex 11 13.4).
func Offset(t time.Time, loc *time.Location) string { return t.In(loc).Format("-07:00") }

func parseOffset(s string) (*time.Location, error) {
	t, err := time.Parse("-07:00", s)
	if err != nil {
		return nil, fmt.Errorf("offset %q is not of the form +01:00", s)
	}
	_, seconds := t.Zone()
	return time.FixedZone(s, seconds), nil
}

// localStamp writes an instant the way a person reads it: local date and time, offset, zone.
func localStamp(at time.Time, zone, offset string) string {
	loc, err := parseOffset(offset)
	if err != nil {
		return at.UTC().Format("2006-01-02 15:04:05 UTC")
	}
	return at.In(loc).Format("2006-01-02 15:04:05") + " " + offset + " (" + zone + ")"
}
