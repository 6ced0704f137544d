// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"slices"
	"strings"
)

// maxCells bounds the work that one set of data can cause: rows times columns, over all tables.
const maxCells = 200_000

// formView is a form looked at with data: what is visible, and the values that count. It trusts neither: an unchecked form
// gives odd answers, never a panic or an endless loop.
type formView struct {
	data     map[string]any
	sections []*FormSection
	fields   map[string]*viewField
	cells    int // still to be looked at
}

// viewField is a top-level field with its section and what is known of its visibility.
type viewField struct {
	*Field
	section *FormSection
	shown   visibility
}

type visibility int8

const (
	unknown visibility = iota
	asking             // being worked out: a field that depends on itself is hidden
	hidden
	visible
)

func (f *Form) view(data map[string]any) *formView {
	v := &formView{data: data, fields: map[string]*viewField{}, cells: maxCells}
	for p := range f.Pages {
		for s := range f.Pages[p].Sections {
			section := &f.Pages[p].Sections[s]
			v.sections = append(v.sections, section)
			for i := range section.Fields {
				v.fields[section.Fields[i].ID] = &viewField{Field: &section.Fields[i], section: section}
			}
		}
	}
	return v
}

// visible reports whether a top-level field is shown: its section and itself, by conditions on visible values.
func (v *formView) visible(f *viewField) bool {
	if f.shown == unknown {
		f.shown = asking
		shown := v.holds(f.section.ShowIf, nil) && v.holds(f.ShowIf, nil)
		f.shown = hidden
		if shown {
			f.shown = visible
		}
	}
	return f.shown == visible
}

// holds evaluates a condition, which holds if there is none, at the top level or in a row.
func (v *formView) holds(c *Condition, r *rowView) bool {
	if c == nil {
		return true
	}
	return c.holds(func(name string) (*Field, any) {
		if column, ok := strings.CutPrefix(name, rowPrefix); ok {
			return r.lookup(v, column)
		}
		f, ok := v.fields[name]
		if !ok {
			return nil, nil
		}
		if !v.visible(f) {
			return f.Field, nil
		}
		return f.Field, v.data[name]
	}, maxConditionDepth)
}

// required reports whether a visible field must have an answer.
func (v *formView) required(f *Field, r *rowView) bool {
	return f.Required || (f.RequiredIf != nil && v.holds(f.RequiredIf, r))
}

// rowView is one row of a table.
type rowView struct {
	table *Field
	cells map[string]any
	shown []visibility // by column
}

// rows calls visit for each row that is an object, as long as the budget of cells lasts. It reports whether it did.
func (v *formView) rows(table *Field, value any, visit func(i int, r *rowView)) bool {
	items, _ := value.([]any)
	if len(items)*max(len(table.Columns), 1) > v.cells {
		v.cells = 0
		return len(items) == 0
	}
	v.cells -= len(items) * len(table.Columns)
	r := &rowView{table: table, shown: make([]visibility, len(table.Columns))}
	for i, item := range items {
		if cells, ok := item.(map[string]any); ok {
			r.cells = cells
			clear(r.shown)
			visit(i, r)
		}
	}
	return true
}

// visible reports whether the column is shown in this row.
func (r *rowView) visible(v *formView, column int) bool {
	if r.shown[column] == unknown {
		r.shown[column] = asking
		shown := v.holds(r.table.Columns[column].ShowIf, r)
		r.shown[column] = hidden
		if shown {
			r.shown[column] = visible
		}
	}
	return r.shown[column] == visible
}

func (r *rowView) lookup(v *formView, id string) (*Field, any) {
	if r == nil {
		return nil, nil
	}
	i := slices.IndexFunc(r.table.Columns, func(c Field) bool { return c.ID == id })
	if i < 0 {
		return nil, nil
	}
	if !r.visible(v, i) {
		return &r.table.Columns[i], nil
	}
	return &r.table.Columns[i], r.cells[id]
}

// answer is one visible field or cell.
type answer struct {
	section *FormSection
	field   *Field
	table   *Field // of a cell
	row     int
	value   any
	at      *place
}

// answers calls visit for each visible field in the order of the form, a table before its cells, row by row.
func (v *formView) answers(visit func(answer)) {
	for _, section := range v.sections {
		for i := range section.Fields {
			f := v.fields[section.Fields[i].ID]
			if f.section != section || !v.visible(f) {
				continue
			}
			a := answer{section: section, field: f.Field, value: v.data[f.ID], at: (*place)(nil).key(f.ID)}
			visit(a)
			if f.Type == FieldTable {
				v.cellAnswers(a, visit)
			}
		}
	}
}

func (v *formView) cellAnswers(a answer, visit func(answer)) {
	v.rows(a.field, a.value, func(i int, r *rowView) {
		row := a.at.index(i)
		for c := range r.table.Columns {
			if column := &r.table.Columns[c]; r.visible(v, c) {
				visit(answer{section: a.section, field: column, table: r.table, row: i, value: r.cells[column.ID], at: row.key(column.ID)})
			}
		}
	})
}

// Visible lists the paths of the fields and table cells that are shown, in the order of the form.
func (f *Form) Visible(data map[string]any) []string {
	paths := []string{}
	f.view(data).answers(func(a answer) { paths = append(paths, a.at.path()) })
	return paths
}
