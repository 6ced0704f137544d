// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of a definition.
const (
	maxFormBytes     = 1 << 20
	maxFormDepth     = 64
	maxPages         = 50
	maxSections      = 200
	maxFields        = 1_000
	maxColumns       = 50
	maxOptions       = 500
	maxColumnOptions = 200 // fewer, because they are searched once a row
	maxUnits         = 50
	maxPattern       = 200
	maxTitle         = 500
	maxHelp          = 4_000
	maxScore         = 10_000
)

// ParseForm reads a definition from JSON, strictly, and checks it. What Check finds comes back as Problems.
func ParseForm(raw []byte) (*Form, error) {
	if len(raw) > maxFormBytes {
		return nil, fmt.Errorf("parse form: more than %d bytes", maxFormBytes)
	}
	if _, err := decodeJSON(raw, maxFormDepth); err != nil { // repeated keys and text after the form
		return nil, fmt.Errorf("parse form: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	dec.DisallowUnknownFields()
	var f Form
	if err := dec.Decode(&f); err != nil {
		return nil, fmt.Errorf("parse form: %w", err)
	}
	if err := Problems(f.Check()).Err(); err != nil {
		return nil, fmt.Errorf("check form: %w", err)
	}
	return &f, nil
}

// definitionCheck is one check of a form.
type definitionCheck struct {
	problems Problems
	fields   map[string]*Field // top-level
	ids      map[string]bool   // of pages and sections
	count    int
}

// Check reports what is wrong with the definition itself. Everything else here expects a form that passes.
func (f *Form) Check() []Problem {
	c := &definitionCheck{fields: map[string]*Field{}, ids: map[string]bool{}}
	if !isFormID(f.ID) {
		c.problems.add("id", "id", "is <record type>.<step>, or one word: "+idMessage)
	}
	if f.Version < 1 {
		c.problems.add("version", "version", "must be 1 or more")
	}
	c.title("title", f.Title)
	c.limit("pages", len(f.Pages), 1, maxPages)
	c.collect(f)
	if len(c.problems) > 0 && c.count > maxFields {
		return c.problems
	}
	for i := range f.Pages {
		c.page(fmt.Sprintf("pages[%d]", i), &f.Pages[i])
	}
	if len(c.problems) == 0 {
		c.cycles(f)
	}
	return c.problems
}

// isFormID says whether an id is one word, or two with a dot between them: "deviation.triage".
func isFormID(id string) bool {
	noun, step, dotted := strings.Cut(id, ".")
	return isFieldID(noun) && (!dotted || isFieldID(step))
}

const idMessage = "must start with a lower-case letter and have at most 64 lower-case letters, digits and underscores"

// collect gathers the top-level fields first, because conditions may look ahead.
func (c *definitionCheck) collect(f *Form) {
	sections := 0
	for p := range f.Pages {
		sections += len(f.Pages[p].Sections)
		for s := range f.Pages[p].Sections {
			fields := f.Pages[p].Sections[s].Fields
			for i := range fields {
				c.count += 1 + len(fields[i].Columns)
				if _, twice := c.fields[fields[i].ID]; twice {
					c.problems.add(fmt.Sprintf("pages[%d].sections[%d].fields[%d].id", p, s, i), "duplicate", "is the id of another field too")
				}
				c.fields[fields[i].ID] = &fields[i]
			}
		}
	}
	c.limit("pages", sections, 1, maxSections)
	c.limit("pages", c.count, 1, maxFields)
}

func (c *definitionCheck) page(path string, p *FormPage) {
	c.id(path, p.ID)
	c.title(path+".title", p.Title)
	c.limit(path+".sections", len(p.Sections), 1, maxSections)
	for i := range p.Sections {
		at, s := fmt.Sprintf("%s.sections[%d]", path, i), &p.Sections[i]
		c.id(at, s.ID)
		c.title(at+".title", s.Title)
		c.limit(at+".fields", len(s.Fields), 1, maxFields)
		c.condition(at+".show_if", s.ShowIf, nil)
		for n := range s.Fields {
			c.field(fmt.Sprintf("%s.fields[%d]", at, n), &s.Fields[n], nil)
		}
	}
}

func (c *definitionCheck) id(path, id string) {
	if !isFieldID(id) {
		c.problems.add(path+".id", "id", idMessage)
	} else if c.ids[id] {
		c.problems.add(path+".id", "duplicate", "is the id of another page or section too")
	}
	c.ids[id] = true
}

func (c *definitionCheck) title(path, text string) {
	if n := utf8.RuneCountInString(text); n == 0 || n > maxTitle || hasControl(text, false) {
		c.problems.add(path, "text", fmt.Sprintf("must have 1 to %d characters on one line", maxTitle))
	}
}

func (c *definitionCheck) limit(path string, n, least, most int) {
	if n < least || n > most {
		c.problems.add(path, "count", fmt.Sprintf("must be %d to %d, not %d", least, most, n))
	}
}

// field checks a field, or a column of table.
func (c *definitionCheck) field(path string, f, table *Field) {
	if !isFieldID(f.ID) {
		c.problems.add(path+".id", "id", idMessage)
	}
	c.title(path+".label", f.Label)
	if utf8.RuneCountInString(f.Help) > maxHelp || hasControl(f.Help, true) {
		c.problems.add(path+".help", "text", fmt.Sprintf("must have at most %d characters", maxHelp))
	}
	if _, ok := typeMessages[f.Type]; !ok {
		c.problems.add(path+".type", "type", "is not a type of field")
		return
	}
	if table != nil && (f.Type == FieldTable || f.ReadOnly) {
		c.problems.add(path, "column", "a column cannot be a table or read-only")
		return
	}
	c.unused(path, f)
	c.lengths(path, f)
	c.numbers(path, f)
	c.options(path, f, table)
	c.rowLimits(path, f)
	c.condition(path+".show_if", f.ShowIf, table)
	c.condition(path+".required_if", f.RequiredIf, table)
	c.defaultValue(path, f)
	if f.Type == FieldTable {
		c.columns(path, f)
	}
}

// unused refuses settings that the type does not have: they would be believed, and do nothing.
func (c *definitionCheck) unused(path string, f *Field) {
	refuse := func(name string, set bool, types ...FieldType) {
		if set && !slices.Contains(types, f.Type) {
			c.problems.add(path+"."+name, "unused", fmt.Sprintf("has no meaning for a field of type %s", f.Type))
		}
	}
	refuse("min_length", f.MinLength != 0, FieldText, FieldLongText)
	refuse("max_length", f.MaxLength != 0, FieldText, FieldLongText)
	refuse("pattern", f.Pattern != "", FieldText)
	refuse("min", f.Min != nil, FieldInteger, FieldDecimal, FieldQuantity)
	refuse("max", f.Max != nil, FieldInteger, FieldDecimal, FieldQuantity)
	refuse("units", f.Units != nil, FieldQuantity)
	refuse("options", f.Options != nil, FieldChoice, FieldMultiChoice)
	refuse("weight", f.Weight != 0, FieldBoolean, FieldChoice, FieldMultiChoice)
	refuse("columns", f.Columns != nil, FieldTable)
	refuse("min_rows", f.MinRows != 0, FieldTable, FieldMultiChoice, FieldFile)
	refuse("max_rows", f.MaxRows != 0, FieldTable, FieldMultiChoice, FieldFile)
}

func (c *definitionCheck) lengths(path string, f *Field) {
	if f.MinLength < 0 || f.MaxLength < 0 || f.MinLength > f.maxLength() || f.MaxLength > f.maxLength() {
		c.problems.add(path+".max_length", "range", fmt.Sprintf("the lengths must be in order, and at most %d", f.maxLength()))
	}
	if message := patternProblem(f.Pattern); message != "" {
		c.problems.add(path+".pattern", "pattern", message)
	}
}

var (
	reEscape   = regexp.MustCompile(`\\(.?)`)
	safeEscape = `dDwWbB.\/()[]{}+*?^$|tn`
)

// patternProblem keeps patterns to what RE2 and JavaScript read alike, so that browser and server agree.
func patternProblem(pattern string) string {
	if len(pattern) > maxPattern || strings.ContainsFunc(pattern, func(r rune) bool { return r < ' ' || r > '~' }) {
		return fmt.Sprintf("must be printable ASCII of at most %d characters", maxPattern)
	}
	for _, escape := range reEscape.FindAllStringSubmatch(pattern, -1) {
		if escape[1] == "" || !strings.Contains(safeEscape, escape[1]) {
			return fmt.Sprintf("must not use %q", escape[0])
		}
	}
	if strings.Contains(strings.ReplaceAll(pattern, "(?:", ""), "(?") || strings.Contains(pattern, "[[:") {
		return "must not use flags, lookaround, named groups or POSIX classes"
	}
	if _, err := compilePattern(pattern); err != nil {
		return "is not a regular expression (RE2)"
	}
	return ""
}

func (c *definitionCheck) numbers(path string, f *Field) {
	bad := func(n *float64) bool {
		if n == nil {
			return false
		}
		_, ok := numberOf(*n)
		return !ok
	}
	if bad(f.Min) || bad(f.Max) || (f.Min != nil && f.Max != nil && *f.Min > *f.Max) {
		c.problems.add(path+".min", "range", "min and max must be in order")
	}
	if !(f.Weight >= 0 && f.Weight <= maxScore) {
		c.problems.add(path+".weight", "range", fmt.Sprintf("must be 0 to %d", maxScore))
	}
	if f.Type == FieldQuantity {
		c.units(path, f.Units)
	}
}

func (c *definitionCheck) units(path string, units []string) {
	c.limit(path+".units", len(units), 1, maxUnits)
	for i, unit := range units {
		c.title(fmt.Sprintf("%s.units[%d]", path, i), unit)
		if slices.Contains(units[:i], unit) {
			c.problems.add(fmt.Sprintf("%s.units[%d]", path, i), "duplicate", "is given twice")
		}
	}
}

func (c *definitionCheck) options(path string, f, table *Field) {
	if f.Type != FieldChoice && f.Type != FieldMultiChoice {
		return
	}
	most := maxOptions
	if table != nil {
		most = maxColumnOptions
	}
	c.limit(path+".options", len(f.Options), 1, most)
	seen := map[string]bool{}
	for i, o := range f.Options {
		at := fmt.Sprintf("%s.options[%d]", path, i)
		c.title(at+".value", o.Value)
		c.title(at+".label", o.Label)
		if (&Field{}).empty(o.Value) {
			c.problems.add(at+".value", "text", "must not be blank")
		}
		if seen[o.Value] {
			c.problems.add(at+".value", "duplicate", "is given twice")
		}
		seen[o.Value] = true
		if o.Score != nil && !(*o.Score >= -maxScore && *o.Score <= maxScore) {
			c.problems.add(at+".score", "range", fmt.Sprintf("must be -%d to %d", maxScore, maxScore))
		}
	}
}

func (c *definitionCheck) rowLimits(path string, f *Field) {
	if f.MinRows < 0 || f.MaxRows < 0 || f.MinRows > f.maxRows() || f.MaxRows > f.maxRows() {
		c.problems.add(path+".max_rows", "range", fmt.Sprintf("the row counts must be in order, and at most %d", f.maxRows()))
	}
}

func (c *definitionCheck) columns(path string, f *Field) {
	c.limit(path+".columns", len(f.Columns), 1, maxColumns)
	seen := map[string]bool{}
	for i := range f.Columns {
		at := fmt.Sprintf("%s.columns[%d]", path, i)
		c.field(at, &f.Columns[i], f)
		if seen[f.Columns[i].ID] {
			c.problems.add(at+".id", "duplicate", "is the id of another column too")
		}
		seen[f.Columns[i].ID] = true
	}
}

func (c *definitionCheck) defaultValue(path string, f *Field) {
	if f.Default == nil {
		return
	}
	if f.Type == FieldTable || f.Type == FieldFile {
		c.problems.add(path+".default", "unused", "tables and files have no default")
		return
	}
	check := &formCheck{formView: (&Form{}).view(nil), mode: ModeComplete, patterns: map[*Field]*regexp.Regexp{}}
	check.value(f, f.Default, nil, true)
	if f.empty(f.Default) || len(check.problems) > 0 {
		c.problems.add(path+".default", "default", "is not a valid answer to this field")
	}
}
