// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Item is one answer as a person reads it.
type Item struct {
	Section string `json:"section"`
	Label   string `json:"label"`
	Value   string `json:"value"`
	Path    string `json:"path"`
}

// NotAnswered is the value of an Item without an answer.
const NotAnswered = "Not answered"

// otherData is the section of what the form does not show.
const otherData = "Not on this form"

// Labels is the data as readable labels and values, in the order of the form, for the signing view and the evidence pack: no
// codes are left raw (ALCOA+ "legible"). Names gives the printed names of people, sites, groups and records by id; an id without
// a name is shown itself. Everything in the data is shown: what the form does not know or hides comes last, as JSON, because
// nothing may be signed unseen.
func (f *Form) Labels(data map[string]any, names map[string]string) []Item {
	v := f.view(data)
	items := []Item{}
	used := map[string]bool{}
	v.answers(func(a answer) {
		if a.table == nil {
			used[a.field.ID] = true
		}
		if a.field.Type != FieldTable || !isList(a.value) {
			items = append(items, Item{Section: a.section.Title, Label: a.label(), Value: a.field.words(a.value, names), Path: a.at.path()})
			return
		}
		items = append(items, Item{Section: a.section.Title, Label: a.label(), Value: rowCount(a.value), Path: a.at.path()})
		items = append(items, v.offTable(a)...)
	})
	for _, id := range slices.Sorted(maps.Keys(data)) {
		if !used[id] && data[id] != nil {
			items = append(items, other((*place)(nil).key(id), data[id]))
		}
	}
	return items
}

func other(at *place, value any) Item {
	return Item{Section: otherData, Label: at.path(), Value: rawJSON(value), Path: at.path()}
}

// offTable is what the rows of a table hold beyond their visible cells.
func (v *formView) offTable(a answer) []Item {
	items, _ := a.value.([]any)
	look := &formView{data: v.data, fields: v.fields, cells: v.cells}
	var off []Item
	fits := look.rows(a.field, a.value, func(i int, r *rowView) {
		for _, id := range slices.Sorted(maps.Keys(r.cells)) {
			c := slices.IndexFunc(a.field.Columns, func(f Field) bool { return f.ID == id })
			if r.cells[id] != nil && (c < 0 || !r.visible(look, c)) {
				off = append(off, other(a.at.index(i).key(id), r.cells[id]))
			}
		}
	})
	for i, item := range items {
		if _, isRow := item.(map[string]any); !fits || !isRow {
			off = append(off, other(a.at.index(i), item))
		}
	}
	return off
}

func (a answer) label() string {
	if a.table == nil {
		return a.field.Label
	}
	return fmt.Sprintf("%s %d: %s", a.table.Label, a.row+1, a.field.Label)
}

func isList(value any) bool {
	items, ok := value.([]any)
	return ok && len(items) > 0
}

func rowCount(value any) string {
	items, _ := value.([]any)
	if len(items) == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", len(items))
}

// words is the value as a person reads it. A value that does not fit its type is shown as JSON.
func (f *Field) words(value any, names map[string]string) string {
	if f.empty(value) {
		return NotAnswered
	}
	if !f.shaped(value) {
		return rawJSON(value)
	}
	switch v := value.(type) {
	case bool:
		if v {
			return "Yes"
		}
		return "No"
	case string:
		return f.textWords(v, names)
	case []any:
		return f.listWords(v)
	case map[string]any:
		return quantityWords(v)
	default:
		return numberWords(v)
	}
}

func (f *Field) textWords(text string, names map[string]string) string {
	switch f.Type {
	case FieldChoice:
		return f.optionWords(text)
	case FieldDate:
		if t, ok := parseDate(text); ok {
			return t.Format("2 January 2006")
		}
	case FieldInstant:
		if t, ok := instantOf(text); ok {
			return instantWords(t)
		}
	case FieldPerson, FieldSite, FieldGroup, FieldRecord:
		if name := names[text]; name != "" {
			return name
		}
	default: // as it is
	}
	return text
}

// instantWords keeps the offset in which the instant was given.
func instantWords(t time.Time) string {
	layout := "2 January 2006, 15:04:05.999 -07:00"
	if _, offset := t.Zone(); offset == 0 {
		layout = "2 January 2006, 15:04:05.999 UTC"
	}
	return t.Format(layout)
}

func (f *Field) optionWords(value string) string {
	if o := f.option(value); o != nil {
		return o.Label
	}
	return rawJSON(value) + " (not an option of this form)"
}

func (f *Field) listWords(items []any) string {
	parts := make([]string, len(items))
	for i, item := range items {
		parts[i] = f.itemWords(item)
	}
	return strings.Join(parts, "; ")
}

func (f *Field) itemWords(item any) string {
	switch v := item.(type) {
	case string:
		if f.Type == FieldMultiChoice {
			return f.optionWords(v)
		}
	case map[string]any:
		name, okName := v["name"].(string)
		hash, okHash := v["sha256"].(string)
		if f.Type == FieldFile && okName && okHash && len(v) == 2 {
			return fmt.Sprintf("%s (SHA-256 %s)", name, hash)
		}
	}
	return rawJSON(item)
}

func quantityWords(q map[string]any) string {
	unit, ok := q["unit"].(string)
	if !isNumber(q["value"]) || !ok || len(q) != 2 {
		return rawJSON(q)
	}
	return numberWords(q["value"]) + " " + unit
}

func numberWords(value any) string {
	if n, ok := numberOf(value); ok {
		return formatNumber(n)
	}
	return rawJSON(value)
}

// formatNumber writes a number without an exponent.
func formatNumber(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

func rawJSON(value any) string {
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprintf("%T, which JSON does not have", value)
	}
	return string(raw)
}
