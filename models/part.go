// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"strings"
	"time"
)

// part is what one step of a process, or one row of its tables, holds in a record's data. Readers give the zero value for what
// is absent or has another type: forms judge types, rules only look at what is there.
type part map[string]any

// partOf is the data of one step; nil if the record has none.
func partOf(data map[string]any, step string) part {
	p, _ := data[step].(map[string]any)
	return p
}

// text is a text without the blanks around it.
func (p part) text(id string) string {
	s, _ := p[id].(string)
	return strings.TrimSpace(s)
}

func (p part) yes(id string) bool {
	b, _ := p[id].(bool)
	return b
}

func (p part) instant(id string) (time.Time, bool) { return instantOf(p[id]) }

// rows are the rows of a table. One that is not an object is an empty row, so that indexes stay those of the data.
func (p part) rows(id string) []part {
	items, _ := p[id].([]any)
	rows := make([]part, len(items))
	for i, item := range items {
		rows[i], _ = item.(map[string]any)
	}
	return rows
}
