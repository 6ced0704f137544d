// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"unicode/utf8"
)

// formCheck is one validation of data.
type formCheck struct {
	*formView
	mode     FormMode
	patterns map[*Field]*regexp.Regexp
	problems fieldProblems
}

// Validate reports what is wrong with the data, in the order of the form, unknown fields last.
//
// Draft data may be incomplete and may hold values of hidden fields, but it must fit its types and limits. Complete data must
// have every required answer, no value in a hidden field, and keep every rule. null means no answer.
func (f *Form) Validate(data map[string]any, mode FormMode) []FieldProblem {
	c := &formCheck{formView: f.view(data), mode: mode, patterns: map[*Field]*regexp.Regexp{}}
	for _, section := range c.sections {
		for i := range section.Fields {
			c.topLevel(c.fields[section.Fields[i].ID])
		}
	}
	c.unknown(nil, data, func(key string) bool { return c.fields[key] != nil })
	return c.problems
}

// ValidateChange is Validate, and refuses a change of a read-only field against the old data.
func (f *Form) ValidateChange(old, data map[string]any, mode FormMode) []FieldProblem {
	ps := fieldProblems(f.Validate(data, mode))
	for id, field := range f.view(data).fields {
		was, is := old[id], data[id]
		if field.ReadOnly && (!field.empty(was) || !field.empty(is)) && len(Diff(map[string]any{id: was}, map[string]any{id: is})) > 0 {
			ps.add((*place)(nil).key(id), "read_only", "This cannot be changed here.")
		}
	}
	return ps
}

func (c *formCheck) topLevel(f *viewField) {
	c.field(f.Field, c.data[f.ID], (*place)(nil).key(f.ID), c.visible(f), nil)
}

// field judges one field or cell; r is its row, if it is a cell.
func (c *formCheck) field(f *Field, value any, at *place, shown bool, r *rowView) {
	complete := c.mode != ModeDraft
	switch {
	case c.problems.full():
	case !shown && complete:
		if !f.empty(value) {
			c.problems.add(at, "hidden", "This question does not apply: leave it out.")
		}
	case f.empty(value) && complete && c.required(f, r):
		c.problems.add(at, "required", "This is required.")
	case value != nil:
		c.value(f, value, at, complete && shown)
	}
}

// value judges a value that is there. Only with complete are the rules tested that work in progress may still break.
func (c *formCheck) value(f *Field, value any, at *place, complete bool) {
	if !f.shaped(value) {
		c.problems.add(at, "type", typeMessages[f.Type])
		return
	}
	switch v := value.(type) {
	case string:
		c.text(f, v, at, complete)
	case []any:
		c.list(f, v, at, complete)
	case map[string]any:
		c.quantity(f, v, at, complete)
	case bool:
	default:
		c.number(f, v, at, complete)
	}
}

var typeMessages = map[FieldType]string{
	FieldText: "This must be text.", FieldLongText: "This must be text.", FieldEmail: "This must be text.", FieldURL: "This must be text.",
	FieldInteger: "This must be a number.", FieldDecimal: "This must be a number.",
	FieldQuantity: "This must be a value and a unit.", FieldBoolean: "This must be true or false.",
	FieldDate: "This must be a date, as text.", FieldInstant: "This must be a date and time, as text.",
	FieldChoice: "This must be one of the options, as text.", FieldMultiChoice: "This must be a list of options.",
	FieldPerson: "This must be the id of a person.", FieldSite: "This must be the id of a site.",
	FieldGroup: "This must be the id of a group.", FieldRecord: "This must be the id of a record.",
	FieldFile: "This must be a list of files.", FieldTable: "This must be a list of rows.",
}

func (c *formCheck) text(f *Field, text string, at *place, complete bool) {
	length := utf8.RuneCountInString(text)
	switch {
	case hasControl(text, f.multiline()):
		c.problems.add(at, "control_character", "Control characters and line breaks are not allowed here.")
	case length > f.maxLength():
		c.problems.add(at, "too_long", fmt.Sprintf("Enter at most %d characters.", f.maxLength()))
	case f.empty(text):
	case f.Type == FieldChoice:
		c.option(f, text, at)
	case (f.Type == FieldEmail || f.Type == FieldURL) && !complete: // half typed
	default:
		if code, message := f.formatProblem(text); code != "" {
			c.problems.add(at, code, message)
		} else if complete {
			c.completeText(f, text, length, at)
		}
	}
}

func (c *formCheck) completeText(f *Field, text string, length int, at *place) {
	if length < f.MinLength {
		c.problems.add(at, "too_short", fmt.Sprintf("Enter at least %d characters.", f.MinLength))
	}
	if re := c.pattern(f); re != nil && !re.MatchString(text) {
		c.problems.add(at, "pattern", "This does not have the expected form.")
	}
}

// pattern compiles once for all rows. A pattern that Check would refuse matches everything.
func (c *formCheck) pattern(f *Field) *regexp.Regexp {
	if f.Pattern == "" {
		return nil
	}
	re, ok := c.patterns[f]
	if !ok {
		re, _ = compilePattern(f.Pattern)
		c.patterns[f] = re
	}
	return re
}

// compilePattern anchors a pattern at both ends.
func compilePattern(pattern string) (*regexp.Regexp, error) {
	return regexp.Compile(`^(?:` + pattern + `)$`)
}

func (c *formCheck) option(f *Field, value string, at *place) {
	if f.option(value) == nil {
		c.problems.add(at, "option", "Choose one of the options.")
	}
}

// option finds an option by its value.
func (f *Field) option(value string) *Option {
	i := slices.IndexFunc(f.Options, func(o Option) bool { return o.Value == value })
	if i < 0 {
		return nil
	}
	return &f.Options[i]
}

func (c *formCheck) number(f *Field, value any, at *place, complete bool) {
	n, ok := numberOf(value)
	switch {
	case !ok:
		c.problems.add(at, "number", "This number is too large or has too many digits to be stored exactly.")
	case f.Type == FieldInteger && n != math.Trunc(n):
		c.problems.add(at, "not_integer", "Enter a whole number.")
	case complete && f.Min != nil && n < *f.Min:
		c.problems.add(at, "too_small", fmt.Sprintf("Enter %s or more.", formatNumber(*f.Min)))
	case complete && f.Max != nil && n > *f.Max:
		c.problems.add(at, "too_large", fmt.Sprintf("Enter %s or less.", formatNumber(*f.Max)))
	}
}

func (c *formCheck) quantity(f *Field, q map[string]any, at *place, complete bool) {
	switch value := q["value"]; {
	case value == nil: // the field is empty
	case !isNumber(value):
		c.problems.add(at.key("value"), "type", "This must be a number.")
	default:
		c.number(f, value, at.key("value"), complete)
	}
	switch unit, ok := q["unit"].(string); {
	case q["unit"] == nil:
		if complete && !f.empty(q) {
			c.problems.add(at.key("unit"), "required", "Choose a unit.")
		}
	case !ok || !slices.Contains(f.Units, unit):
		c.problems.add(at.key("unit"), "unit", "Choose one of the units.")
	}
	c.unknown(at, q, func(key string) bool { return key == "value" || key == "unit" })
}

func (c *formCheck) list(f *Field, items []any, at *place, complete bool) {
	if len(items) > f.maxRows() {
		c.problems.add(at, "too_many_rows", fmt.Sprintf("At most %d are allowed.", f.maxRows()))
		return
	}
	if complete && len(items) > 0 && len(items) < f.MinRows {
		c.problems.add(at, "too_few_rows", fmt.Sprintf("At least %d are needed.", f.MinRows))
	}
	switch f.Type {
	case FieldTable:
		c.table(f, items, at)
	case FieldFile:
		for i, item := range items {
			c.file(item, at.index(i))
		}
	default:
		c.choices(f, items, at)
	}
}

func (c *formCheck) choices(f *Field, items []any, at *place) {
	seen := make(map[string]bool, len(items))
	for i, item := range items {
		value, ok := item.(string)
		switch {
		case !ok:
			c.problems.add(at.index(i), "type", "This must be one of the options, as text.")
		case seen[value]:
			c.problems.add(at.index(i), "duplicate", "This is chosen twice.")
		default:
			c.option(f, value, at.index(i))
		}
		seen[value] = true
	}
}

func (c *formCheck) file(item any, at *place) {
	object, _ := item.(map[string]any)
	name, okName := object["name"].(string)
	hash, okHash := object["sha256"].(string)
	if !okName || !okHash || name == "" || utf8.RuneCountInString(name) > maxFileName || hasControl(name, false) || !reSHA256.MatchString(hash) {
		c.problems.add(at, "file", "This must be a file with a name and a SHA-256.")
	}
	c.unknown(at, object, func(key string) bool { return key == "name" || key == "sha256" })
}

func (c *formCheck) table(f *Field, items []any, at *place) {
	columns := make(map[string]bool, len(f.Columns))
	for _, column := range f.Columns {
		columns[column.ID] = true
	}
	for i, item := range items {
		if _, ok := item.(map[string]any); !ok {
			c.problems.add(at.index(i), "type", "This must be a row.")
		}
	}
	fits := c.rows(f, items, func(i int, r *rowView) {
		row := at.index(i)
		for n := range f.Columns {
			if column := &f.Columns[n]; !c.problems.full() {
				c.field(column, r.cells[column.ID], row.key(column.ID), r.visible(c.formView, n), r)
			}
		}
		c.unknown(row, r.cells, func(key string) bool { return columns[key] })
	})
	if !fits {
		c.problems.add(at, "too_much", fmt.Sprintf("The tables of this form hold more than %d cells.", maxCells))
	}
}

// unknown refuses members that the definition does not have.
func (c *formCheck) unknown(at *place, object map[string]any, known func(string) bool) {
	var extra []string
	for key := range object {
		if !known(key) {
			extra = append(extra, key)
		}
	}
	slices.Sort(extra)
	for _, key := range extra {
		c.problems.add(at.key(key), "unknown", "This field does not exist.")
	}
}
