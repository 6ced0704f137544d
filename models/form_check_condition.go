// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// condition checks one condition: its shape, its size, the fields that it names and the values that it compares with. In a
// column, table is set and "row." names are known.
func (c *definitionCheck) condition(path string, cond *Condition, table *Field) {
	if cond == nil {
		return
	}
	size := 0
	cond.each(maxConditionDepth+1, func(n *Condition) { size += 1 + len(n.In) })
	if size > maxConditionSize {
		c.problems.add(path, "too_large", fmt.Sprintf("has more than %d parts", maxConditionSize))
		return
	}
	c.node(path, cond, table, maxConditionDepth)
}

func (c *definitionCheck) node(path string, n *Condition, table *Field, depth int) {
	operators := n.operators()
	shapes := 0
	for _, set := range []bool{n.All != nil, n.Any != nil, n.Not != nil, n.Field != ""} {
		if set {
			shapes++
		}
	}
	switch {
	case depth == 0:
		c.problems.add(path, "too_deep", fmt.Sprintf("is nested more than %d deep", maxConditionDepth))
	case shapes != 1 || (n.Field == "") != (len(operators) == 0) || len(operators) > 1:
		c.problems.add(path, "condition", "must be one of all, any, not, or a field with one operator")
	case n.Field != "":
		c.test(path, n, operators[0], table)
	case n.Not != nil:
		c.node(path+".not", n.Not, table, depth-1)
	default:
		c.list(path+".all", n.All, n.All != nil, table, depth)
		c.list(path+".any", n.Any, n.Any != nil, table, depth)
	}
}

func (c *definitionCheck) list(path string, nodes []Condition, set bool, table *Field, depth int) {
	if set && len(nodes) == 0 {
		c.problems.add(path, "condition", "must not be empty")
	}
	for i := range nodes {
		c.node(fmt.Sprintf("%s[%d]", path, i), &nodes[i], table, depth-1)
	}
}

// operator is one operator of a condition and the values that it compares with.
type operator struct {
	name   string
	values []any
}

func (n *Condition) operators() []operator {
	var ops []operator
	for _, op := range []struct {
		name  string
		value any
	}{{"eq", n.Eq}, {"ne", n.Ne}, {"gt", n.Gt}, {"gte", n.Gte}, {"lt", n.Lt}, {"lte", n.Lte}, {"contains", n.Contains}} {
		if op.value != nil {
			ops = append(ops, operator{op.name, []any{op.value}})
		}
	}
	if n.In != nil {
		ops = append(ops, operator{"in", n.In})
	}
	if n.Empty != nil {
		ops = append(ops, operator{"empty", nil})
	}
	return ops
}

func (c *definitionCheck) test(path string, n *Condition, op operator, table *Field) {
	f := c.resolve(n.Field, table)
	switch {
	case f == nil:
		c.problems.add(path+".field", "unknown_field", "is not a field of this form")
	case !f.supports(op.name):
		c.problems.add(path+"."+op.name, "operator", fmt.Sprintf("cannot be asked of a field of type %s", f.Type))
	case op.name == "in" && len(op.values) == 0:
		c.problems.add(path+".in", "condition", "must not be empty")
	}
	if f == nil || !f.supports(op.name) {
		return
	}
	for _, value := range op.values {
		if !f.comparable(value) {
			c.problems.add(path+"."+op.name, "value", "compares with a value that the field cannot have")
			return
		}
	}
}

// resolve finds the field that a condition names.
func (c *definitionCheck) resolve(name string, table *Field) *Field {
	column, inRow := strings.CutPrefix(name, rowPrefix)
	if !inRow {
		return c.fields[name]
	}
	if table != nil {
		for i := range table.Columns {
			if table.Columns[i].ID == column {
				return &table.Columns[i]
			}
		}
	}
	return nil
}

// supports reports whether the operator makes sense for the type. A quantity is compared only when it has one unit.
func (f *Field) supports(op string) bool {
	switch op {
	case "empty":
		return true
	case "contains":
		return f.Type == FieldMultiChoice || f.Type == FieldText || f.Type == FieldLongText || f.Type == FieldEmail || f.Type == FieldURL
	}
	switch f.Type {
	case FieldMultiChoice, FieldFile, FieldTable:
		return false
	case FieldQuantity:
		return len(f.Units) == 1
	case FieldInteger, FieldDecimal, FieldDate, FieldInstant:
		return true
	default:
		return op == "eq" || op == "ne" || op == "in"
	}
}

// comparable reports whether a value of the field could equal, hold or be ordered with the given one.
func (f *Field) comparable(value any) bool {
	switch f.Type {
	case FieldBoolean:
		_, ok := value.(bool)
		return ok
	case FieldInteger, FieldDecimal, FieldQuantity:
		_, ok := numberOf(value)
		return ok
	default:
		text, ok := value.(string)
		return ok && !f.empty(text) && f.comparableText(text)
	}
}

func (f *Field) comparableText(text string) bool {
	switch f.Type {
	case FieldChoice, FieldMultiChoice:
		return f.option(text) != nil
	case FieldText, FieldLongText, FieldEmail, FieldURL:
		return true
	default:
		code, _ := f.formatProblem(text)
		return code == ""
	}
}

// cycles refuses fields whose visibility depends on itself. Conditions at the top level cannot name columns, so a table's
// columns are a graph of their own.
func (c *definitionCheck) cycles(f *Form) {
	needs := map[string][]string{}
	paths := map[string]string{}
	for p := range f.Pages {
		for s := range f.Pages[p].Sections {
			section := &f.Pages[p].Sections[s]
			for i := range section.Fields {
				field, path := &section.Fields[i], fmt.Sprintf("pages[%d].sections[%d].fields[%d]", p, s, i)
				paths[field.ID] = path
				needs[field.ID] = append(section.ShowIf.names(), field.ShowIf.names()...)
				c.columnCycles(path, field)
			}
		}
	}
	c.reportCycles(needs, paths)
}

func (c *definitionCheck) columnCycles(path string, table *Field) {
	needs := map[string][]string{}
	paths := map[string]string{}
	for i, column := range table.Columns {
		id := rowPrefix + column.ID
		paths[id] = fmt.Sprintf("%s.columns[%d]", path, i)
		needs[id] = column.ShowIf.names()
	}
	c.reportCycles(needs, paths)
}

// names are the fields that the condition reads.
func (n *Condition) names() []string {
	var names []string
	n.each(maxConditionDepth, func(n *Condition) {
		if n.Field != "" {
			names = append(names, n.Field)
		}
	})
	return names
}

func (c *definitionCheck) reportCycles(needs map[string][]string, paths map[string]string) {
	state := map[string]visibility{}
	var visit func(id string)
	visit = func(id string) {
		state[id] = asking
		for _, next := range needs[id] {
			switch state[next] {
			case unknown:
				visit(next)
			case asking:
				c.problems.add(paths[next]+".show_if", "cycle", "depends, perhaps over other fields, on itself")
			default: // known to be free of cycles, or reported
			}
		}
		state[id] = visible
	}
	for _, id := range slices.Sorted(maps.Keys(needs)) {
		if state[id] == unknown {
			visit(id)
		}
	}
}
